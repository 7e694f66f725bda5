"""The channel layer: what Channels promises, on connections of our own."""

import asyncio

import pytest
from django.conf import settings
from redis.exceptions import RedisError

from sessions.channel_layer import ChannelLayer


@pytest.fixture
async def layer():
    """A layer on the Redis of the tests."""
    layer = ChannelLayer(url=settings.CHANNELS_REDIS_URL, prefix="owls")
    yield layer
    await layer.flush()


async def heard(layer: ChannelLayer, channel: str) -> dict:
    return await asyncio.wait_for(layer.receive(channel), 5)


async def test_a_channel_gets_what_is_sent_to_it_in_order(layer):
    ada, ben = await layer.new_channel(), await layer.new_channel()
    for number in range(3):
        await layer.send(ada, {"type": "wake", "number": number, "message": b"\x00\xff"})
    await layer.send(ben, {"type": "other"})
    assert [(await heard(layer, ada))["number"] for _ in range(3)] == [0, 1, 2]
    assert await heard(layer, ben) == {"type": "other"}


async def test_a_group_reaches_its_members_and_nobody_else(layer):
    ada, ben, cora = [await layer.new_channel() for _ in range(3)]
    for member in (ada, ben):
        await layer.group_add("readers", member)
    await layer.group_discard("readers", ben)
    await layer.group_send("readers", {"type": "pauses"})
    await layer.send(ben, {"type": "alone"})
    await layer.send(cora, {"type": "alone"})
    assert [(await heard(layer, one))["type"] for one in (ada, ben, cora)] == ["pauses", "alone", "alone"]


async def test_another_event_loop_has_connections_of_its_own(layer):
    channel = await layer.new_channel()

    def elsewhere() -> None:
        asyncio.run(layer.send(channel, {"type": "wake"}))

    await asyncio.to_thread(elsewhere)
    assert await heard(layer, channel) == {"type": "wake"}


async def test_a_redis_that_is_away_is_told_to_the_caller():
    layer = ChannelLayer(url="redis://127.0.0.1:1")
    with pytest.raises(RedisError):
        await layer.send("somebody", {"type": "wake"})
    with pytest.raises(RedisError):
        await layer.new_channel()
    await layer.flush()
