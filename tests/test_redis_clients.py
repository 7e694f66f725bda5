"""The client of live sessions: who finds no connection waits, and a Redis that is away is told of at once."""

import asyncio
import time

import pytest
from django.conf import settings
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as NoReply

from readerai.services import Valkey
from sessions import redis_clients


@pytest.fixture
async def connect():
    """Open clients of the run's Redis, each with two connections."""
    clients = []

    def open_one(seconds: float):
        clients.append(redis_clients.connect(settings.REDIS_URL, connections=2, seconds=seconds))
        return clients[-1]

    yield open_one
    for client in clients:
        await client.aclose()


async def test_more_callers_than_connections_wait_for_one(connect):
    client = connect(seconds=20)
    replies = await asyncio.gather(*(client.echo(str(n)) for n in range(200)))
    assert replies == [str(n).encode() for n in range(200)]


async def test_who_waits_too_long_for_a_connection_is_told(connect):
    client = connect(seconds=1)
    held = [await client.connection_pool.get_connection() for _ in range(2)]
    with pytest.raises(RedisAway, match="No connection available"):
        await client.ping()
    for connection in held:
        await client.connection_pool.release(connection)
    assert await client.ping()


async def test_a_reply_that_does_not_come_is_an_error_in_time(connect):
    begun = time.monotonic()
    with pytest.raises(NoReply):
        await connect(seconds=0.2).blpop(["nothing"], 5)
    assert time.monotonic() - begun < 4


async def test_a_redis_that_is_away_is_told_of_at_once_and_found_again(tmp_path):
    valkey = Valkey(tmp_path / "valkey", persistent=False)
    valkey.start()
    client = redis_clients.connect(valkey.url, connections=8, seconds=5)
    try:
        await asyncio.gather(*(client.ping() for _ in range(8)))
        valkey.kill()
        begun = time.monotonic()
        for _ in range(8):
            with pytest.raises(RedisAway):
                await client.ping()
        assert time.monotonic() - begun < 2  # the library's own retries take about four
        valkey.start()
        # Of eight connections none is left that leads to the server that died.
        assert await asyncio.gather(*(client.ping() for _ in range(8))) == [True] * 8
    finally:
        await client.aclose()
        valkey.stop()
