"""What is published is heard, in order, and again after whatever has befallen the connection."""

import asyncio

import pytest
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError

from sessions import redis_listener
from sessions.redis_listener import Listener
from tests.redis_servers import Node
from tests.waiting import until


@pytest.fixture
def node(tmp_path):
    """A server of this test's own."""
    server = Node(tmp_path / "node")
    server.start()
    yield server
    server.kill()


def listening(node: Node) -> dict[str, int]:
    """Return the connections that hear something, and how many commands each has sent."""
    return {one["id"]: int(one["tot-cmds"]) for one in node.client.client_list(_type="pubsub")}


class Ear:
    """Somebody who listens, and what was heard."""

    def __init__(self, url: str, seconds: float = 5) -> None:
        self.heard: list[tuple[str, bytes]] = []
        pool = BlockingConnectionPool.from_url(url, retry=None)
        self.listener = Listener(pool, lambda *said: self.heard.append(said), seconds=seconds)

    async def hears(self, *said: tuple[str, bytes]) -> None:
        """Return once exactly this has been heard."""
        await until(lambda: len(self.heard) >= len(said), within=10)
        assert self.heard == list(said)


@pytest.fixture
async def ear(node):
    """Somebody who listens to the server."""
    ear = Ear(f"redis://127.0.0.1:{node.port}")
    yield ear
    await ear.listener.close()


async def test_what_is_published_on_its_channels_is_heard_in_order(node, ear):
    await ear.listener.subscribe("owls")
    await ear.listener.subscribe("foxes")
    await ear.listener.subscribe("owls")
    for channel, message in (("owls", "one"), ("hares", "two"), ("foxes", "three"), ("owls", "x" * 100_000)):
        node.client.publish(channel, message)
    await ear.hears(("owls", b"one"), ("foxes", b"three"), ("owls", b"x" * 100_000))


async def test_what_is_not_listened_to_any_more_is_not_heard(node, ear):
    await ear.listener.subscribe("owls")
    await ear.listener.subscribe("foxes")
    await ear.listener.unsubscribe("owls")
    await ear.listener.unsubscribe("hares")
    node.client.publish("owls", "one")
    node.client.publish("foxes", "two")
    await ear.hears(("foxes", b"two"))


async def test_it_comes_back_by_itself_and_hears_all_channels_again(node, ear, monkeypatch):
    monkeypatch.setattr(redis_listener, "_RETRY_SECONDS", 0.01)
    await ear.listener.subscribe("owls")
    await ear.listener.subscribe("foxes")
    for _ in range(3):
        node.client.client_kill_filter(_type="pubsub")
        await until(
            lambda: node.client.pubsub_numsub("owls", "foxes") == [(b"owls", 1), (b"foxes", 1)], within=10
        )
    node.client.publish("foxes", "one")
    await ear.hears(("foxes", b"one"))


async def test_a_server_that_is_restarted_is_found_again(node, ear, monkeypatch):
    monkeypatch.setattr(redis_listener, "_RETRY_SECONDS", 0.01)
    await ear.listener.subscribe("owls")
    node.kill()
    await asyncio.sleep(0.1)
    with pytest.raises(RedisError):
        await ear.listener.subscribe("foxes")
    node.start()
    await until(
        lambda: node.client.pubsub_numsub("owls", "foxes") == [(b"owls", 1), (b"foxes", 0)], within=10
    )


async def test_who_never_answers_is_left(monkeypatch):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(1_000):
            writer.write(b"+OK\r\n" * command.count(b"*"))

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    ear = Ear(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}?protocol=2", seconds=0.2)
    with pytest.raises(RedisAway):
        await ear.listener.subscribe("owls")
    server.close()


async def test_a_server_that_hangs_is_left_and_another_connection_made(node, ear, monkeypatch):
    monkeypatch.setattr(redis_listener, "_PING_SECONDS", 0.05)
    monkeypatch.setattr(redis_listener, "_RETRY_SECONDS", 0.01)
    await ear.listener.subscribe("owls")
    await until(lambda: max(listening(node).values(), default=0) > 8, within=10)  # PINGs, each answered
    before = set(listening(node))
    await asyncio.to_thread(node.hang, 0.3)
    await until(lambda: len(after := listening(node)) == 1 and before.isdisjoint(after), within=10)
    node.client.publish("owls", "one")
    await ear.hears(("owls", b"one"))
