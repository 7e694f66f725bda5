"""One socket between uvicorn's transport and the ASGI application."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from readerai.websocket import handshake, wire
from readerai.websocket.handshake import Headers
from sessions.frames import OFFERED_FRAMES

logger = logging.getLogger("uvicorn.error")
# The library tells of each frame at DEBUG; children's words are in them.
_quiet = logging.getLogger("readerai.websocket.library")
_quiet.setLevel(logging.INFO)

DENIAL = "websocket.http.response"

_WAITING_EVENTS = 8  # then the client's frames wait in the network
_GOODBYE_SECONDS = 10.0  # for the client to answer a close frame

Take = Callable[[str | bytes], bool]


class SocketConnection(asyncio.Protocol):
    """Carries one socket. It does not ping: whoever talks all the time need not be asked whether it lives."""

    __slots__ = (
        "_closing", "_denial", "_events", "_goodbye", "_key", "_library", "_max_size", "_open", "_parts",
        "_paused", "_state", "_take", "_text", "_transport", "_waiter", "_writable", "__weakref__",
    )  # fmt: skip

    def __init__(
        self, transport: asyncio.Transport, state: ServerState, key: bytes, *, max_size: int
    ) -> None:
        self._transport = transport
        self._state = state
        self._key = key
        self._max_size = max_size
        self._open = False  # the handshake has been answered with yes
        self._closing = False  # a goodbye or a refusal was sent or has come: nothing more is said
        self._denial: dict[str, Any] | None = None
        self._take: Take | None = None
        self._events: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        self._waiter: asyncio.Future[None] | None = None  # there while the application waits in `receive`
        self._paused = False
        self._writable: asyncio.Event | None = None  # there while the client does not keep up
        self._library: Protocol | None = None  # once something came that is not one whole frame
        self._parts: list[bytes] = []  # of a message in fragments
        self._text = False  # is that a text?
        self._goodbye: asyncio.TimerHandle | None = None

    def serve(self, application: Any, scope: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        """Begin: run the application for this socket."""
        self._state.connections.add(self)  # type: ignore[arg-type]
        scope["extensions"] = {DENIAL: {}, OFFERED_FRAMES: self._offer_to}
        task = loop.create_task(self._run(application, scope))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    async def _run(self, application: Any, scope: dict[str, Any]) -> None:
        try:
            await application(scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            logger.exception("Exception in ASGI application\n")
        finally:
            if not self._open and not self._closing:
                self._refuse(500, (), b"")
            if self._goodbye is None:
                self._transport.close()

    def _offer_to(self, take: Take) -> None:
        self._take = take

    # --- What the application calls -------------------------------------------------------
    async def receive(self) -> dict[str, Any]:
        """Return the next event of ASGI; after the disconnect nothing follows."""
        if not self._events:
            if self._paused:
                self._paused = False
                self._transport.resume_reading()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._events.pop(0)

    async def send(self, event: dict[str, Any]) -> None:
        """Do what an event of ASGI says. Raises ClientDisconnected when nobody is there any more."""
        if self._writable is not None:
            await self._writable.wait()
        kind = event["type"]
        if self._open and not self._closing and kind == "websocket.send":
            data = event.get("bytes")
            if data is not None:
                self._transport.write(wire.frame(wire.BINARY, data))
            else:
                self._transport.write(wire.frame(wire.TEXT, event["text"].encode()))
        elif self._closing:
            raise ClientDisconnected
        elif self._open and kind == "websocket.close":
            self._say_goodbye(event.get("code", 1000), event.get("reason") or "")
        elif not self._open:
            self._answer(kind, event)
        else:
            raise RuntimeError(f"{kind} is no event of an open WebSocket")

    def _answer(self, kind: str, event: dict[str, Any]) -> None:
        """Answer the handshake."""
        if kind == "websocket.accept":
            headers = [*self._state.default_headers, *event.get("headers", ())]
            self._transport.write(handshake.switching(self._key, event.get("subprotocol"), headers))
            self._open = True
        elif kind == "websocket.close":
            self._refuse(403, (), b"")
        elif kind == f"{DENIAL}.start":
            self._denial = {**event, "body": b""}
        elif kind == f"{DENIAL}.body" and self._denial is not None:
            self._denial["body"] += event.get("body", b"")
            if not event.get("more_body"):
                self._refuse(self._denial["status"], self._denial.get("headers", ()), self._denial["body"])
        else:
            raise RuntimeError(f"{kind} is no answer to a handshake")

    def _refuse(self, status: int, headers: Headers, body: bytes) -> None:
        self._transport.write(handshake.refusal(status, [*self._state.default_headers, *headers], body))
        self._end(1006)
        self._transport.close()

    def _say_goodbye(self, code: int, reason: str) -> None:
        try:
            self._the_library().send_close(code, reason)
        except InvalidState:  # both sides said it
            raise ClientDisconnected from None
        self._write_of_library()
        self._end(code, reason)
        if self._paused:  # the client's answer is behind what has not been read yet
            self._paused = False
            self._transport.resume_reading()
        self._expect_goodbye()

    def _expect_goodbye(self) -> None:
        if self._goodbye is None:
            loop = asyncio.get_running_loop()
            self._goodbye = loop.call_later(_GOODBYE_SECONDS, self._transport.abort)

    # --- What the transport calls -----------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Take what the client has sent: many times one whole small frame."""
        start = 0
        while self._library is None:
            message = wire.whole_message(data, start, self._max_size)
            if message is None:
                break
            self._take_message(message.opcode == wire.TEXT, message.payload)
            start = message.end
            if start == len(data):
                return
        self._receive_by_library(data[start:])

    def pause_writing(self) -> None:
        """The client does not keep up: what is said waits."""
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def eof_received(self) -> None:
        """The client says nothing more: the transport closes itself."""

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone. What refers to each other is let go, so that no collector is needed."""
        self._end(1006)
        self.resume_writing()
        if self._goodbye is not None:
            self._goodbye.cancel()
        if self._library is not None:
            self._library.parser.close()
            self._library.parser_exc = None
            self._library = None
        self._state.connections.discard(self)  # type: ignore[arg-type]

    def shutdown(self) -> None:
        """The server ends now."""
        if self._open and not self._closing:
            self._say_goodbye(1012, "")
        elif not self._closing:
            self._refuse(500, (), b"")
        self._transport.close()

    # --- Messages of the client ------------------------------------------------------------------
    def _take_message(self, is_text: bool, payload: bytes) -> None:
        if self._closing:
            return
        data: str | bytes = payload
        if is_text:
            try:
                data = payload.decode()
            except UnicodeDecodeError:
                self._fail(1007, "text must be UTF-8")
                return
        # Only while the application waits: messages stay in order.
        waits = self._waiter is not None and not self._events
        if waits and self._take is not None and self._take(data):
            return
        self._put({"type": "websocket.receive", "text" if is_text else "bytes": data})
        if len(self._events) >= _WAITING_EVENTS and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _put(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, code: int, reason: str = "") -> None:
        """Nothing more is said or heard; the application learns of it once."""
        if not self._closing:
            self._closing = True
            self._take = None
            self._put({"type": "websocket.disconnect", "code": code, "reason": reason})

    # --- What is rarer ---------------------------------------------------------------------------
    def _the_library(self) -> Protocol:
        if self._library is None:
            self._library = Protocol(SERVER, max_size=self._max_size, logger=_quiet)
        return self._library

    def _receive_by_library(self, data: bytes) -> None:
        library = self._the_library()
        library.receive_data(data)
        events: Iterable[Any] = library.events_received()
        for event in events:
            if isinstance(event, Frame):
                self._take_frame(event)
        if library.parser_exc is not None and library.close_sent is not None:
            self._end(library.close_sent.code, library.close_sent.reason)
        self._write_of_library()
        if library.parser_exc is not None:
            self._hang_up()
        elif library.close_rcvd is not None:
            self._transport.close()

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if frame.opcode != Opcode.CONT:
                self._text = frame.opcode == Opcode.TEXT
            self._parts.append(bytes(frame.data))
            if frame.fin:
                message, self._parts = b"".join(self._parts), []
                self._take_message(self._text, message)
        elif frame.opcode == Opcode.CLOSE and self._library is not None:
            received = self._library.close_rcvd
            assert received is not None
            self._end(received.code, received.reason)

    def _fail(self, code: int, reason: str) -> None:
        """Say what the client has done wrong, and close."""
        self._the_library().fail(code, reason)
        self._end(code, reason)
        self._write_of_library()
        self._hang_up()

    def _hang_up(self) -> None:
        """End the connection, but let the client read why: closed while it sends, that would be lost."""
        if self._goodbye is None and self._transport.can_write_eof():
            self._transport.write_eof()
            self._expect_goodbye()
        else:
            self._transport.close()

    def _write_of_library(self) -> None:
        if self._library is not None and (said := b"".join(self._library.data_to_send())):
            self._transport.write(said)
