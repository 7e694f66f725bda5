"""Server-sent events as language models send them: only what stands in `data:` counts. Pure.

Source: WHATWG HTML, "Server-sent events"; lines end with LF or CRLF.
"""

LONGEST = 65_536  # bytes of one event; a piece of an answer has a few hundred


class EventStream:
    """Cuts what comes over the wire into events."""

    def __init__(self) -> None:
        self._line = b""  # has not ended yet
        self._data: list[bytes] = []
        self._length = 0

    def feed(self, received: bytes) -> list[bytes]:
        """Return the data of each event that is whole now. Raises ValueError where one has no end."""
        *lines, self._line = (self._line + received).split(b"\n")
        events = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
                self._length += len(line)
            elif not line and self._data:
                events.append(b"\n".join(self._data))
                self._data, self._length = [], 0
        if self._length + len(self._line) > LONGEST:
            raise ValueError(f"an event of more than {LONGEST} bytes")
        return events
