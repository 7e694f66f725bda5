"""Batches on lanes: replies are their callers' own, and a lane of which anything is wrong is used no more."""

import asyncio
import contextlib
import socket
import time

import hiredis
import pytest
from django.conf import settings
from redis.asyncio import BlockingConnectionPool, SentinelConnectionPool
from redis.exceptions import BusyLoadingError, InvalidResponse, NoScriptError, ReadOnlyError, ResponseError
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as NoReply

from sessions.live import connection, places, store
from sessions.live.batching import Batches
from sessions.redis_lanes import Lanes
from tests.redis_servers import Node, until


@pytest.fixture
def node(tmp_path):
    """A server of this test's own."""
    server = Node(tmp_path / "node", "--unixsocket", str(tmp_path / "socket"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def lanes_to():
    """Open lanes to a URL or through a pool."""
    opened = []

    def open_some(place, seconds: float = 20) -> Lanes:
        pool = place
        if isinstance(place, str):
            pool = BlockingConnectionPool.from_url(place, socket_timeout=seconds)
        opened.append(Lanes(pool, seconds=seconds))
        return opened[-1]

    yield open_some
    for lanes in opened:
        await lanes.close()


@pytest.fixture
def lanes(node, lanes_to) -> Lanes:
    """Lanes to the server of this test's own."""
    return lanes_to(f"redis://127.0.0.1:{node.port}/3")


def connected(node: Node) -> int:
    """Return how many connections a server has, without the one that asks."""
    return len(node.client.client_list()) - 1


async def echo(lanes: Lanes, word: str) -> bytes:
    """Return what Redis makes of a word."""
    (reply,) = await lanes.send([("ECHO", word)])
    return reply


class Scripted:
    """A server that lets anybody in and then answers each command with the next of its lines."""

    def __init__(self, *lines: bytes) -> None:
        self.lines = list(lines)
        self.visitors: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_) -> None:
        self._server.close()
        for visitor in self.visitors:
            visitor.close()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visitors.append(writer)
        commands = hiredis.Reader()
        while data := await reader.read(65_536):
            commands.feed(data)
            while command := commands.gets():
                writer.write(b"+OK\r\n" if command[0] in (b"HELLO", b"CLIENT") else self.lines.pop(0))


async def test_each_of_many_callers_gets_the_replies_to_what_it_asked(node, lanes):
    batches = Batches(lanes.send)
    wanted = [
        [f"{caller} {n}" * (1 + caller % 7 * 500) for n in range(1 + caller % 3)] for caller in range(1200)
    ]
    replies = await asyncio.gather(*(batches.run([("ECHO", word) for word in words]) for words in wanted))
    assert replies == [[word.encode() for word in words] for words in wanted]
    until(lambda: connected(node) == 2)


async def test_nothing_is_ever_sent_to_ask_for_nothing():
    """Its replies would be waited for until the time is up, and a way be blocked as long."""
    sent = []

    async def send(requests):
        sent.append(list(requests))
        await asyncio.sleep(0)
        return requests

    batches = Batches(send)
    for word in "abc":  # each comes as soon as the last one has its reply
        assert await batches.run([word]) == [word]
    await asyncio.gather(batches.run(["d"]), batches.run(["e"]))
    await asyncio.sleep(0.01)
    assert sent == [["a"], ["b"], ["c"], ["d", "e"]]


async def test_an_error_is_the_reply_to_one_command(lanes):
    first, wrong, unknown, last = await lanes.send(
        [("SET", "a", 1), ("HGET", "a", "b"), ("EVALSHA", "0" * 40, 0), ("GET", "a")]
    )
    assert (first, last) == (b"OK", b"1")
    assert isinstance(wrong, ResponseError)
    assert isinstance(unknown, NoScriptError)


async def test_the_database_of_the_url_is_used_and_a_unix_socket(node, lanes, lanes_to, tmp_path):
    await lanes.send([("SET", "in", "three")])
    (three,) = await lanes_to(f"unix://{tmp_path}/socket?db=3").send([("GET", "in")])
    (none,) = await lanes_to(f"unix://{tmp_path}/socket").send([("GET", "in")])
    assert (three, none) == (b"three", None)


@pytest.mark.parametrize("loop_has_looked", [True, False])
async def test_a_server_that_was_restarted_meanwhile_costs_nobody_an_error(node, lanes, loop_has_looked):
    await asyncio.gather(echo(lanes, "a"), echo(lanes, "b"))
    node.kill()
    node.start()
    if loop_has_looked:
        await asyncio.sleep(0.05)
    with contextlib.ExitStack() as others:  # have the numbers of the sockets that were closed
        for other in socket.socketpair():
            others.enter_context(other)
        assert await asyncio.gather(echo(lanes, "c"), echo(lanes, "d")) == [b"c", b"d"]


async def test_a_server_that_dies_fails_what_it_was_asked_and_is_found_again(node, lanes):
    batches = Batches(lanes.send)
    assert await echo(lanes, "a") == b"a"
    node.client.client_pause(60_000)
    asking = [asyncio.create_task(batches.run([("ECHO", str(n))])) for n in range(5)]
    await asyncio.sleep(0.1)
    node.kill()
    assert all(isinstance(end, RedisAway) for end in await asyncio.gather(*asking, return_exceptions=True))
    with pytest.raises(RedisAway):
        await echo(lanes, "b")
    node.start()
    assert await batches.run([("ECHO", "c")]) == [b"c"]


async def test_one_caller_that_leaves_takes_nothing_from_the_others(node, lanes):
    batches = Batches(lanes.send)
    node.client.client_pause(60_000, all=False)  # writes wait
    asking = [asyncio.create_task(batches.run([("SET", "a", n), ("ECHO", str(n))])) for n in range(5)]
    await asyncio.sleep(0.1)
    asking[2].cancel()
    node.client.client_unpause()
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(ends.pop(2), asyncio.CancelledError)
    assert ends == [[b"OK", str(n).encode()] for n in (0, 1, 3, 4)]


async def test_a_cancelled_exchange_ends_its_connection(node, lanes):
    await echo(lanes, "a")
    node.client.client_pause(60_000, all=False)
    asking = asyncio.create_task(lanes.send([("SET", "a", 1)]))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    node.client.client_unpause()
    assert await echo(lanes, "b") == b"b"
    until(lambda: connected(node) == 1)


async def test_live_sessions_close_their_lanes(node, monkeypatch):
    monkeypatch.setattr(settings, "STATE_REDIS_URL", f"redis://127.0.0.1:{node.port}/0")
    assert await store.heads(["nobody"]) == [None]
    assert connected(node) == 1
    node.client.client_pause(60_000, all=False)
    asking = asyncio.create_task(places.clean({"nobody": 1}))
    await asyncio.sleep(0.1)
    await connection.close()
    with pytest.raises(RedisAway):
        await asking
    node.client.client_unpause()
    until(lambda: connected(node) == 0)


async def test_a_server_that_hangs_is_given_up_in_time(lanes_to):
    async with Scripted(b"", b"$5\r\nhal", b"+well\r\n") as url:
        lanes = lanes_to(url, seconds=0.5)
        for _ in range(2):
            begun = time.monotonic()
            with pytest.raises(NoReply):
                await echo(lanes, "a")
            assert 0.49 < time.monotonic() - begun < 2
        assert await echo(lanes, "b") == b"well"


async def test_more_replies_than_commands_are_nobodys(lanes_to):
    server = Scripted(b"+one\r\n+stray\r\n", b"+two\r\n+str", b"+three\r\n")
    async with server as url:
        lanes = lanes_to(url)
        with pytest.raises(RedisAway, match="more replies"):
            await echo(lanes, "a")
        assert await echo(lanes, "b") == b"two"
        assert await echo(lanes, "c") == b"three"
        assert len(server.visitors) == 3


@pytest.mark.parametrize("loop_has_looked", [True, False])
async def test_what_an_idle_lane_hears_is_taken_for_no_reply(lanes_to, loop_has_looked):
    server = Scripted(b"+one\r\n", b"+two\r\n")
    async with server as url:
        lanes = lanes_to(url)
        assert await echo(lanes, "a") == b"one"
        server.visitors[0].write(b"+stray\r\n")
        if loop_has_looked:
            await asyncio.sleep(0.05)
        assert await echo(lanes, "b") == b"two"


async def test_a_notice_is_no_reply(lanes_to):
    async with Scripted(b">2\r\n+invalidate\r\n*0\r\n+one\r\n") as url:
        assert await echo(lanes_to(url), "a") == b"one"


@pytest.mark.parametrize(
    ("line", "error"),
    [(b"-LOADING soon\r\n", BusyLoadingError), (b"HTTP/1.1 400 Bad Request\r\n", InvalidResponse)],
)
async def test_a_server_that_is_loading_or_no_redis_fails_the_whole_batch(lanes_to, line, error):
    server = Scripted(line, b"+a\r\n", b"+b\r\n")
    async with server as url:
        lanes = lanes_to(url)
        with pytest.raises(error):
            await lanes.send([("ECHO", "a"), ("ECHO", "b")])
        assert await echo(lanes, "b") == b"b"
        assert len(server.visitors) == 2


class Sentinels:
    """Sentinels that say whatever they are told."""

    def __init__(self, node: Node) -> None:
        self.master = node

    async def discover_master(self, service: str) -> tuple[str, int]:
        return "127.0.0.1", self.master.port


@pytest.fixture
def second(tmp_path):
    """Another server."""
    server = Node(tmp_path / "second")
    server.start()
    yield server
    server.kill()


async def test_a_master_that_takes_no_writes_any_more_is_left(node, second, lanes_to):
    sentinels = Sentinels(node)
    pool = SentinelConnectionPool("service", sentinels)
    lanes = lanes_to(pool)
    await asyncio.gather(lanes.send([("SET", "a", 1)]), lanes.send([("SET", "a", 2)]))
    node.client.replicaof("127.0.0.1", second.port)
    sentinels.master = second
    with pytest.raises(RedisAway, match="a replica now"):
        await lanes.send([("SET", "a", 3)])
    # The second lane, which nobody has used since, is left for what the first one has heard.
    for word in range(4, 8):
        assert await lanes.send([("SET", "a", word)]) == [b"OK"]
    assert second.client.get("a") == b"7"
    assert await asyncio.gather(echo(lanes, "a"), echo(lanes, "b")) == [b"a", b"b"]


async def test_a_master_that_is_one_no_more_is_left_once_anybody_knows(node, second, lanes_to):
    sentinels = Sentinels(node)
    pool = SentinelConnectionPool("service", sentinels)
    lanes = lanes_to(pool)
    await lanes.send([("SET", "a", 1)])
    sentinels.master = second
    await pool.get_master_address()
    await lanes.send([("SET", "a", 2)])
    assert (node.client.get("a"), second.client.get("a")) == (b"1", b"2")


async def test_a_replica_that_a_url_names_says_so_for_each_command(node, lanes):
    node.client.replicaof("127.0.0.1", 1)
    refused, said = await lanes.send([("SET", "a", 1), ("ECHO", "a")])
    assert isinstance(refused, ReadOnlyError)
    assert said == b"a"
