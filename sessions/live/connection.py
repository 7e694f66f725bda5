"""One Redis client per event loop, and Lua scripts that are sent once and then called by their hash."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio as redis
from django.conf import settings
from redis.exceptions import NoScriptError

_CONNECTIONS = 64  # per process; further callers wait for one
_TIMEOUT_SECONDS = 5

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.Redis] = WeakKeyDictionary()


def client() -> redis.Redis:
    """Return this event loop's client of the state Redis."""
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None:
        pool = redis.BlockingConnectionPool.from_url(
            settings.STATE_REDIS_URL,
            max_connections=_CONNECTIONS,
            timeout=_TIMEOUT_SECONDS,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            health_check_interval=30,
        )
        found = _clients[loop] = redis.Redis.from_pool(pool)
    return found


async def close() -> None:
    """Close this event loop's connections."""
    found = _clients.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()


class Script:
    """One Lua file of lua/, an atomic operation."""

    def __init__(self, name: str) -> None:
        self.source = (Path(__file__).parent / "lua" / f"{name}.lua").read_text()
        self.hash = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, keys: tuple[str, ...], *arguments: str | bytes | int) -> Any:
        """Run it: one round trip, a second one where this Redis has not seen the script yet."""
        redis_client = client()
        try:
            return await redis_client.evalsha(self.hash, len(keys), *keys, *arguments)
        except NoScriptError:
            return await redis_client.eval(self.source, len(keys), *keys, *arguments)

    async def many(self, calls: list[tuple[tuple[str, ...], tuple[str | bytes | int, ...]]]) -> list[Any]:
        """Run it once for each (keys, arguments), in one round trip; results in the calls' order."""
        if not calls:
            return []
        pipeline = client().pipeline(transaction=False)
        for keys, arguments in calls:
            pipeline.evalsha(self.hash, len(keys), *keys, *arguments)
        results = await pipeline.execute(raise_on_error=False)
        if any(isinstance(result, NoScriptError) for result in results):
            await client().script_load(self.source)
            unseen = [index for index, result in enumerate(results) if isinstance(result, NoScriptError)]
            again = await self.many([calls[index] for index in unseen])
            for index, result in zip(unseen, again, strict=True):
                results[index] = result
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results
