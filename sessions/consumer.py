"""The consumer: one per socket. It speaks the protocol and keeps the socket in step with its outbox.

Its own `__call__` takes the place of Channels' loop and `dispatch`: no channel of the layer per
socket (the hub has one for the process) and no hop to a thread per frame to close database
connections, because nothing here opens one while a session is in Redis.
"""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.dispatch import Signal
from redis.exceptions import RedisError

from sessions import checkpoint, limits, log_context, metrics, protocol, tickets, wake_ups
from sessions.background import in_background
from sessions.delivery import Delivery
from sessions.drain import drain_of_this_loop
from sessions.frames import OFFERED_FRAMES, BadFrame, Codec
from sessions.hub import Hub, get_hub, paused
from sessions.live import store
from sessions.live.records import (
    LiveProgress,
    Restored,
    SessionAbsent,
    SessionFenced,
    SessionForbidden,
)
from sessions.live_socket import BROKEN, Closed, LiveSocket
from sessions.protocol import CloseCode
from sessions.signals import answer_heard, question_asked

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10  # a socket that says nothing for so long is closed
ELSEWHERE_MS = 1_000  # who says HELLO to a server that goes away is to come back after so long
MAX_BAD_FRAMES = 20  # then the socket is closed: this is no client of ours

_CODECS = {
    name: Codec(binary=name == protocol.MSGPACK, max_bytes=settings.MAX_FRAME_BYTES)
    for name in protocol.SUBPROTOCOLS
}
_announcer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="announce")


class ReadingConsumer(LiveSocket):
    """One child's socket, from HELLO to the end."""

    def __init__(self) -> None:
        super().__init__()
        self._bad_frames = 0
        self._pace = limits.of_frames()
        self._hub: Hub | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve the socket until it is closed by either side, or the server cancels us."""
        metrics.connections().inc()
        self._send = send
        self.session_id = str(scope["url_route"]["kwargs"]["session_id"])
        log_context.session_id.set(self.session_id)
        try:
            with limits.arriving:
                await receive()  # websocket.connect
                accepted = await self._accept(scope)
                async with asyncio.timeout(HELLO_SECONDS):
                    while accepted and self._delivery is None:
                        await self._frame(await receive())
            while accepted:
                await self._frame(await receive())
        except TimeoutError:
            await self._close(CloseCode.NO_HELLO)
        except Closed:
            pass
        except (RedisError, DatabaseError, OSError) as error:
            logger.warning("session %s: cannot be served now: %s", self.session_id, type(error).__name__)
            await self._close(CloseCode.UNAVAILABLE)
        finally:
            metrics.connections().dec()
            # Also when the server cancels us (daphne does so on SIGTERM): the place must be kept.
            await asyncio.shield(self._leave())

    # --- Coming and going ---------------------------------------------------------------
    async def _accept(self, scope: dict[str, Any]) -> bool:
        """Accept the handshake; a refusal is told by a close code, which only an open socket can carry."""
        offered = scope.get("subprotocols") or []
        chosen = next((name for name in protocol.SUBPROTOCOLS if name in offered), None)
        await self._transmit({"type": "websocket.accept", "subprotocol": chosen})
        ticket = tickets.read(scope["cookies"].get(tickets.COOKIE))
        if ticket is None:
            await self._close(CloseCode.NOT_SIGNED_IN)
            return False
        if chosen is None:
            await self._close(CloseCode.BAD_MESSAGE, "offer one of: " + ", ".join(protocol.SUBPROTOCOLS))
            return False
        if not limits.connects.take(ticket.student_id, self.heard_at):
            metrics.TOO_OFTEN.labels("connect").inc()
            await self._close(CloseCode.TRY_AGAIN_LATER)
            return False
        self._student_id, self.classroom_id, self._school_id = ticket[:3]
        self._codec = _CODECS[chosen]
        if offer_to := scope.get("extensions", {}).get(OFFERED_FRAMES):
            offer_to(self._take)
        return True

    async def _leave(self) -> None:
        self._ends(BROKEN)
        if self._delivery is not None:
            self._delivery.stop()
        if self._hub is not None:
            try:
                await self._hub.remove(self)
            except (RedisError, OSError) as error:
                logger.warning(
                    "session %s: left without writing its position: %s", self.session_id, type(error).__name__
                )
        self._delivery = None  # it refers to us: the collector would have to find both

    # --- Frames from the client -------------------------------------------------------------
    def _take(self, frame: str | bytes) -> bool:
        """Take a place told while reading: it comes all the time, and no task need be woken for it."""
        if self._delivery is None:
            return False
        try:
            message = self._codec.decode(frame)
        except BadFrame:
            return False
        if type(message) is not protocol.Progress or not message.payload.playing:
            return False
        now = time.monotonic()
        if not self._pace.take(now):
            return False
        self.heard_at = now
        self._move(message.payload)
        return True

    async def _frame(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.disconnect":
            self._ends(event.get("code") or BROKEN)
            raise Closed
        self.heard_at = time.monotonic()
        try:
            if not self._pace.take(self.heard_at):
                metrics.TOO_OFTEN.labels("frame").inc()
                raise BadFrame("too_fast", "too many frames in too short a time", close=CloseCode.TOO_FAST)
            data = event.get("bytes")
            await self._handle(self._codec.decode(event["text"] if data is None else data))
        except BadFrame as error:
            await self._refuse(error)
        except SessionFenced:
            await self._close(CloseCode.OPENED_ELSEWHERE)
        except SessionAbsent:
            await self._close(CloseCode.UNAVAILABLE)  # come back: HELLO mends it
        if self._closed:
            raise Closed

    async def _refuse(self, error: BadFrame) -> None:
        self._bad_frames += 1
        await self._emit(protocol.Error(protocol.ErrorPayload(error.code, error.message, retryable=False)))
        if error.close is not None:
            await self._close(error.close, error.message)
        elif self._bad_frames >= MAX_BAD_FRAMES:
            await self._close(CloseCode.BAD_MESSAGE, "too many bad frames")

    async def _handle(self, message: protocol.ClientMessage) -> None:
        if isinstance(message, protocol.Ping):
            await self._emit(protocol.Pong())
        elif isinstance(message, protocol.Hello):
            await self._hello(message.payload)
        elif self._delivery is None or self._hub is None:
            raise BadFrame("hello_first", "the first frame must be HELLO")
        elif isinstance(message, protocol.Progress):
            self._move(message.payload)
            if not message.payload.playing:
                await self._hub.positions.flush(self.owner)
        elif isinstance(message, protocol.StudentQuestion):
            await self._ask(self._hub, message.payload)
        elif isinstance(message, protocol.AnswerHeard):
            self._announce(answer_heard, **msgspec.structs.asdict(message.payload))
        else:
            await store.cancel(self.session_id, self.owner, message.payload.id)

    def _move(self, said: protocol.ProgressPayload) -> None:
        assert self._hub is not None and self._delivery is not None
        self._delivery.acknowledged(said.ack)
        self._hub.positions.put(
            LiveProgress(
                self.session_id,
                self.owner,
                said.word_index,
                said.audio_timestamp,
                said.playing,
                said.ack,
                store.now(),
            )
        )

    async def _ask(self, hub: Hub, question: protocol.AskedQuestion) -> None:
        begun = time.perf_counter()
        # A place told before is older than the question's: it must not be written after it.
        told = await hub.positions.withdraw(self.owner)
        try:
            published = await store.ask(self.session_id, self.owner, question, told)
        except RedisError:
            if told is not None:
                hub.positions.put(told)
            raise
        if published is not None:
            self.offer(published.seq, published.message)
            hub.followed.said(self.session_id, published.message)
            metrics.ACKNOWLEDGED.observe(time.perf_counter() - begun)
            self._announce(question_asked, question_id=question.id)

    async def _hello(self, hello: protocol.HelloPayload) -> None:
        if self._delivery is not None:
            raise BadFrame("hello_twice", "HELLO was said already on this socket")
        begun = time.perf_counter()
        hub = await get_hub()
        if drain_of_this_loop().begun:
            await self.let_go(ELSEWHERE_MS)
            return
        self._hub = hub
        hub.add(self)
        try:
            restored = await self._restore(hello)
        except SessionForbidden:
            await self._close(CloseCode.FORBIDDEN)
            return
        except checkpoint.NoSuchSession:
            await self._close(CloseCode.NOT_FOUND)
            return
        if restored.former_owner and restored.former_owner != self.owner:
            in_background(wake_ups.evict(restored.former_owner, restored.former_server))
        resting = self.classroom_id in hub.paused
        await self._emit(restored.message(self.owner, class_paused=resting))
        self._delivery = Delivery(self.session_id, restored.last_seq, self._emit, self._too_slow)
        metrics.count_resume(restored.outcome, time.perf_counter() - begun)
        if (self.classroom_id in hub.paused) != resting:
            self.tell(paused(not resting))
        if self._early:
            self._delivery.catch_up()
        for question_id in restored.asked:
            self._announce(question_asked, question_id=question_id)

    async def _restore(self, hello: protocol.HelloPayload) -> Restored:
        """One call to Redis; where Redis has lost the session, it is first rebuilt from its checkpoint."""
        assert self._hub is not None
        arguments = (self.session_id, self._student_id, self.owner, self._hub.channel, hello)
        try:
            return await store.restore(*arguments)
        except SessionAbsent:
            await store.seed(await checkpoint.load(self.session_id, self._student_id))
            return await store.restore(*arguments)

    def _announce(self, signal: Signal, **what: Any) -> None:
        """Tell the tutor's side. Receivers may block (a broker): a thread of their own, and nobody waits.

        One thread: more would only take the interpreter from the event loop more often.
        """
        _announcer.submit(signal.send, type(self), session_id=self.session_id, **what)
