"""Frames: bytes or text of one WebSocket message <-> a typed message. Pure."""

from collections.abc import Callable
from typing import Any

import msgspec

from sessions import protocol
from sessions.protocol import CloseCode

# An ASGI extension: a function to which the application gives another one. As long as the application waits
# in `receive`, that one is offered each message (str or bytes) first and returns whether it has done with it.
OFFERED_FRAMES = "readerai.frames"


class BadFrame(Exception):
    """A frame that is refused: `code` for programs, `message` for people, `close` if the socket must end."""

    def __init__(self, code: str, message: str, close: CloseCode | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.close = close


class Codec:
    """One subprotocol: JSON in text frames or MessagePack in binary frames."""

    def __init__(self, binary: bool, max_bytes: int) -> None:
        self.binary = binary
        self.max_bytes = max_bytes
        form = msgspec.msgpack if binary else msgspec.json
        self._decode: Callable[[str | bytes], protocol.ClientMessage] = form.Decoder(
            protocol.ClientMessage
        ).decode
        self._encode = form.Encoder().encode

    def decode(self, frame: str | bytes) -> protocol.ClientMessage:
        """Return the typed message of a frame, which is str if it came as text.

        Raises BadFrame, which says what is wrong with the frame but never repeats what is in it.
        """
        if isinstance(frame, bytes) != self.binary:
            kind = "binary MessagePack" if self.binary else "JSON text"
            raise BadFrame("wrong_encoding", f"this socket speaks {kind} frames only")
        # A character takes at most four bytes: most frames are measured without being encoded.
        size = len(frame)
        if isinstance(frame, str) and size <= self.max_bytes < size * 4:
            size = len(frame.encode(errors="surrogatepass"))
        if size > self.max_bytes:
            raise BadFrame(
                "too_large", f"a frame has at most {self.max_bytes} bytes", close=CloseCode.TOO_LARGE
            )
        try:
            return self._decode(frame)
        except msgspec.ValidationError as error:
            raise BadFrame("invalid_message", f"not a message of this protocol: {error}") from None
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise BadFrame("malformed", "not valid " + ("MessagePack" if self.binary else "JSON")) from None

    def encode(self, message: protocol.ServerMessage) -> dict[str, Any]:
        """Return the ASGI event that sends a message."""
        frame = self._encode(message)
        if self.binary:
            return {"type": "websocket.send", "bytes": frame}
        return {"type": "websocket.send", "text": frame.decode()}
