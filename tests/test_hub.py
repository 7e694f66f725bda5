"""The hub: positions are coalesced, none is lost while Redis is away, and lost sockets are found."""

import uuid

import pytest
from redis.exceptions import ConnectionError as RedisAway

from sessions import protocol
from sessions.hub import Hub
from sessions.live import store


class RecordingSocket:
    """A socket that notes what the hub told it."""

    def __init__(self, session_id: str, owner: str) -> None:
        self.session_id, self.owner, self.sent = session_id, owner, 0
        self.told: list[str] = []

    def offer(self, seq, message):
        self.told.append(f"offer {seq}")

    def catch_up(self):
        self.told.append("catch up")

    def succeeded(self):
        self.told.append("succeeded")

    def lost(self):
        self.told.append("lost")


@pytest.fixture
async def hub():
    """A hub without its tasks: the test says when it flushes and sweeps."""
    return Hub()


@pytest.fixture
async def ada(hub) -> RecordingSocket:
    """Ada's socket, restored."""
    socket = RecordingSocket(str(uuid.uuid4()), "ada")
    await store.seed(store.Seed(socket.session_id, 1, 7, 200, 0, 0, 0))
    await store.restore(socket.session_id, 1, "ada", "server", protocol.HelloPayload())
    hub.add(socket)
    return socket


def at(socket: RecordingSocket, word: int) -> store.LiveProgress:
    return store.LiveProgress(socket.session_id, socket.owner, word, 0, True, 0)


async def word_of(socket: RecordingSocket) -> int:
    return (await store.positions([socket.session_id]))[0].word_index


async def test_only_the_newest_position_is_written(hub, ada, monkeypatch):
    written = []
    original = store.progress

    async def noting(updates):
        written.extend(update.word_index for update in updates)
        return await original(updates)

    monkeypatch.setattr(store, "progress", noting)
    for word in range(1, 30):
        hub.move(at(ada, word))
    await hub.flush()
    assert written == [29]
    assert await word_of(ada) == 29


async def test_while_redis_is_away_the_newest_position_is_kept(hub, ada, monkeypatch):
    hub.move(at(ada, 5))

    async def away(_):
        hub.move(at(ada, 6))  # the child reads on meanwhile
        raise RedisAway("gone")

    with monkeypatch.context() as patch:
        patch.setattr(store, "progress", away)
        with pytest.raises(RedisAway):
            await hub.flush()
    await hub.flush()
    assert await word_of(ada) == 6


async def test_leaving_writes_the_last_position(hub, ada):
    hub.move(at(ada, 12))
    await hub.remove(ada)
    assert await word_of(ada) == 12
    assert hub.sockets == {}


async def test_the_sweep_finds_what_no_wake_up_told_of(hub, ada):
    await hub.sweep()
    assert ada.told == []
    asked = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(0, 0))
    await store.ask(ada.session_id, "ada", [asked], 200)
    await hub.sweep()
    assert ada.told == ["catch up"]


async def test_the_sweep_finds_a_session_that_another_socket_took(hub, ada):
    await store.restore(ada.session_id, 1, "newer", "server", protocol.HelloPayload())
    await hub.sweep()
    assert ada.told == ["succeeded"]


async def test_a_late_position_of_a_succeeded_socket_is_refused_and_told(hub, ada):
    await store.restore(ada.session_id, 1, "newer", "server", protocol.HelloPayload())
    hub.move(at(ada, 99))
    await hub.flush()
    assert ada.told == ["succeeded"]
    assert await word_of(ada) == 0
