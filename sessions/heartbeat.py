"""What each web process tells of itself every few seconds: its name, its children and its memory."""

import asyncio
import logging

import msgspec
import psutil
from django.conf import settings
from redis.exceptions import RedisError

from sessions import metrics
from sessions.background import in_background
from sessions.drain import drain_of_this_loop
from sessions.hub import hub_of_this_loop
from sessions.live import keys
from sessions.live.connection import Command, client, execute
from sessions.live.store import now

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 5
_ENOUGH_TO_TELL = 100  # sockets
_FORGET_MS = 20_000  # a process that has said nothing for so long has ended


class Heartbeat(msgspec.Struct, frozen=True):
    """A web process; memory in bytes, `at` in Unix milliseconds."""

    name: str  # for people: host and process id
    channel: str  # of its hub; empty: no child has come yet
    sockets: int
    target: int  # how many sockets it is meant for
    memory: int
    memory_alone: int  # what it had before the first child came
    draining: bool
    at: int

    @property
    def room(self) -> int:
        """For how many more children there is room."""
        return 0 if self.draining else max(0, self.target - self.sockets)

    @property
    def nearly_full(self) -> int:
        """From how many sockets on it is time to start another process."""
        return self.target * 4 // 5

    @property
    def memory_per_child(self) -> int | None:
        """Return bytes for each socket; None while they are too few: the first ones bring what all share."""
        if self.sockets < _ENOUGH_TO_TELL:
            return None
        return max(0, self.memory - self.memory_alone) // self.sockets


def tell_of_this_process() -> None:
    """Tell again and again from now on; call it in the event loop that serves the sockets."""
    metrics.serve_sockets(settings.WEB_CONNECTIONS_TARGET)
    in_background(_keep_telling())


async def servers() -> list[Heartbeat]:
    """Return the web processes that live, by name. Raises RedisError."""
    told = await client().hgetall(keys.SERVERS)
    beats = [msgspec.msgpack.decode(beat, type=Heartbeat) for beat in told.values()]
    living = [beat for beat in beats if beat.at > now() - _FORGET_MS]
    if ended := {beat.name for beat in beats} - {beat.name for beat in living}:
        await execute(Command(("HDEL", keys.SERVERS, *ended)))
    return sorted(living, key=lambda beat: beat.name)


async def tell(memory_alone: int) -> None:
    """Tell once. Raises RedisError."""
    hub = hub_of_this_loop()
    beat = Heartbeat(
        name=metrics.server_name(),
        channel=hub.channel if hub else "",
        sockets=len(hub.sockets) if hub else 0,
        target=settings.WEB_CONNECTIONS_TARGET,
        memory=memory(),
        memory_alone=memory_alone,
        draining=drain_of_this_loop().begun,
        at=now(),
    )
    await execute(Command(("HSET", keys.SERVERS, beat.name, msgspec.msgpack.encode(beat))))


def memory() -> int:
    """Return the bytes of memory that this process holds."""
    return int(psutil.Process().memory_info().rss)


async def _keep_telling() -> None:
    memory_alone = memory()
    while True:
        hub = hub_of_this_loop()
        if not hub or not hub.sockets:
            memory_alone = memory()
            metrics.MEMORY_ALONE.set(memory_alone)
        try:
            await tell(memory_alone)
        except (RedisError, OSError) as error:
            logger.debug("this process could not tell of itself: %s", type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)
