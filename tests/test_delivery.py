"""Delivery: in order, without gaps, each once, whatever the wake-ups do; who is too slow is told to go."""

import asyncio
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisAway

from sessions import delivery, protocol
from sessions.delivery import Delivery
from sessions.live import store
from tests.waiting import until


def message(seq: int, text: str = "Yes.") -> bytes:
    """Return an entry of the outbox."""
    payload = protocol.AnswerSentencePayload("question", seq - 1, text, (), None, ())
    return msgspec.msgpack.encode(protocol.AnswerSentence(payload))


class Socket:
    """Takes messages; `outbox` is what Redis has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, messages: int = 0, sent: int = 0) -> None:
        self.outbox = {seq: message(seq) for seq in range(1, messages + 1)}
        self.heard: list[int] = []
        self.reads = 0
        self.too_slow = False
        self.away = False
        monkeypatch.setattr(store, "since", self._since)
        self.delivery = Delivery(str(uuid.uuid4()), sent, self._emit, self._give_up)

    async def _since(self, session_id, seq, limit):
        self.reads += 1
        if self.away:
            raise RedisAway("gone")
        return [entry for entry in self.outbox.items() if entry[0] > seq][:limit]

    async def _emit(self, durable):
        await asyncio.sleep(0)
        self.heard.append(durable.seq)

    def _give_up(self):
        self.too_slow = True


async def settle() -> None:
    for _ in range(1_000):
        await asyncio.sleep(0)


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2], [2, 2, 1, 3, 1], [3]])
async def test_wake_ups_in_any_order_become_messages_in_order(monkeypatch, order):
    socket = Socket(monkeypatch, messages=3)
    for seq in order:
        socket.delivery.offer(seq, message(seq))
    await settle()
    assert socket.heard == [1, 2, 3]


async def test_what_comes_in_order_is_sent_without_asking_redis(monkeypatch):
    socket = Socket(monkeypatch)
    for seq in (1, 2, 3):
        socket.delivery.offer(seq, message(seq))
        await settle()
    assert (socket.heard, socket.reads) == ([1, 2, 3], 0)


@hypothesis_settings(max_examples=100)
@given(steps=st.lists(st.integers(0, 12), max_size=40))
def test_each_message_comes_once_whatever_wakes(steps):
    """0: the sweep; n: the wake-up of message n, which the outbox has had before."""

    async def story():
        with pytest.MonkeyPatch.context() as patch:
            socket = Socket(patch)
            for step in [*steps, 0]:
                socket.outbox |= {seq: message(seq) for seq in range(1, step + 1)}
                if step:
                    socket.delivery.offer(step, message(step))
                else:
                    socket.delivery.catch_up()
                await asyncio.sleep(0)
            await settle()
            assert socket.heard == sorted(socket.outbox)

    asyncio.run(story())


async def test_redis_away_is_tried_again_by_the_next_sweep(monkeypatch):
    socket = Socket(monkeypatch, messages=2)
    socket.away = True
    socket.delivery.catch_up()
    await settle()
    assert socket.heard == []
    socket.away = False
    socket.delivery.catch_up()
    await settle()
    assert socket.heard == [1, 2]


async def test_a_client_that_acknowledges_nothing_is_too_slow_and_one_that_does_is_not(monkeypatch):
    socket = Socket(monkeypatch, messages=delivery.MAX_MESSAGES + 1)
    socket.delivery.catch_up()
    await settle()
    assert len(socket.heard) == delivery.MAX_MESSAGES
    assert socket.too_slow
    steady = Socket(monkeypatch, messages=10 * delivery.MAX_MESSAGES)
    for seq in steady.outbox:
        steady.delivery.offer(seq, steady.outbox[seq])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        steady.delivery.acknowledged(steady.delivery.sent)
    await settle()
    assert steady.heard == sorted(steady.outbox)
    assert not steady.too_slow


async def test_what_is_on_its_way_has_a_limit_in_bytes(monkeypatch):
    socket = Socket(monkeypatch)
    for seq in range(1, 9):
        socket.delivery.offer(seq, message(seq, "a" * (delivery.MAX_BYTES // 4)))
    await settle()
    assert socket.too_slow
    assert socket.heard == [1, 2, 3]


async def test_a_frame_that_is_not_taken_in_time_ends_it(monkeypatch):
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.05)
    socket = Socket(monkeypatch)

    async def stuck(durable):
        await asyncio.Event().wait()

    socket.delivery = Delivery("session", 0, stuck, socket._give_up)
    socket.delivery.offer(1, message(1))
    await until(lambda: socket.too_slow)


async def test_nothing_is_sent_after_the_end(monkeypatch):
    socket = Socket(monkeypatch, messages=5)
    socket.delivery.catch_up()
    socket.delivery.stop()
    await settle()
    assert socket.heard == []
