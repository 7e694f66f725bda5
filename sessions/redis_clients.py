"""Clients of the Redis that a URL names: of one server, of a cluster, or of the master that sentinels know.

None repeats a command that may have been carried out: whoever asks knows best whether that is safe and
whether a child can wait. A Redis that is away raises `redis.exceptions.RedisError`.
"""

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool
from redis.exceptions import ConnectionError
from redis.maint_notifications import MaintNotificationsConfig

from sessions.redis_cluster import Cluster
from sessions.redis_url import RedisUrl, parse

Client = Redis | Cluster

# With them on, the library does not look whether a connection that was idle leads to a server that has
# been restarted since, and as many commands would fail as there are idle connections.
_NO_NOTICES = MaintNotificationsConfig(enabled=False)


def connect(url: str, *, connections: int, seconds: float) -> Client:
    """Return a client for this event loop.

    Of more callers than `connections` the others wait. Who has waited `seconds` for a connection or
    for a reply gets ConnectionError or TimeoutError.
    """
    address = parse(url)
    limits: dict[str, Any] = {
        "max_connections": connections, "socket_timeout": seconds, "socket_connect_timeout": seconds,
        "health_check_interval": 30, "maint_notifications_config": _NO_NOTICES,
    }  # fmt: skip
    if address.kind == "cluster":
        return Cluster(address.hosts, **limits | server_options(address))
    limits["timeout"] = seconds
    if address.kind == "server":
        return Redis.from_pool(BlockingConnectionPool.from_url(url, **limits))
    sentinel = Sentinel(address.hosts, sentinel_kwargs=sentinel_options(address, seconds))
    return sentinel.master_for(
        address.service, connection_pool_class=_MasterPool, **limits | server_options(address)
    )


async def info(url: str, section: str, *, seconds: float) -> dict[str, dict[str, Any]]:
    """Return what each server that takes writes says of itself, by where it is; a call for start-up checks.

    Raises RedisError, and ValueError for options that redis-py cannot read.
    """
    client = connect(url, connections=1, seconds=seconds)
    try:
        if isinstance(client, Cluster):
            await client.initialize()
            return {
                node.name: await client.info(section, target_nodes=node) for node in client.get_primaries()
            }
        return {parse(url).places: await client.info(section)}
    finally:
        await client.aclose()


def server_options(address: RedisUrl) -> dict[str, Any]:
    """Return user, password, database and options of the servers as redis-py's keywords."""
    options: dict[str, Any] = dict(parse_url(address.server))
    for name in ("host", "port", *_for_sentinels(options)):
        options.pop(name, None)
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    return options


def sentinel_options(address: RedisUrl, seconds: float) -> dict[str, Any]:
    """Return how the sentinels are asked, as redis-py's keywords."""
    options: dict[str, Any] = dict(parse_url(address.server))
    asking = {name.removeprefix("sentinel_"): options[name] for name in _for_sentinels(options)}
    if options.get("connection_class") is SSLConnection:
        asking["ssl"] = True
    # A sentinel that is away must not hold up the question to the next one: no retry.
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds, "retry": None, **asking}


def _for_sentinels(options: dict[str, Any]) -> list[str]:
    return [name for name in options if name.startswith("sentinel_")]


class _MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to whichever server is the master; callers wait for a free one."""

    async def get_master_address(self) -> tuple[str, int]:
        """Ask the sentinels. Raises ConnectionError: the library's text is as long as a page."""
        try:
            return await super().get_master_address()
        except MasterNotFoundError:
            raise ConnectionError(f"no sentinel knows a master of {self.service_name!r}") from None

    async def aclose(self) -> None:
        """Close the connections to the sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()
