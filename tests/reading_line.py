"""One socket of a tablet in a world: frames on their way up and down, and the real consumer between them."""

import asyncio
from contextvars import ContextVar
from typing import Any

import msgspec

from sessions import hub, protocol, tickets
from sessions.consumer import ReadingConsumer

SESSION = "0b5e5510-0000-4000-8000-000000000001"
ADA = 1
node_of_consumer: ContextVar[hub.Hub] = ContextVar("node_of_consumer")

_COOKIES = {tickets.COOKIE: tickets.sign(tickets.Ticket(ADA, 1, 1, "Ada", "fox"))}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(protocol.ServerMessage).decode


class Line:
    """Open until the server closes it or it is cut; `held`: the tablet has not given it up."""

    def __init__(self, tablet: int, node: hub.Hub) -> None:
        self.tablet = tablet
        self.up: list[protocol.ClientMessage] = []
        self.down: list[protocol.ServerMessage | int] = []  # an int closes the socket
        self.held = True
        self.restored = False
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        self.consumer = ReadingConsumer()
        scope = {
            "url_route": {"kwargs": {"session_id": SESSION}},
            "subprotocols": [protocol.MSGPACK],
            "cookies": _COOKIES,
        }
        node_of_consumer.set(node)
        self.task = asyncio.create_task(self.consumer(scope, self._inbox.get, self._send))

    async def _send(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.down.append(event["code"])
        elif event["type"] == "websocket.send":
            self.down.append(_decode(event["bytes"]))

    def say(self, message: protocol.ClientMessage) -> None:
        """The tablet sends a frame; it may be long on its way."""
        self.up.append(message)

    def arrive(self) -> protocol.ClientMessage:
        """A frame reaches the consumer."""
        message = self.up.pop(0)
        self._inbox.put_nowait({"type": "websocket.receive", "bytes": _encode(message)})
        return message

    def cut(self, *, by_server: bool = False) -> None:
        """The server learns that the tablet has gone, or cancels the consumer wherever it waits."""
        self.up.clear()
        if by_server:
            self.task.cancel()
        else:
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})
