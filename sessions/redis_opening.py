"""Open connections to the Redis of a pool, as transports that somebody else talks over.

redis-py opens them, as it knows passwords, TLS and sentinels; this is the one place that reaches into it.
"""

import asyncio
from functools import cache

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

Place = tuple[str, int]


async def open_connection(pool: ConnectionPool) -> tuple[asyncio.StreamWriter, Place | None]:
    """Connect and sign in; return the way to the server, and where it is if it has a host.

    Raises RedisError.
    """
    opener = _opener_of(pool.connection_class)(**pool.connection_kwargs)
    try:
        await opener.connect()
    except BaseException:
        await opener.disconnect(nowait=True)
        raise
    return opener.hand_over(), (opener.host, opener.port) if hasattr(opener, "host") else None


class _Opener(AbstractConnection):
    """Mixed into the pool's kind of connection."""

    def hand_over(self) -> asyncio.StreamWriter:
        """Return what leads to the server: nothing of it is left here."""
        writer, self._writer, self._reader = self._writer, None, None
        assert writer is not None
        return writer


@cache
def _opener_of(kind: type[AbstractConnection]) -> type[_Opener]:
    return type("Opener", (_Opener, kind), {})
