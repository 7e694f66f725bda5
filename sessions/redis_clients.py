"""Clients of the Redis that a URL names: of one server, of a cluster, or of the master that sentinels know.

None repeats a command that may have been carried out: whoever asks knows best whether that is safe and
whether a child can wait. A Redis that is away raises `redis.exceptions.RedisError`.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool

from sessions.redis_cluster import Cluster
from sessions.redis_url import RedisUrl, parse

Client = Redis | Cluster


def connect(url: str, *, connections: int, seconds: float) -> Client:
    """Return a client for this event loop.

    Of more callers than `connections` the others wait. Who has waited `seconds` for a connection or
    for a reply gets ConnectionError or TimeoutError.
    """
    address = parse(url)
    limits: dict[str, Any] = {
        "max_connections": connections, "socket_timeout": seconds, "socket_connect_timeout": seconds,
        "health_check_interval": 30,
    }  # fmt: skip
    if address.kind == "cluster":
        return Cluster(address.hosts, **{**limits, **_options(address)})
    if address.kind == "sentinel":
        return _master(address, {**limits, "timeout": seconds})
    return Redis.from_pool(BlockingConnectionPool.from_url(url, timeout=seconds, **limits))


@contextlib.asynccontextmanager
async def connected(url: str, *, seconds: float) -> AsyncIterator[Client]:
    """Open a client for the length of the block."""
    client = connect(url, connections=1, seconds=seconds)
    try:
        yield client
    finally:
        await client.aclose()


def _master(address: RedisUrl, limits: dict[str, Any]) -> Redis:
    options = _options(address)
    named = {name: options.pop(name) for name in list(options) if name.startswith("sentinel_")}
    asking = {name.removeprefix("sentinel_"): value for name, value in named.items()}
    waiting = {name: value for name, value in limits.items() if name.startswith("socket_")}
    # One sentinel that is away must not hold up the question to the next: no retry.
    sentinel = Sentinel(
        address.hosts, sentinel_kwargs={**waiting, "ssl": options["ssl"], "retry": None, **asking}
    )
    return sentinel.master_for(address.service, connection_pool_class=_MasterPool, **{**limits, **options})


class _MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to whichever server is the master; callers wait for a free one."""

    async def aclose(self) -> None:
        """Close the connections to the sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()


def _options(address: RedisUrl) -> dict[str, Any]:
    """Return user, password, database and options of a URL as keywords."""
    options: dict[str, Any] = dict(parse_url(address.server))
    options["ssl"] = options.pop("connection_class", None) is SSLConnection
    options.pop("host", None)
    options.pop("port", None)
    return options
