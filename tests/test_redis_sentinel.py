"""Redis behind sentinels, for live sessions, jobs and wake-ups: the master dies, and reading goes on."""

import asyncio
import contextlib
import uuid

import pytest
from django.conf import settings as configured
from kombu import Connection
from redis.exceptions import RedisError

from readerai import redis_roles
from readerai.checks import redis_never_evicts
from sessions import protocol, redis_clients
from sessions.channel_layer import ChannelLayer
from sessions.live import connection, places, store
from tests.redis_servers import WatchedMaster, until


@pytest.fixture
def watched(tmp_path):
    """A master with a replica and two sentinels of this test's own."""
    servers = WatchedMaster(tmp_path)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
async def live_there(watched, monkeypatch):
    """Live sessions are on the watched master."""
    monkeypatch.setattr(configured, "STATE_REDIS_URL", watched.url)
    yield
    await connection.close()


async def settled(coroutine_of, within: float = 15):
    """Return the first result that is no RedisError: what a child gets who comes again."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await coroutine_of()
            except RedisError:
                await asyncio.sleep(0.05)


async def test_a_session_goes_on_under_a_new_epoch_when_the_master_dies(watched, live_there):
    session = str(uuid.uuid4())
    await store.seed(store.Seed(session, 1, 7, 300, 0, 0, 0))
    first = await store.restore(session, 1, "socket", "server", protocol.HelloPayload())
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(17, 900))
    await store.ask(session, "socket", question)
    assert watched.master.client.wait(1, 5000) == 1

    watched.master.kill()
    with pytest.raises(RedisError):
        await store.heads([session])  # at once: a child is told, not kept waiting
    said = protocol.HelloPayload(first.epoch, 1)
    again = await settled(lambda: store.restore(session, 1, "new socket", "server", said))

    assert watched.replica.client.info("replication")["role"] == "master"
    assert again.epoch != first.epoch
    assert again.outcome == protocol.Outcome.SNAPSHOT
    assert again.word_index == 17
    assert [message.payload.question_id for message in again.pending] == [question.id]
    assert await places.progress([store.LiveProgress(session, "new socket", 18, 0, True, 1)]) == [1]


async def test_a_master_that_becomes_a_replica_is_left(watched, live_there):
    """As on the day a provider changes its machines: the old one still answers, but takes no writes."""
    session = str(uuid.uuid4())
    await store.seed(store.Seed(session, 1, 7, 300, 5, 0, 0))
    assert watched.master.client.wait(1, 5000) == 1
    watched.sentinels[0].client.sentinel_failover(watched.SERVICE)
    until(lambda: watched.master.client.info("replication")["role"] == "slave")
    restored = await settled(lambda: store.restore(session, 1, "socket", "server", protocol.HelloPayload()))
    assert restored.word_index == 5
    assert watched.replica.client.exists(f"session:{{{session}}}")


async def test_jobs_and_wake_ups_find_the_new_master(watched):
    url, options = redis_roles.broker(watched.url)
    broker, new = Connection(url, transport_options=options), watched.replica.port
    layer = ChannelLayer(url=watched.url)
    channel = await layer.new_channel()
    await layer.send(channel, {"before": 1})
    assert await layer.receive(channel) == {"before": 1}
    broker.SimpleQueue("llm").put("a question")
    assert watched.master.client.wait(1, 5000) == 1

    watched.master.kill()
    for sentinel in watched.sentinels:
        until(lambda sentinel=sentinel: sentinel.client.sentinel_master(watched.SERVICE)["port"] == new)

    broker.close()
    job = Connection(url, transport_options=options).SimpleQueue("llm").get(timeout=10)
    assert job.payload == "a question"
    job.ack()
    job.channel.close()
    woken = asyncio.create_task(layer.receive(channel))
    async with asyncio.timeout(15):
        while not woken.done():
            with contextlib.suppress(RedisError):
                await layer.send(channel, {"after": 1})
            await asyncio.sleep(0.05)
    assert woken.result() == {"after": 1}
    await layer.flush()


def test_the_master_is_asked_whether_it_evicts(watched, settings):
    settings.STATE_REDIS_URL = settings.BROKER_URL = watched.url
    assert redis_never_evicts(databases=["default"]) == []
    watched.master.client.config_set("maxmemory-policy", "volatile-lru")
    messages = redis_never_evicts(databases=["default"])
    assert [message.id for message in messages] == ["readerai.E002"] * 2
    assert "volatile-lru" in messages[0].msg


async def test_sentinels_that_are_away_are_one_short_line(settings):
    settings.STATE_REDIS_URL = "redis+sentinel://:owl@127.0.0.1:1,127.0.0.1:2/readerai"
    with pytest.raises(RedisError) as failure:
        await redis_clients.info(settings.STATE_REDIS_URL, "memory", seconds=1)
    assert str(failure.value) == "no sentinel knows a master of 'readerai'"
