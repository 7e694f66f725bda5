"""The hub: positions are coalesced, none is lost while Redis is away, and lost sockets are found."""

import asyncio
import time
import uuid

import pytest
from channels.layers import get_channel_layer
from msgspec.structs import astuple
from redis.exceptions import ConnectionError as RedisAway

from sessions import following, protocol, steering, wake_ups
from sessions.hub import Hub, get_hub
from sessions.live import index, keys, places, store
from sessions.live.records import Present, Published
from tests.waiting import until


class RecordingSocket:
    """A socket that notes what the hub told it."""

    def __init__(self, session_id: str, owner: str) -> None:
        self.session_id, self.owner, self.sent = session_id, owner, 0
        self.classroom_id = 901
        self.present = Present(session_id, self.classroom_id, 91)
        self.restored = True
        self.heard_at = time.monotonic()
        self.told: list[str] = []

    def tell(self, message):
        self.told.append(f"{message.__struct_config__.tag} {astuple(message.payload)[0]}")

    def ended(self):
        self.told.append("ended")

    def offer(self, seq, message):
        self.told.append(f"offer {seq}")

    def catch_up(self):
        self.told.append("catch up")

    def succeeded(self):
        self.told.append("succeeded")

    def lost(self):
        self.told.append("lost")

    def silent(self):
        self.told.append("silent")


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
    return (await places.positions([socket.session_id]))[0].word_index


async def test_only_the_newest_position_is_written(hub, ada, monkeypatch):
    written = []
    original = places.progress

    async def noting(updates):
        written.extend(update.word_index for update in updates)
        return await original(updates)

    monkeypatch.setattr(places, "progress", noting)
    for word in range(1, 30):
        hub.positions.put(at(ada, word))
    await hub.positions.flush_all()
    assert written == [29]
    assert await word_of(ada) == 29


async def test_while_redis_is_away_the_newest_position_is_kept(hub, ada, monkeypatch):
    hub.positions.put(at(ada, 5))

    async def away(_):
        hub.positions.put(at(ada, 6))  # the child reads on meanwhile
        raise RedisAway("gone")

    with monkeypatch.context() as patch:
        patch.setattr(places, "progress", away)
        with pytest.raises(RedisAway):
            await hub.positions.flush_all()
    await hub.positions.flush_all()
    assert await word_of(ada) == 6


async def test_leaving_writes_the_last_position(hub, ada):
    hub.positions.put(at(ada, 12))
    await hub.remove(ada)
    assert await word_of(ada) == 12
    assert hub.sockets == {}


async def test_the_sweep_finds_what_no_wake_up_told_of(hub, ada):
    await hub.sweep()
    assert ada.told == []
    asked = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(0, 0))
    await store.ask(ada.session_id, "ada", asked)
    await hub.sweep()
    assert ada.told == ["catch up"]


async def test_the_sweep_finds_a_client_that_has_gone_silently(hub, ada):
    ada.heard_at -= 149
    await hub.sweep()
    assert ada.told == []
    ada.heard_at -= 2
    await hub.sweep()
    assert ada.told == ["silent"]


async def test_the_sweep_finds_a_session_that_another_socket_took(hub, ada):
    await store.restore(ada.session_id, 1, "newer", "server", protocol.HelloPayload())
    await hub.sweep()
    assert ada.told == ["succeeded"]


async def test_a_late_position_of_a_succeeded_socket_is_refused_and_told(hub, ada):
    await store.restore(ada.session_id, 1, "newer", "server", protocol.HelloPayload())
    hub.positions.put(at(ada, 99))
    await hub.positions.flush_all()
    assert ada.told == ["succeeded"]
    assert await word_of(ada) == 0


@pytest.fixture
def slow_writes(monkeypatch) -> asyncio.Event:
    """Positions on their way to Redis wait until this is set."""
    original, go = places.progress, asyncio.Event()

    async def waiting(updates):
        await go.wait()
        return await original(updates)

    monkeypatch.setattr(places, "progress", waiting)
    return go


async def test_a_goodbye_never_overtakes_the_position_before_it(hub, ada, slow_writes):
    hub.positions.put(at(ada, 12))
    writing = asyncio.create_task(hub.positions.flush_all())
    await asyncio.sleep(0)
    leaving = asyncio.create_task(hub.remove(ada))
    await asyncio.sleep(0.05)
    slow_writes.set()
    await asyncio.gather(writing, leaving)
    assert await word_of(ada) == 12


async def test_an_older_position_never_overtakes_a_newer_one(hub, ada, monkeypatch):
    original, delays = places.progress, [0.1, 0]

    async def first_is_slow(updates):
        await asyncio.sleep(delays.pop(0))
        return await original(updates)

    monkeypatch.setattr(places, "progress", first_is_slow)
    hub.positions.put(at(ada, 40))
    writing = asyncio.create_task(hub.positions.flush_all())
    await asyncio.sleep(0.01)
    hub.positions.put(at(ada, 44))
    await asyncio.gather(writing, hub.positions.flush("ada"))
    assert await word_of(ada) == 44


async def test_many_who_pause_at_once_are_written_together(hub, ada, slow_writes, monkeypatch):
    calls, waiting = [], places.progress

    async def counting(updates):
        calls.append(len(updates))
        return await waiting(updates)

    monkeypatch.setattr(places, "progress", counting)
    pauses = []
    for child in range(20):
        hub.positions.put(at(RecordingSocket(ada.session_id, f"child {child}"), child))
        pauses.append(asyncio.create_task(hub.positions.flush(f"child {child}")))
        await asyncio.sleep(0)
    slow_writes.set()
    await asyncio.gather(*pauses)
    assert len(calls) == 2
    assert sum(calls) == 20


async def test_a_child_that_leaves_while_redis_is_away_keeps_its_place(hub, ada, monkeypatch):
    async def away(_):
        raise RedisAway("gone")

    hub.positions.put(at(ada, 33))
    with monkeypatch.context() as patch:
        patch.setattr(places, "progress", away)
        with pytest.raises(RedisAway):
            await hub.remove(ada)
    await hub.positions.flush_all()
    assert await word_of(ada) == 33
    assert hub.sockets == {}


async def test_the_sweep_lets_a_socket_be_that_is_being_restored(hub, ada):
    ada.restored = False
    await store.restore(ada.session_id, 1, "former", "server", protocol.HelloPayload())
    await hub.sweep()
    assert ada.told == []


async def test_an_event_that_cannot_be_understood_does_not_silence_the_others(ada):
    hub = await get_hub()
    hub.add(ada)
    await wake_ups.send(hub.channel, {"type": "nonsense"})
    await wake_ups.wake(ada.session_id, Published(1, "ada", hub.channel, b"message"))
    await until(lambda: ada.told)
    await hub.stop()
    assert ada.told == ["offer 1"]


# --- What grown-ups want ------------------------------------------------------------------------
@pytest.fixture
async def serving(hub):
    """The hub with its tasks."""
    await hub.start()
    yield hub
    await hub.stop()
    await steering.go_on(901)


async def test_a_pause_reaches_the_class_and_whoever_comes_later(serving, ada):
    await steering.pause(901)
    await until(lambda: "CLASS_PAUSED True" in ada.told)
    assert 901 in serving.paused
    later = Hub()
    await later.look_at_pauses()
    assert 901 in later.paused
    await steering.go_on(901)
    await until(lambda: "CLASS_PAUSED False" in ada.told)


async def test_a_pause_of_which_no_word_came_is_found(hub, ada, monkeypatch):
    async def lost(event):
        pass

    monkeypatch.setattr(steering, "_announce", lost)
    await steering.pause(901)
    await hub.look_at_pauses()
    await hub.look_at_pauses()
    await steering.go_on(901)
    await hub.look_at_pauses()
    assert ada.told == ["CLASS_PAUSED True", "CLASS_PAUSED False"]


async def test_a_pause_that_nobody_ends_is_over_in_time(monkeypatch):
    monkeypatch.setattr(steering, "PAUSE_SECONDS", 0)
    await steering.pause(901)
    assert 901 not in await steering.paused_classes()


async def test_what_is_said_to_a_class_is_heard_there_only(serving, ada):
    await steering.say_to_class(902, "Hares, come in")
    await steering.say_to_class(901, "Two more minutes")
    await until(lambda: "CLASS_MESSAGE Two more minutes" in ada.told)
    assert len(ada.told) == 1


async def test_a_reading_is_ended_where_it_is_open(serving, ada):
    assert await steering.end(ada.session_id)
    await until(lambda: "ended" in ada.told)
    await store.leave(ada.session_id, ada.owner)
    assert not await steering.end(ada.session_id)


async def test_who_is_served_is_entered_soon_and_once(serving, ada, monkeypatch):
    entered = []
    original = index.enter

    async def noting(present):
        entered.extend(present)
        await original(present)

    monkeypatch.setattr(index, "enter", noting)
    await serving._attendance.call()
    assert ada.session_id in await index.newest([keys.live_in_class(901)], 0, 50)
    for _ in range(30):
        await serving._attendance.call()
    assert entered == [ada.present] * 2  # as a newcomer, and once in the minute


async def test_a_session_is_told_of_only_while_somebody_follows(serving, ada):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(following.group(ada.session_id), channel)
    serving.positions.put(at(ada, 5))
    await serving.positions.flush_all()
    await following.ask_hubs(ada.session_id)
    await until(lambda: serving.followed.knows(ada.session_id))
    serving.positions.put(at(ada, 6))
    await serving.positions.flush_all()
    event = await asyncio.wait_for(layer.receive(channel), 5)
    assert (event["type"], event["word_index"], event["playing"]) == ("follow.moved", 6, True)
    await layer.group_discard(following.group(ada.session_id), channel)
