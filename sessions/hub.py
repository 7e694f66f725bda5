"""The hub: one per process, between the channel layer and the sockets of this process.

It holds one channel of the layer for all sockets, wakes the right one when a message is owed,
writes the newest positions to Redis a few times a second, and sweeps the outboxes for what a
lost wake-up left behind. The outbox is the truth; a wake-up only saves time.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from redis.exceptions import RedisError

from sessions.live import store
from sessions.live.records import LiveProgress, Published, SessionAbsent

logger = logging.getLogger(__name__)

_SWEEP_BATCH = 500  # sessions looked at in one round trip
_PAUSE_SECONDS = 0.1  # after an event that could not be handled
_WAKE_SECONDS = 1  # a channel layer that takes longer is as good as away


class Socket(Protocol):
    """What the hub knows of a consumer; none of these waits for the network."""

    session_id: str
    owner: str
    sent: int
    restored: bool  # it owns its session, or has until a newer one came

    def offer(self, seq: int, message: bytes) -> None:
        """A message has been put into the session's outbox."""

    def catch_up(self) -> None:
        """The outbox holds more than has been sent."""

    def succeeded(self) -> None:
        """A newer socket owns the session."""

    def lost(self) -> None:
        """The session is not in Redis any more."""


async def wake(session_id: str, published: Published) -> None:
    """Tell the process that serves the session's owner of a new message; at worst the sweep finds it."""
    if not published.server:
        return
    event = {
        "type": "wake", "owner": published.owner, "seq": published.seq, "message": published.message,
    }  # fmt: skip
    try:
        await _send(published.server, event)
    except (RedisError, OSError) as error:
        logger.warning("wake-up of session %s lost: %s", session_id, error)


async def _send(server: str, event: dict[str, Any]) -> None:
    """Send an event to a process's hub. The layer itself would wait long for a Redis that hangs."""
    async with asyncio.timeout(_WAKE_SECONDS):
        await get_channel_layer().send(server, event)


class Hub:
    """The sockets of one process (of one event loop), by owner token."""

    def __init__(self) -> None:
        self.sockets: dict[str, Socket] = {}
        self.channel = ""
        self._progress: dict[str, LiveProgress] = {}
        self._writing: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Open the process's channel and start the hub's three tasks, once."""
        async with self._starting:
            if self.channel:
                return
            channel = await get_channel_layer().new_channel("hub.")
            self._tasks = [
                asyncio.create_task(self._receive(channel), name="hub-receive"),
                asyncio.create_task(self._repeat(self.flush, settings.PROGRESS_FLUSH_MS), name="hub-flush"),
                asyncio.create_task(self._repeat(self.sweep, settings.OUTBOX_SWEEP_MS), name="hub-sweep"),
            ]
            self.channel = channel

    async def stop(self) -> None:
        """Write what is not written yet and end the hub's tasks."""
        with contextlib.suppress(RedisError, OSError):
            await self.flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.channel = ""

    def add(self, socket: Socket) -> None:
        """From now on this socket is told of its session's messages."""
        self.sockets[socket.owner] = socket

    async def remove(self, socket: Socket) -> None:
        """The socket has gone: write its newest position and give up the session.

        Where Redis cannot be reached the position is kept for the next flush.
        """
        self.sockets.pop(socket.owner, None)
        await self.flush(socket.owner)
        await store.leave(socket.session_id, socket.owner)

    def move(self, progress: LiveProgress) -> None:
        """Keep the newest position; the next flush writes it."""
        self._progress[progress.owner] = progress

    async def flush(self, owner: str | None = None) -> None:
        """Write the newest positions in one round trip; with `owner`, return once its own is written.

        There is one writer at a time, or an older position could overtake a newer one, or a goodbye
        the position before it. Who comes meanwhile waits, and then one writes for all of them.
        Where Redis cannot be reached the positions are kept, unless newer ones have come, and tried again.
        """
        while self._writing is not None and not self._writing.done():
            await asyncio.shield(self._writing)
        if self._progress if owner is None else owner in self._progress:
            self._writing = asyncio.create_task(self._write(), name="hub-write")
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        waiting, self._progress = self._progress, {}
        try:
            refusals = await store.progress(list(waiting.values()))
        except BaseException:
            self._progress = waiting | self._progress
            raise
        for progress, refusal in zip(waiting.values(), refusals, strict=True):
            if refusal is not None and (socket := self.sockets.get(progress.owner)):
                if isinstance(refusal, SessionAbsent):
                    socket.lost()
                else:
                    socket.succeeded()

    async def sweep(self) -> None:
        """Find what no wake-up told of: messages not sent, sessions taken over or gone."""
        # One that is just being restored may become the owner after we have looked: not "succeeded".
        sockets = [socket for socket in self.sockets.values() if socket.restored]
        for start in range(0, len(sockets), _SWEEP_BATCH):
            batch = sockets[start : start + _SWEEP_BATCH]
            heads = await store.heads([socket.session_id for socket in batch])
            for socket, head in zip(batch, heads, strict=True):
                if head is None:
                    socket.lost()
                elif head[0] != socket.owner:
                    socket.succeeded()
                elif head[1] > socket.sent:
                    socket.catch_up()

    async def evict(self, owner: str, server: str) -> None:
        """Tell a former owner, wherever it is, that it has been succeeded."""
        with contextlib.suppress(RedisError, OSError):
            await _send(server, {"type": "evict", "owner": owner})

    async def _receive(self, channel: str) -> None:
        layer = get_channel_layer()
        while True:
            try:
                event = await layer.receive(channel)
                if socket := self.sockets.get(event["owner"]):
                    if event["type"] == "wake":
                        socket.offer(event["seq"], event["message"])
                    else:
                        socket.succeeded()
            except Exception:  # one event that cannot be understood must not silence all sockets
                logger.exception("an event of the channel layer was dropped")
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _repeat(self, work: Callable[[], Awaitable[None]], every_ms: int) -> None:
        while True:
            await asyncio.sleep(every_ms / 1000)
            try:
                await work()
            except (RedisError, OSError) as error:
                logger.warning("%s: Redis cannot be reached (%s); trying again", work.__name__, error)
            except Exception:  # nor may one session stop the writing for all
                logger.exception("%s failed; trying again", work.__name__)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


async def get_hub() -> Hub:
    """Return this event loop's hub, started."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    await hub.start()
    return hub
