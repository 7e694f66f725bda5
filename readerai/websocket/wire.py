"""Frames of RFC 6455 (section 5.2) as bytes: what most of them are, and what a server sends. Pure."""

from typing import NamedTuple

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C where it was compiled

TEXT, BINARY = 1, 2
_FINAL, _MASKED = 0x80, 0x80
_WHOLE_TEXT, _WHOLE_BINARY = _FINAL | TEXT, _FINAL | BINARY
_LENGTH_16, _LENGTH_64 = 126, 127


class Message(NamedTuple):
    """A message that came in one frame; `end` is where the next one begins."""

    opcode: int
    payload: bytes
    end: int


def whole_message(data: bytes, start: int, max_size: int) -> Message | None:
    """Return the message that is one whole frame from `start` on; None for anything else.

    Anything else is a frame that is cut off, a fragment, a control frame, one larger than `max_size` or
    than 64 KB, or one that breaks the rules: whoever gets None has to look closer.
    """
    have = len(data) - start
    if have < 6:
        return None
    first, length = data[start], data[start + 1] - _MASKED
    if (first != _WHOLE_BINARY and first != _WHOLE_TEXT) or not 0 <= length < _LENGTH_64:
        return None
    mask = start + 2
    if length == _LENGTH_16:
        length = int.from_bytes(data[mask : mask + 2], "big")
        mask += 2
        if length < _LENGTH_16:  # could have been said shorter
            return None
    end = mask + 4 + length
    if end > len(data) or length > max_size:
        return None
    return Message(first - _FINAL, apply_mask(data[mask + 4 : end], data[mask : mask + 4]), end)


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a message as the one frame that a server sends."""
    length = len(payload)
    if length < _LENGTH_16:
        return bytes((_FINAL | opcode, length)) + payload
    if length < 1 << 16:
        return bytes((_FINAL | opcode, _LENGTH_16)) + length.to_bytes(2, "big") + payload
    return bytes((_FINAL | opcode, _LENGTH_64)) + length.to_bytes(8, "big") + payload
