"""A child's side of the socket, for tests: real WebSockets to a real server."""

import asyncio
import json
from typing import Any

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection

from sessions import protocol, tickets, wake_ups
from sessions.live import ledger
from sessions.live.blocking import run
from sessions.models import Student


def cookie_of(student_id: int) -> str:
    """Return the Cookie header of a signed-in child; no database is needed to sign."""
    return f"{tickets.COOKIE}={tickets.sign(tickets.Ticket(student_id, 1, 1, 'Ada', 'fox'))}"


def cookie_for(student: Student) -> str:
    """Return the Cookie header of a child of the cast."""
    return f"{tickets.COOKIE}={tickets.sign(tickets.of(student))}"


def say(session_id: str, message: protocol.DurableMessage) -> int | None:
    """Say a message of an answer, as whoever has the question; return its seq, None if it is not wanted."""

    async def publish_and_wake() -> int | None:
        published = await ledger.publish(session_id, "", message)
        if published is not None:
            await wake_ups.wake(session_id, published)
        return published and published.seq

    return run(publish_and_wake())


class Tablet:
    """One open socket. `kind` is the subprotocol; messages are plain dictionaries."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.binary = socket.subprotocol == protocol.MSGPACK

    async def say(self, kind: str, **payload: Any) -> None:
        """Send one message."""
        message = {"type": kind, "payload": payload}
        await self.socket.send(msgspec.msgpack.encode(message) if self.binary else json.dumps(message))

    async def hear(self, kind: str | None = None, within: float = 5) -> dict[str, Any]:
        """Return the next message; with `kind`, insist that it is of that type."""
        frame = await asyncio.wait_for(self.socket.recv(), within)
        message = msgspec.msgpack.decode(frame) if isinstance(frame, bytes) else json.loads(frame)
        assert isinstance(frame, bytes) == self.binary
        if kind is not None:
            assert message["type"] == kind, message
        return message

    async def close_code(self, within: float = 5) -> int:
        """Wait until the server closes the socket; return its code."""
        await asyncio.wait_for(self.socket.wait_closed(), within)
        return self.socket.close_code

    async def cut(self) -> None:
        """Lose the network: no closing handshake."""
        self.socket.transport.abort()
        await self.socket.wait_closed()


async def connect(
    url: str,
    session_id: str,
    cookie: str = "",
    *,
    subprotocols: tuple[str, ...] = (protocol.JSON,),
    origin: str = "http://localhost",
) -> Tablet:
    """Open a socket of a reading session on the server at `url` (ws://...)."""
    socket = await websockets.connect(
        f"{url}/ws/reading/{session_id}/",
        subprotocols=list(subprotocols) or None,
        origin=origin,
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,
        max_size=None,
    )
    return Tablet(socket)
