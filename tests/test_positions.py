"""Positions on their way to Redis: each socket's newest once in a round, at once where somebody waits."""

import asyncio

import pytest

from sessions.live import places
from sessions.live.records import LiveProgress
from sessions.positions import PositionWriter

TURNS = 8


@pytest.fixture
def written(monkeypatch) -> list[list[str]]:
    """The owners whose positions were written, one list for each write."""
    batches: list[list[str]] = []

    async def noting(updates):
        batches.append([update.owner for update in updates])
        return [0] * len(updates)

    monkeypatch.setattr(places, "progress", noting)
    return batches


@pytest.fixture
def writer() -> PositionWriter:
    """A writer that tells nobody."""
    return PositionWriter(lambda progress, result: None, TURNS)


def at(owner: str, word: int = 1) -> LiveProgress:
    return LiveProgress("session", owner, word, 0, True, 0)


async def test_a_round_of_turns_writes_each_socket_once(writer, written):
    owners = [f"child {number}" for number in range(100)]
    for word in range(3):
        for owner in owners:
            writer.put(at(owner, word))
    for _ in range(TURNS):
        await writer.flush_turn()
    assert sorted(owner for batch in written for owner in batch) == sorted(owners)
    assert len(written) > 1  # not all in one burst
    for _ in range(TURNS):
        await writer.flush_turn()
    assert sum(map(len, written)) == len(owners)


async def test_who_waits_is_written_at_once_and_alone(writer, written):
    writer.put(at("patient"))
    writer.put(at("pausing"))
    await writer.flush("pausing")
    assert written == [["pausing"]]
    await writer.flush("nobody")
    assert written == [["pausing"]]


async def test_a_waiter_that_is_cancelled_does_not_stop_the_write(writer, monkeypatch):
    go, done = asyncio.Event(), []

    async def slow(updates):
        await go.wait()
        done.extend(update.owner for update in updates)
        return [0] * len(updates)

    monkeypatch.setattr(places, "progress", slow)
    writer.put(at("cut off"))
    waiting = asyncio.create_task(writer.flush("cut off"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    go.set()
    await writer.flush_all()
    await asyncio.sleep(0)
    assert done == ["cut off"]


async def test_what_is_withdrawn_is_not_written(writer, written):
    writer.put(at("asking", 7))
    writer.put(at("reading"))
    assert (await writer.withdraw("asking")).word_index == 7
    assert await writer.withdraw("asking") is None
    await writer.flush_all()
    assert written == [["reading"]]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_position_on_its_way_arrives_or_comes_back_before_it_counts_as_withdrawn(
    writer, monkeypatch, fails
):
    go = asyncio.Event()

    async def slow(updates):
        await go.wait()
        if fails:
            raise ConnectionError
        return [0] * len(updates)

    monkeypatch.setattr(places, "progress", slow)
    writer.put(at("asking", 7))
    writing = asyncio.create_task(writer.flush_all())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    withdrawing = asyncio.create_task(writer.withdraw("asking"))
    await asyncio.sleep(0.01)
    assert not withdrawing.done()
    go.set()
    told = await withdrawing
    assert (told.word_index if told else None) == (7 if fails else None)
    await asyncio.gather(writing, return_exceptions=True)
