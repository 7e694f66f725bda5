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
async def two_connections():
    """A client of the run's Redis that may open two."""
    client = redis_clients.connect(settings.REDIS_URL, connections=2, seconds=0.4)
    yield client
    await client.aclose()


async def test_more_callers_than_connections_wait_for_one(two_connections):
    replies = await asyncio.gather(*(two_connections.echo(str(n)) for n in range(200)))
    assert replies == [str(n).encode() for n in range(200)]


async def test_who_waits_too_long_for_a_connection_is_told(two_connections):
    held = [asyncio.create_task(two_connections.blpop(["nothing"], 0.3)) for _ in range(2)]
    waiting = [asyncio.create_task(two_connections.blpop(["nothing"], 0.3)) for _ in range(4)]
    done = await asyncio.gather(*held, *waiting, return_exceptions=True)
    late = [error for error in done if isinstance(error, RedisAway)]
    assert [str(error) for error in late] == ["No connection available."] * 2
    assert await two_connections.ping()


async def test_a_reply_that_does_not_come_is_an_error_in_time(two_connections):
    begun = time.monotonic()
    with pytest.raises(NoReply):
        await two_connections.blpop(["nothing"], 2)
    assert 0.3 < time.monotonic() - begun < 1.5


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
        assert time.monotonic() - begun < 1
        valkey.start()
        # Of eight connections none is left that leads to the server that died.
        assert await asyncio.gather(*(client.ping() for _ in range(8))) == [True] * 8
    finally:
        await client.aclose()
        valkey.stop()
