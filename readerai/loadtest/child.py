"""A simulated child: one reading session on a real socket, which comes back as the protocol says.

    child = SimulatedChild(["http://127.0.0.1:8000"], session_id, cookie, Ledger(word_count=900))
    child.start()                       # connects, says HELLO, and comes back whenever it is cut off
    child.tick()                        # once a second: reads on and tells its place
    child.ask("Why does the fox hide?")
    child.cut()                         # loses the network
    child.ledger                        # what it has said, got and missed
    await child.stop()

All of it belongs to one event loop; any will do, uvloop is the fastest.
"""

import asyncio
import contextlib
import random
import socket
import struct
import time
import uuid
from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import msgspec
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from picows.common import WSInvalidStatusError

from readerai.loadtest.ledger import Ledger
from readerai.loadtest.manners import LIKE_THE_PAGE, Manners
from readerai.loadtest.stamp import published_at
from sessions import protocol

_LOST = 1006  # the close code of a connection that ended without one
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: no goodbye, as when a network is gone
_ENCODE = {protocol.MSGPACK: msgspec.msgpack.Encoder().encode, protocol.JSON: msgspec.json.Encoder().encode}
_DECODE = {
    protocol.MSGPACK: msgspec.msgpack.Decoder(protocol.ServerMessage).decode,
    protocol.JSON: msgspec.json.Decoder(protocol.ServerMessage).decode,
}
_FRAME = {protocol.MSGPACK: WSMsgType.BINARY, protocol.JSON: WSMsgType.TEXT}


class SimulatedChild(WSListener):
    """One child. `urls` are tried in turn, one at each attempt; `source` is the local address to come from.

    `on_message` is called with the session's id and each durable message that the child had not had before.
    `ledger` is all that it knows; `restored` says whether it is in step with a server; `refused` is the
    close code that told it to stay away for good, if one did.
    """

    def __init__(
        self,
        urls: Sequence[str],
        session_id: str,
        cookie: str,
        ledger: Ledger,
        manners: Manners = LIKE_THE_PAGE,
        source: str | None = None,
        on_message: Callable[[str, protocol.DurableMessage], None] | None = None,
    ) -> None:
        super().__init__()
        self.session_id = session_id
        self.ledger = ledger
        self.manners = manners
        self.restored = False
        self.refused: int | None = None
        self._addresses = [_address(url, session_id) for url in urls]
        self._cookies = {"": cookie}
        self._on_message = on_message
        self._source = (source, 0) if source else None
        self._transport: WSTransport | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._encode = _ENCODE[manners.subprotocol]
        self._decode = _DECODE[manners.subprotocol]
        self._frame = _FRAME[manners.subprotocol]
        self._attempts = 0  # since the last good connection
        self._tried = random.randrange(len(urls))  # noqa: S311
        self._wish = 0.0  # the server's own wish for the next wait
        self._coming_back = False
        self._heard_at = self._restored_at = 0.0
        self._pinged = False
        self._close_code = _LOST

    # --- Coming and going ---------------------------------------------------------------
    def start(self) -> None:
        """Connect, and come back until `stop` or a close code that forbids it."""
        if not self._coming_back:
            self._coming_back = True
            self.refused = None
            self._come_back(0)

    def cut(self, *, come_back: bool = True) -> None:
        """Lose the network: the connection ends without a word."""
        self._coming_back = come_back
        if self._transport is not None:
            connection = self._transport.underlying_transport
            with contextlib.suppress(OSError):  # it has just been closed from the other side
                connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            connection.abort()

    async def stop(self) -> None:
        """Say goodbye as a page that is closed does."""
        self._coming_back = False
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        transport = self._transport
        if transport is not None:
            if self.restored:
                self.ledger.reading = False
                self._say(self.ledger.progress())
            self.restored = False
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            await transport.wait_disconnected()

    def _come_back(self, after: float) -> None:
        self.ledger.away(time.monotonic())
        if self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(after, self._try)

    def _try(self) -> None:
        self._retry = None
        if self._coming_back:
            self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        address, origin = self._addresses[self._tried % len(self._addresses)]
        self._tried += 1
        self.ledger.connecting(time.monotonic())
        headers = {
            "Origin": origin,
            "Cookie": "; ".join(self._cookies.values()),
            "Sec-WebSocket-Protocol": self.manners.subprotocol,
        }
        try:
            async with asyncio.timeout(self.manners.opening):
                await ws_connect(
                    lambda: self,
                    address,
                    extra_headers=headers,
                    local_addr=self._source,
                    websocket_handshake_timeout=None,
                    read_buffer_init_size=2048,
                    logger_name="loadtest",
                    max_redirects=0,
                )
        except (OSError, WSError, TimeoutError) as error:
            self.ledger.refusals[_reason(error)] += 1
            if self._transport is None:
                self._lost()
        finally:
            self._connecting = None

    def _lost(self) -> None:
        if self._coming_back and self._retry is None:
            manners = self.manners
            ceiling = min(manners.longest_backoff, manners.first_backoff * 1.5**self._attempts)
            self._attempts += 1
            wish, self._wish = self._wish, 0.0
            self._come_back(wish + random.random() * ceiling)  # noqa: S311

    # --- What picows calls ------------------------------------------------------------------
    def on_ws_connected(self, transport: WSTransport) -> None:
        """Introduce yourself; keep the cookies of a load balancer."""
        self._transport = transport
        self._close_code = _LOST
        self._heard_at = time.monotonic()
        self._pinged = False
        for line in transport.response.headers.getall("Set-Cookie", ()):
            with contextlib.suppress(CookieError):
                for name, morsel in SimpleCookie(line).items():
                    self._cookies[name] = f"{name}={morsel.value}"
        self._say(self.ledger.hello(self._heard_at))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take what the server says."""
        if transport is not self._transport:
            return
        if frame.msg_type == WSMsgType.CLOSE:
            self._close_code = int(frame.get_close_code())  # type: ignore[call-overload] # an IntEnum in truth
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        self._heard_at = now = time.monotonic()
        self._pinged = False
        try:
            message = self._decode(frame.get_payload_as_memoryview())
        except msgspec.MsgspecError:
            self.ledger.errors["not of the protocol"] += 1
            return
        if isinstance(message, protocol.SessionRestored):
            self.restored = True
            self._restored_at = now
            for said in self.ledger.restored(message.payload, now, self._tell):
                self._say(said)
        elif isinstance(message, protocol.ServerDraining):
            self._wish = message.payload.retry_after_ms / 1000
        elif isinstance(message, protocol.Error):
            self.ledger.errors[message.payload.code] += 1
        elif not isinstance(message, protocol.Pong):
            self._take(message, now)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Come back, unless the server said to stay away."""
        if transport is not self._transport:
            return
        now = time.monotonic()
        self._transport = None
        if self.restored and now - self._restored_at >= self.manners.stable:
            self._attempts = 0
        self.restored = False
        code = self._close_code
        if self._coming_back:
            self.ledger.closes[code] += 1
            self.ledger.away(now)
            if 4400 <= code < 4500:
                self.refused = code
                self._coming_back = False
        self._lost()

    # --- Reading and asking ---------------------------------------------------------------------
    def tick(self, seconds: float = 1.0) -> None:
        """So many seconds have passed: read on, or wait for the answer."""
        ledger = self.ledger
        now = time.monotonic()
        question = ledger.question
        if question is None:
            ledger.read(seconds, now)
            if self.restored:
                self._say(ledger.progress())
        elif now - question.asked_at > self.manners.patience:
            if cancelled := ledger.give_up(connected=self.restored):
                self._say(cancelled)
        elif self.restored and ledger.inbox.owes_acknowledgement:
            self._say(ledger.progress())
        self.expect_life(now)

    def ask(self, text: str) -> str | None:
        """Ask, now or on return, unless an answer is being waited for; return the question's id if asked."""
        if self.ledger.question is not None:
            return None
        question_id = str(uuid.uuid4())
        asked = self.ledger.ask(question_id, text, time.monotonic())
        if self.restored:
            self._say(asked)
        return question_id

    def _take(self, message: protocol.DurableMessage, now: float) -> None:
        if not self.ledger.take(message, now):
            return
        self._tell(message)
        if isinstance(message, protocol.AnswerSentence):
            sent_at = published_at(message.payload.text)
            if sent_at is not None:
                self.ledger.publish_ms.append(1000 * (now - sent_at))

    def _tell(self, message: protocol.DurableMessage) -> None:
        if self._on_message is not None:
            self._on_message(self.session_id, message)

    def expect_life(self, now: float) -> None:
        """Ask a server that has been silent for long whether it is there; it learns that we are."""
        silent = now - self._heard_at
        if self._transport is None or silent < self.manners.ping:
            return
        if not self._pinged:
            self._pinged = True
            self._say(protocol.Ping())
        elif silent > self.manners.ping + self.manners.pong:
            self.cut()

    def _say(self, message: protocol.ClientMessage) -> None:
        if self._transport is not None:
            self._transport.send(self._frame, self._encode(message))


def _address(url: str, session_id: str) -> tuple[str, str]:
    """Return the socket's address on a server, and the Origin that a browser would name."""
    place = urlsplit(url)
    secure = place.scheme in {"https", "wss"}
    scheme, origin = ("wss", "https") if secure else ("ws", "http")
    return f"{scheme}://{place.netloc}/ws/reading/{session_id}/", f"{origin}://{place.netloc}"


def _reason(error: Exception) -> str:
    """Return why an attempt failed, in words that can be counted."""
    if isinstance(error, WSInvalidStatusError) and error.response is not None:
        return f"status {int(error.response.status)}"
    return type(error).__name__
