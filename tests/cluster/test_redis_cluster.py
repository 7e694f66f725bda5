"""What only a cluster can do: slots on three nodes, slots that move, and nodes that are away for a moment."""

import asyncio
import re
import uuid
from pathlib import Path

import pytest
import redis
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError

from readerai.checks import redis_never_evicts
from sessions import protocol, redis_clients
from sessions.live import connection, keys, places, store
from sessions.live.connection import Command, execute
from tests.redis_servers import until

LUA = Path(connection.__file__).parent / "lua"


def session_on(node_number: int, cluster) -> str:
    """Return the id of a session whose keys are on this node."""
    while True:
        session = str(uuid.uuid4())
        if cluster.holder(key_slot(session.encode())) is cluster.nodes[node_number]:
            return session


async def begin(session: str, owner: str = "socket") -> store.Restored:
    """Put a session of 300 words into Redis and open a socket."""
    await store.seed(store.Seed(session, 1, 7, 300, 0, 0, 0))
    return await store.restore(session, 1, owner, "server", protocol.HelloPayload())


def at(session: str, word: int) -> store.LiveProgress:
    return store.LiveProgress(session, "socket", word, 0, True, 0)


async def words(*sessions: str) -> list[int | None]:
    return [live and live.word_index for live in await places.positions(sessions)]


async def settled(coroutine_of, within: float = 5):
    """Return the first result that is no RedisError: what a caller gets who comes again."""
    for _ in range(int(within / 0.05)):
        try:
            return await coroutine_of()
        except RedisError:
            await asyncio.sleep(0.05)
    return await coroutine_of()


async def test_many_sessions_are_moved_in_one_go_wherever_they_are(cluster):
    sessions = [session_on(number % 3, cluster) for number in range(60)]
    for session in sessions:
        await begin(session)
    assert await places.progress([at(s, n) for n, s in enumerate(sessions)]) == [0] * 60
    assert await words(*sessions) == list(range(60))
    for number, node in enumerate(cluster.nodes):
        assert all(node.client.exists(keys.session(s)[0]) for s in sessions[number::3])


def test_no_script_makes_up_the_name_of_a_key():
    for file in LUA.glob("*.lua"):
        for name in re.findall(r"redis\.call\('[A-Z]+', *([^,)]+)", file.read_text()):
            assert re.match(r"KEYS\[|'server'|key$|outbox$|questions$", name), f"{file.name}: {name}"
    progress = (LUA / "progress.lua").read_text()
    assert "local key, outbox, questions = KEYS[" in progress


async def test_all_keys_of_a_session_are_on_one_slot():
    for _ in range(50):
        assert len({key_slot(name.encode()) for name in keys.session(str(uuid.uuid4()))}) == 1


async def test_a_slot_that_moves_takes_its_sessions_along(cluster):
    """As `valkey-cli --cluster reshard` does it, while the child reads on."""
    session = session_on(0, cluster)
    await begin(session)
    slot, names = key_slot(session.encode()), keys.session(session)
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(5, 0))
    await store.ask(session, "socket", question)
    source, target = cluster.nodes[0].client, cluster.nodes[1].client
    source_id, target_id = (node.execute_command("CLUSTER", "MYID") for node in (source, target))
    target.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id)
    source.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", target_id)
    assert await places.progress([at(session, 6)]) == [1]  # still where it was

    to = ("127.0.0.1", cluster.nodes[1].port, "", 0, 5000, "KEYS")
    source.execute_command("MIGRATE", *to, *names[:1])
    half = asyncio.create_task(places.progress([at(session, 7)]))  # its keys are on two nodes
    await asyncio.sleep(0.1)
    assert not half.done()
    source.execute_command("MIGRATE", *to, *names[1:])
    assert await half == [1]
    assert await words(session) == [7]
    for node in (target, source):
        node.execute_command("CLUSTER", "SETSLOT", slot, "NODE", target_id)
    assert await places.progress([at(session, 8)]) == [1]
    assert await words(session) == [8]
    assert [seq for seq, _ in await store.since(session, 0)] == [1]

    # Back, for the other tests.
    source.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", target_id)
    target.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", source_id)
    back = ("127.0.0.1", cluster.nodes[0].port, "", 0, 5000, "KEYS")
    target.execute_command("MIGRATE", *back, *names)
    for node in (source, target):
        node.execute_command("CLUSTER", "SETSLOT", slot, "NODE", source_id)
    assert await words(session) == [8]


async def test_a_node_that_is_away_holds_up_only_its_own_sessions(cluster):
    listed = cluster.holder(key_slot(keys.DIRTY.encode()))
    away = next(n for n, node in enumerate(cluster.nodes) if node is not listed and n != 0)
    here, there = session_on(0, cluster), session_on(away, cluster)
    first = await begin(there)
    await begin(here)
    await places.progress([at(there, 20)])
    cluster.nodes[away].kill()
    try:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(RedisError):
            await places.progress([at(there, 21)])
        assert asyncio.get_running_loop().time() - begun < 2  # at once, not after many tries

        async def read_on():
            for word in range(30, 60):
                assert await words(here) == [word - 1 if word > 30 else 0]
                assert await places.progress([at(here, word)]) == [0]

        async def knock():
            for _ in range(30):
                with pytest.raises(RedisError):
                    await store.heads([there])

        await asyncio.gather(read_on(), *(knock() for _ in range(5)))
        assert await connection.client().ping()  # servers stay ready, for two children of three
    finally:
        cluster.nodes[away].start()
        cluster.wait_until_whole()
    again = await settled(
        lambda: store.restore(there, 1, "new", "server", protocol.HelloPayload(first.epoch, 0))
    )
    assert (again.word_index, again.outcome) == (20, "snapshot")  # it may have lost its last writes
    assert again.epoch != first.epoch


async def test_a_question_is_not_kept_where_nobody_would_look_for_it(cluster):
    """A lost job is found by the list of questions, so that is written before the question is."""
    listing = cluster.nodes.index(cluster.holder(key_slot(keys.DUE.encode())))
    session = session_on((listing + 1) % 3, cluster)
    await begin(session)
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(5, 0))
    cluster.nodes[listing].kill()
    try:
        with pytest.raises(RedisError):
            await store.ask(session, "socket", question)
        assert await store.since(session, 0) == []
    finally:
        cluster.nodes[listing].start()
        cluster.wait_until_whole()
    assert await settled(lambda: store.ask(session, "socket", question))
    assert cluster.nodes[listing].client.zscore(keys.DUE, keys.question(session, question.id))


async def test_with_all_nodes_away_the_error_is_the_one_that_callers_handle():
    nobody = redis_clients.connect("redis+cluster://127.0.0.1:1", connections=2, seconds=1)
    with pytest.raises(RedisAway, match="cannot be connected"):
        await nobody.send([("GET", "a")])
    for command in (nobody.get("a"), nobody.ping()):
        with pytest.raises(RedisAway, match="cannot be connected"):
            await command


async def test_more_callers_than_connections_wait_for_their_turn(cluster):
    client = redis_clients.connect(cluster.url, connections=2, seconds=20)
    replies = await asyncio.gather(*(client.send([("SET", f"{{{n}}}", n)]) for n in range(50)))
    assert replies == [[True]] * 50
    await client.aclose()


async def test_who_waits_too_long_for_a_turn_is_told(cluster):
    client = redis_clients.connect(cluster.url, connections=1, seconds=1)
    async with client._turn():
        with pytest.raises(RedisAway, match="No connection available"):
            await client.send([("GET", "a")])
    assert await client.send([("GET", "a")]) == [None]
    await client.aclose()


async def test_scripts_are_sent_again_to_a_node_that_forgot_them(cluster):
    sessions = [session_on(number, cluster) for number in range(3)]
    for session in sessions:
        await begin(session)
    cluster.nodes[1].client.script_flush()
    assert await places.progress([at(session, 9) for session in sessions]) == [0, 0, 0]


async def test_a_command_over_two_slots_is_refused_and_not_half_done():
    with pytest.raises(redis.ResponseError, match="hash to the same slot"):
        await execute(Command(("DEL", "{a}", "{b}")))


@pytest.fixture
def evicting_node(cluster):
    """One node of three that may throw keys away."""
    cluster.nodes[2].client.config_set("maxmemory-policy", "allkeys-lru")
    yield cluster.nodes[2]
    cluster.nodes[2].client.config_set("maxmemory-policy", "noeviction")


def test_one_node_that_evicts_is_found_and_named(evicting_node):
    [message] = redis_never_evicts(databases=["default"])
    assert message.id == "readerai.E002"
    assert message.msg.startswith(f"STATE_REDIS_URL: the Redis at 127.0.0.1:{evicting_node.port} may throw")


def test_a_cluster_that_never_evicts_is_accepted(cluster):
    until(lambda: redis_never_evicts(databases=["default"]) == [])
