"""One Redis client per event loop, and Lua scripts that are sent once and then called by their hash."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings
from redis.exceptions import NoScriptError

from sessions import redis_clients
from sessions.live.batching import Batches
from sessions.redis_cluster import Cluster
from sessions.redis_lanes import Arguments, Lanes

_CONNECTIONS = 64  # per process; further callers wait for one
_TIMEOUT_SECONDS = 5
_LUA = Path(__file__).parent / "lua"

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis_clients.Client] = WeakKeyDictionary()
_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, Lanes] = WeakKeyDictionary()
_batches: WeakKeyDictionary[asyncio.AbstractEventLoop, Batches[Arguments, Any]] = WeakKeyDictionary()


def client() -> redis_clients.Client:
    """Return this event loop's client of the state Redis."""
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None:
        found = _clients[loop] = redis_clients.connect(
            settings.STATE_REDIS_URL, connections=_CONNECTIONS, seconds=_TIMEOUT_SECONDS
        )
    return found


def by_slot(session_ids: Sequence[str]) -> list[list[int]]:
    """Return the sessions' places in the sequence, together where one script call may have them.

    That is all of them on a Redis that is no cluster.
    """
    state_redis = client()
    if not isinstance(state_redis, Cluster):
        return [list(range(len(session_ids)))]
    slots: dict[int, list[int]] = {}
    for index, session_id in enumerate(session_ids):
        slots.setdefault(state_redis.keyslot(session_id), []).append(index)
    return list(slots.values())


async def close() -> None:
    """Close this event loop's connections."""
    _batches.pop(asyncio.get_running_loop(), None)
    if (lanes := _lanes.pop(asyncio.get_running_loop(), None)) is not None:
        await lanes.close()
    found = _clients.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()


class Command(NamedTuple):
    """One command to Redis; `source` is the script's text where it is a script.

    Nodes of a cluster work side by side. There a command that comes `first` must have succeeded before
    those that follow it are sent.
    """

    arguments: tuple[str | bytes | int, ...]
    source: str = ""
    first: bool = False

    def with_source(self) -> "Command":
        """Return the command that a Redis understands which has not seen the script yet."""
        return Command(("EVAL", self.source, *self.arguments[2:]))


class Script:
    """One Lua file of lua/, an atomic operation on one slot."""

    def __init__(self, name: str, *, shared: bool = False) -> None:
        """Read it; `shared`: it uses the functions of lua/shared.lua."""
        files = ["shared", name] if shared else [name]
        self.source = "\n".join((_LUA / f"{file}.lua").read_text() for file in files)
        self.hash = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()

    def on(self, keys: Sequence[str], *arguments: str | bytes | int) -> Command:
        """Return the command that runs it."""
        return Command(("EVALSHA", self.hash, len(keys), *keys, *arguments), self.source)


async def execute(*commands: Command) -> list[Any]:
    """Run commands in one round trip, in order; a second one where this Redis has not seen a script yet.

    Raises the first error among the replies: RedisError.
    """
    if not commands:
        return []
    replies = await _send(commands)
    unseen = [index for index, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
    if unseen:
        again = await _send([commands[index].with_source() for index in unseen])
        for index, reply in zip(unseen, again, strict=True):
            replies[index] = reply
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
    return replies


async def _send(commands: Sequence[Command]) -> list[Any]:
    state_redis = client()
    if isinstance(state_redis, Cluster):  # callers whose node is there must not wait for one that is away
        return await _send_to_nodes(state_redis, commands)
    loop = asyncio.get_running_loop()
    batches = _batches.get(loop)
    if batches is None:
        lanes = _lanes[loop] = Lanes(state_redis.connection_pool, seconds=_TIMEOUT_SECONDS)
        batches = _batches[loop] = Batches(lanes.send)
    return await batches.run([command.arguments for command in commands])


async def _send_to_nodes(cluster: Cluster, commands: Sequence[Command]) -> list[Any]:
    first = [command.arguments for command in commands if command.first]
    replies = await cluster.send(first) if first else []
    if failed := next((reply for reply in replies if isinstance(reply, Exception)), None):
        raise failed
    return replies + await cluster.send(command.arguments for command in commands[len(first) :])
