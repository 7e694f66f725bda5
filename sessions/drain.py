"""The drain: how a process lets go of its sockets before it ends, so that the children hardly notice.

Nobody new is taken from its first moment on. Positions are written; then one child after the other is
told when to come back and its socket closed, so that the other servers are not overrun. Those who wait
for an answer go last: when it has been delivered, or at the last moment.
"""

import asyncio
import logging
import math
import secrets
from collections.abc import Sequence
from enum import StrEnum
from weakref import WeakKeyDictionary

from redis.exceptions import RedisError

from sessions import metrics
from sessions.hub import Hub, Socket, hub_of_this_loop
from sessions.live import store

logger = logging.getLogger(__name__)

# Load balancers need so long to see that we are not ready: nobody is to be back before.
_NOTICE_SECONDS = 2
_SPREAD_MS = 500  # and then not all in one moment
_LONGEST_GAP_SECONDS = 0.1  # between two sockets; shorter where there are many
_SHORTEST_GAP_SECONDS = 0.001
_LOOK_SECONDS = 0.25  # what is known of who waits for an answer is not older than this
_CLOSING_SECONDS = 2  # a tablet that has not closed by then does not read
_POLL_SECONDS = 0.02
_REDIS_SECONDS = 1  # a Redis that takes longer is as good as away
# Shares of the grace time: by then all who read are gone; the last moment of those in mid-answer.
_READING_SHARE, _LAST_SHARE = 0.8, 0.9


class State(StrEnum):
    """How far the drain is."""

    SERVING = "serving"
    DRAINING = "draining"
    DRAINED = "drained"


class Drain:
    """The drain of one process (of one event loop). It begins once, and there is no way back."""

    def __init__(self) -> None:
        self._letting_go: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """How far it is."""
        if self._letting_go is None:
            return State.SERVING
        return State.DRAINED if self._letting_go.done() else State.DRAINING

    @property
    def begun(self) -> bool:
        """Must whoever wants to come in go elsewhere?"""
        return self._letting_go is not None

    @property
    def sockets(self) -> int:
        """How many sockets are still here."""
        hub = hub_of_this_loop()
        return len(hub.sockets) if hub else 0

    def begin(self, seconds: float) -> asyncio.Task[None]:
        """Begin, unless it has begun; the task ends with the drain, after `seconds` at the latest."""
        if self._letting_go is None:
            logger.info("draining: %d sockets within %g s", self.sockets, seconds)
            hub = hub_of_this_loop() or Hub()
            self._letting_go = asyncio.create_task(_LettingGo(hub, seconds).run(), name="drain")
        return self._letting_go


_drains: WeakKeyDictionary[asyncio.AbstractEventLoop, Drain] = WeakKeyDictionary()


def drain_of_this_loop() -> Drain:
    """Return this event loop's drain, begun or not."""
    return _drains.setdefault(asyncio.get_running_loop(), Drain())


class _LettingGo:
    """One drain under way."""

    def __init__(self, hub: Hub, seconds: float) -> None:
        self._hub = hub
        self._begun = _now()
        self._readers_gone = self._begun + _READING_SHARE * seconds
        self._last_moment = self._begun + _LAST_SHARE * seconds  # of those in mid-answer
        self._end = self._begun + seconds
        self._here = dict(hub.sockets)  # by owner; whom we have not let go of yet
        self._closing: list[asyncio.Task[None]] = []
        metrics.drain(lambda: len(self._here))

    async def run(self) -> None:
        """Let go of everybody."""
        try:
            async with asyncio.timeout_at(self._last_moment):
                await self._write_positions()
                await self._one_after_the_other()
        except TimeoutError:
            for socket in list(self._here.values()):
                self._let_go(socket)
        await self._until_closed()
        logger.info("drained in %.1f s", _now() - self._begun)

    async def _until_closed(self) -> None:
        """Wait until the clients have heard it: each socket then leaves by itself and writes its position."""
        try:
            async with asyncio.timeout_at(min(_now() + _CLOSING_SECONDS, self._end)):
                await asyncio.gather(*self._closing, return_exceptions=True)
                while self._hub.sockets:  # noqa: ASYNC110  the hub need not know of us
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:  # such a tablet does not read; the server ends its connection
            logger.info("drain: %d sockets did not close in time", len(self._hub.sockets))
        await self._write_positions()

    async def _write_positions(self) -> None:
        try:
            async with asyncio.timeout_at(min(_now() + _REDIS_SECONDS, self._end)):
                await self._hub.positions.flush_all()
        except (RedisError, OSError) as error:  # each socket tries again when it leaves
            logger.warning("drain: positions cannot be written now: %r", error)

    async def _one_after_the_other(self) -> None:
        sockets = list(self._here.values())
        at_once = math.ceil(_LOOK_SECONDS / self._gap)
        answering: list[Socket] = []
        for start in range(0, len(sockets), at_once):
            answering += await self._let_go_of_readers(sockets[start : start + at_once])
        while answering:
            await asyncio.sleep(_LOOK_SECONDS)
            answering = await self._let_go_of_readers(answering)

    async def _let_go_of_readers(self, sockets: Sequence[Socket]) -> list[Socket]:
        """Let go of those who do not wait for an answer, in step; return the others."""
        present = [socket for socket in sockets if socket.owner in self._hub.sockets]
        answering = await _in_mid_answer(present)
        for socket in present:
            if socket not in answering:
                self._let_go(socket)
                await asyncio.sleep(self._gap)
        return answering

    @property
    def _gap(self) -> float:
        """Seconds until the next one may go: what is left of the time, shared by those who are left."""
        left = self._readers_gone - _now()
        return min(_LONGEST_GAP_SECONDS, max(_SHORTEST_GAP_SECONDS, left / max(1, len(self._here))))

    def _let_go(self, socket: Socket) -> None:
        self._here.pop(socket.owner, None)
        noticed = max(0.0, self._begun + _NOTICE_SECONDS - _now())
        wait = round(noticed * 1000) + secrets.randbelow(_SPREAD_MS)
        # Not waited for: a tablet that does not read must not hold up the others.
        self._closing.append(asyncio.create_task(socket.let_go(wait)))


async def _in_mid_answer(sockets: Sequence[Socket]) -> list[Socket]:
    """Return those whose question is open, or whose answer has not been sent to its end."""
    try:
        async with asyncio.timeout(_REDIS_SECONDS):
            heads = await store.heads([socket.session_id for socket in sockets])
    except (RedisError, OSError):
        return []  # without Redis no answer comes
    return [
        socket
        for socket, head in zip(sockets, heads, strict=True)
        if head is not None and head.owner == socket.owner and (head.question_id or head.seq > socket.sent)
    ]


def _now() -> float:
    return asyncio.get_running_loop().time()
