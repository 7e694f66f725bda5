"""The hub: one per process, between the channel layer and the sockets of this process.

It holds one channel of the layer for all sockets, wakes the right one when a message is owed,
writes the newest positions to Redis, and sweeps the outboxes for what a lost wake-up left behind.
The outbox is the truth; a wake-up only saves time.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from redis.exceptions import RedisError

from sessions import metrics, protocol, steering
from sessions.attendance import CALL_MS, Attendance
from sessions.following import Followed
from sessions.live import store
from sessions.live.records import (
    Head,
    LiveError,
    LiveProgress,
    Present,
    SessionAbsent,
    SessionFenced,
)
from sessions.positions import PositionWriter
from sessions.rescue import rescue_questions

logger = logging.getLogger(__name__)

_SWEEP_BATCH = 500  # sessions looked at in one round trip
_RESCUE_MS = 2_000
# A question waits while positions are written: few at a time, so that it does not wait long.
_TURN_MS = 25
_PAUSE_SECONDS = 0.1  # after an event that could not be handled
# A client says something every 15 seconds, one in a tab that its browser holds back every minute.
_SILENCE_SECONDS = 150


class Socket(Protocol):
    """What the hub knows of a consumer; none of these waits for the network, except where it says so."""

    session_id: str
    classroom_id: int
    owner: str
    sent: int
    restored: bool  # it owns its session, or has until a newer one came
    heard_at: float  # when its client said something, on the monotonic clock

    @property
    def present(self) -> Present | None:
        """The session and where its child belongs, once it is restored."""

    def offer(self, seq: int, message: bytes) -> None:
        """A message has been put into the session's outbox."""

    def tell(self, message: protocol.TransientMessage) -> None:
        """Say something that is not kept."""

    def ended(self) -> None:
        """A grown-up has ended the reading."""

    def catch_up(self) -> None:
        """The outbox holds more than has been sent."""

    def succeeded(self) -> None:
        """A newer socket owns the session."""

    def lost(self) -> None:
        """Redis has lost the session, or some of it."""

    async def let_go(self, retry_after_ms: int) -> None:
        """This server goes away: tell the client when to come back, and close. Waits until it reads."""

    def silent(self) -> None:
        """The client has said nothing for so long that it must have gone."""


class Hub:
    """The sockets of one process (of one event loop), by owner token."""

    def __init__(self) -> None:
        self.sockets: dict[str, Socket] = {}
        self.channel = ""
        self._turns = max(1, round(settings.PROGRESS_FLUSH_MS / _TURN_MS))
        self.positions = PositionWriter(self._written, self._turns)
        self.followed = Followed()
        self.paused: frozenset[int] = frozenset()  # classes, as far as this process knows
        self._attendance = Attendance(self.sockets)
        self._heard: set[str] = set()  # owners whose head a write has told since the last sweep
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Open the process's channel and start the hub's tasks, once."""
        async with self._starting:
            if self.channel:
                return
            metrics.watch(asyncio.get_running_loop())
            self.paused = await steering.paused_classes()
            layer = get_channel_layer()
            channel = await layer.new_channel("hub.")
            await layer.group_add(steering.HUBS, channel)
            every: dict[Callable[[], Awaitable[None]], float] = {
                self.positions.flush_turn: settings.PROGRESS_FLUSH_MS / self._turns,
                self.sweep: settings.OUTBOX_SWEEP_MS,
                self.look_at_pauses: settings.OUTBOX_SWEEP_MS,
                self._attendance.call: CALL_MS,
                rescue_questions: _RESCUE_MS,
            }
            self._tasks = [
                _start(self._receive(channel), "receive"),
                *(
                    _start(self._repeat(work, milliseconds), work.__name__)
                    for work, milliseconds in every.items()
                ),
            ]
            self.channel = channel

    async def stop(self) -> None:
        """Write what is not written yet and end the hub's tasks."""
        with contextlib.suppress(RedisError, OSError):
            await self.positions.flush_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.channel = ""

    def add(self, socket: Socket) -> None:
        """From now on this socket is told of its session's messages."""
        self.sockets[socket.owner] = socket

    async def remove(self, socket: Socket) -> None:
        """The socket has gone: write its newest position and give up the session.

        Where Redis cannot be reached the position is kept and tried again.
        """
        self.sockets.pop(socket.owner, None)
        self.followed.left(socket.session_id)
        await self.positions.flush(socket.owner)
        await store.leave(socket.session_id, socket.owner)

    async def sweep(self) -> None:
        """Find what no wake-up told of: messages unsent, sessions taken over or gone, clients gone.

        Sockets whose position was written since the last sweep have been looked at by that.
        """
        heard, self._heard = self._heard, set()
        silent_since = time.monotonic() - _SILENCE_SECONDS
        for socket in self.sockets.values():
            if socket.heard_at < silent_since:
                socket.silent()
        # One that is just being restored may become the owner after we have looked: not "succeeded".
        sockets = [
            socket for socket in self.sockets.values() if socket.restored and socket.owner not in heard
        ]
        for start in range(0, len(sockets), _SWEEP_BATCH):
            batch = sockets[start : start + _SWEEP_BATCH]
            sent = [socket.sent for socket in batch]
            heads = await store.heads([socket.session_id for socket in batch])
            for socket, sent_before, head in zip(batch, sent, heads, strict=True):
                await _compare(socket, sent_before, head)

    async def look_at_pauses(self) -> None:
        """Tell the children of classes that have been paused since, or go on. Raises RedisError."""
        before, self.paused = self.paused, await steering.paused_classes()
        if changed := before ^ self.paused:
            for socket in list(self.sockets.values()):
                if socket.classroom_id in changed:
                    socket.tell(paused(socket.classroom_id in self.paused))

    def _written(self, progress: LiveProgress, result: int | LiveError) -> None:
        socket = self.sockets.get(progress.owner)
        if socket is None:
            return
        if isinstance(result, int):
            self.followed.moved(progress)
            if result > socket.sent:
                socket.catch_up()
            if result >= socket.sent:  # else a message was sent meanwhile, or some were lost: the sweep looks
                self._heard.add(progress.owner)
        elif isinstance(result, SessionFenced):
            socket.succeeded()
        else:
            socket.lost()

    async def _receive(self, channel: str) -> None:
        layer = get_channel_layer()
        while True:
            try:
                await self._take(await layer.receive(channel))
            except Exception:  # one event that cannot be understood must not silence all sockets
                logger.exception("an event of the channel layer was dropped")
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _take(self, event: dict[str, Any]) -> None:
        socket = self.sockets.get(event.get("owner", ""))
        match event["type"]:
            case "wake" if socket:
                socket.offer(event["seq"], event["message"])
                metrics.WAKE_LAG.observe(max(0.0, time.time() - event["at"]))
                self.followed.said(socket.session_id, event["message"])
            case "evict" if socket:
                socket.succeeded()
            case "end" if socket:
                socket.ended()
            case "follow":
                self.followed.add(event["session_id"])
            case "pauses":
                await self.look_at_pauses()
            case "message":
                said = protocol.ClassMessage(protocol.ClassMessagePayload(event["text"]))
                for one in list(self.sockets.values()):
                    if one.classroom_id == event["classroom_id"]:
                        one.tell(said)

    async def _repeat(self, work: Callable[[], Awaitable[None]], every_ms: float) -> None:
        while True:
            await asyncio.sleep(every_ms / 1000)
            try:
                await work()
            except (RedisError, OSError) as error:
                logger.warning("%s: Redis cannot be reached (%s); trying again", work.__name__, error)
            except Exception:  # nor may one session stop the writing for all
                logger.exception("%s failed; trying again", work.__name__)


def _start(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Begin a task of all sockets: it takes over nothing of the first one's, such as its id in the log."""
    return asyncio.create_task(work, name=f"hub-{name}", context=Context())


def paused(yes: bool) -> protocol.ClassPaused:
    """Return what children of a class are told that is paused, or goes on."""
    return protocol.ClassPaused(protocol.ClassPausedPayload(yes))


async def _compare(socket: Socket, sent_before: int, head: Head | None) -> None:
    """Tell a socket what its session's head means; `sent_before`: what was sent before the head was read."""
    if head is None or not head.owner or head.seq < sent_before:
        socket.lost()  # a Redis that was restarted may have lost its last writes
    elif head.owner != socket.owner:
        try:
            await store.check_owner(socket.session_id, socket.owner)
        except SessionFenced:
            socket.succeeded()
        except SessionAbsent:
            socket.lost()
    elif head.seq > socket.sent:
        socket.catch_up()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_of_this_loop() -> Hub | None:
    """Return this event loop's hub, if a socket has needed one."""
    return _hubs.get(asyncio.get_running_loop())


async def get_hub() -> Hub:
    """Return this event loop's hub, started."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    await hub.start()
    return hub
