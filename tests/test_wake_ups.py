"""Wake-ups: whoever sends one waits for nobody, and loses nothing but time."""

import asyncio
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway

from sessions import wake_ups
from sessions.live.records import Published

OWED = Published(1, "ada", "server", b"message")


class Layer:
    """A channel layer that notes what it is to send, hangs, or cannot be reached."""

    def __init__(self, fate: str = "") -> None:
        self.sent: list[tuple[str, str]] = []
        self._fate = fate

    async def send(self, channel: str, event: dict[str, Any]) -> None:
        if self._fate == "hangs":
            await asyncio.Event().wait()
        if self._fate == "away":
            raise RedisAway("connection refused")
        self.sent.append((channel, event["type"]))


@pytest.fixture
def layer(request, monkeypatch) -> Layer:
    """The channel layer of this process."""
    layer = Layer(getattr(request, "param", ""))
    monkeypatch.setattr(wake_ups, "get_channel_layer", lambda: layer)
    return layer


@pytest.mark.parametrize("layer", ["hangs", "away"], indirect=True)
async def test_a_channel_layer_that_hangs_or_is_away_is_not_waited_for(layer, caplog):
    async with asyncio.timeout(5):
        await wake_ups.wake("session", OWED)
        await wake_ups.evict("ada", "server")
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "wake-up of session session lost"
    ]


async def test_the_server_of_the_owner_is_told(layer):
    await wake_ups.wake("session", OWED)
    await wake_ups.evict("ada", "server")
    assert layer.sent == [("server", "wake"), ("server", "evict")]


async def test_where_nobody_is_there_nobody_is_told(layer):
    await wake_ups.wake("session", OWED._replace(server=""))
    assert layer.sent == []
