"""Delivery of one session's outbox to one socket: in order, without gaps, each message once.

Messages come by wake-ups, in any order and not surely; the outbox in Redis has them all. A client
that does not keep up is closed and gets what it lacks when it comes back: nothing is dropped.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

from sessions import protocol
from sessions.live import store

logger = logging.getLogger(__name__)

# What may wait in this process or be on its way, not acknowledged yet by the client's PROGRESS.
MAX_MESSAGES = 64
MAX_BYTES = 256 * 1024
# A frame that the client's connection has not taken by then will not be taken.
SEND_SECONDS = 10


class Delivery:
    """Sends what is offered, in order of seq, by `emit`; calls `too_slow` when the client cannot follow."""

    __slots__ = (
        "_behind", "_bytes", "_emit", "_on_way", "_pump", "_session_id", "_too_slow", "_waiting", "sent",
    )  # fmt: skip

    def __init__(
        self,
        session_id: str,
        sent: int,
        emit: Callable[[protocol.DurableMessage], Awaitable[None]],
        too_slow: Callable[[], None],
    ) -> None:
        self.sent = sent  # the newest seq that was sent on this socket
        self._session_id = session_id
        self._emit = emit
        self._too_slow = too_slow
        self._waiting: deque[tuple[int, bytes]] | None = None  # most sockets have nothing waiting
        self._behind = False  # the outbox holds more than was offered
        self._pump: asyncio.Task[None] | None = None
        self._on_way: deque[tuple[int, int]] | None = None  # (seq, bytes), not acknowledged
        self._bytes = 0

    def offer(self, seq: int, message: bytes) -> None:
        """A message has been put into the outbox."""
        if seq > self.sent:
            if self._waiting is None:
                self._waiting = deque()
            if len(self._waiting) < MAX_MESSAGES:
                self._waiting.append((seq, message))
            else:  # the outbox has it
                self._behind = True
            self._start()

    def catch_up(self) -> None:
        """The outbox holds more than was sent: read it."""
        self._behind = True
        self._start()

    def acknowledged(self, seq: int) -> None:
        """The client has handled all messages up to this one."""
        if self._on_way is not None:
            while self._on_way and self._on_way[0][0] <= seq:
                self._bytes -= self._on_way.popleft()[1]
            if not self._on_way:
                self._on_way = None

    def stop(self) -> None:
        """Send nothing more."""
        self._waiting = None
        self._behind = False
        if self._pump is not None:
            self._pump.cancel()

    def _start(self) -> None:
        """One task sends, so that a slow client holds up nobody."""
        if self._pump is None and (self._waiting or self._behind):
            self._pump = asyncio.create_task(self._deliver())
            self._pump.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._pump = None
        if not task.cancelled() and (error := task.exception()):
            # Redis is away, or the socket has gone: the sweep, or the client's return, makes it good.
            logger.warning("session %s: delivery stopped: %s", self._session_id, type(error).__name__)
        elif not task.cancelled():
            self._start()

    async def _deliver(self) -> None:
        while self._behind or self._waiting:
            if self._behind:
                self._behind = False
                try:
                    entries = await store.since(self._session_id, self.sent, limit=MAX_MESSAGES)
                except RedisError:
                    self._behind = True
                    raise
                self._behind |= len(entries) == MAX_MESSAGES
                for seq, message in entries:
                    await self._deliver_one(seq, message)
            elif self._waiting:
                seq, message = self._waiting.popleft()
                if seq > self.sent + 1:
                    self._behind = True
                else:
                    await self._deliver_one(seq, message)
        self._waiting = None

    async def _deliver_one(self, seq: int, message: bytes) -> None:
        if seq <= self.sent:
            return
        if self._on_way is None:
            self._on_way = deque()
        self._on_way.append((seq, len(message)))
        self._bytes += len(message)
        if len(self._on_way) > MAX_MESSAGES or self._bytes > MAX_BYTES:
            self._give_up()
            return
        self.sent = seq
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._emit(store.numbered(seq, message))
        except TimeoutError:
            self._give_up()

    def _give_up(self) -> None:
        self._waiting = None
        self._behind = False
        self._too_slow()
