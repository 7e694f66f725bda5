"""Checkpoints: what Redis knows reaches PostgreSQL, and Redis is rebuilt from it."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from sessions import checkpoint, protocol
from sessions.live import keys, places, store
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.models import Book, ReadingSession, ReadingTime
from sessions.tasks import checkpoint_live_sessions


@pytest.fixture
def owl_book(db) -> Book:
    return Book.objects.create(
        title="The Owl Who Stayed Up", content_hash="owl", word_count=100, page_count=2
    )


@pytest.fixture
def reading(ada, owl_book) -> ReadingSession:
    """Ada began the owl book an hour ago; the session is live in Redis."""
    row = ReadingSession.objects.create(
        student=ada, book=owl_book, word_index=5, last_active=timezone.now() - timedelta(hours=1)
    )
    run(_forget(keys.DIRTY))
    run(store.seed(checkpoint.seed_of(row)))
    run(store.restore(str(row.pk), ada.pk, "socket", "server", protocol.HelloPayload()))
    return row


async def _forget(*names: str) -> None:
    await client().delete(*names)


def move(row: ReadingSession, word_index: int, audio_timestamp: int = 0) -> None:
    update = store.LiveProgress(str(row.pk), "socket", word_index, audio_timestamp, True, 0)
    assert run(places.progress([update])) == [0]


def test_a_position_reaches_postgresql(reading):
    move(reading, 42, 1234)
    assert checkpoint.write_all() == 1
    reading.refresh_from_db()
    assert (reading.word_index, reading.audio_timestamp) == (42, 1234)
    assert timezone.now() - reading.last_active < timedelta(minutes=1)
    assert reading.finished_at is None
    assert run(places.dirty(10)) == {}


def test_a_book_read_to_its_end_is_finished(reading):
    move(reading, 100)
    checkpoint.write_all()
    reading.refresh_from_db()
    assert reading.finished_at is not None


def test_the_time_read_is_counted_by_the_day(reading):
    for word in (15, 25):
        move(reading, word)
        ReadingSession.objects.update(last_active=timezone.now() - timedelta(seconds=9))
        checkpoint.write_all()
    time = ReadingTime.objects.get()
    assert (time.session_id, time.day) == (reading.pk, timezone.localdate())
    assert 17 < time.seconds < 24  # nine seconds twice, and what the test took
    move(reading, 20)
    checkpoint.write_all()
    assert ReadingTime.objects.get().seconds == time.seconds


def test_many_sessions_cost_as_many_queries_as_one(reading, ben, chidi, owl_book, django_assert_num_queries):
    for child in (ben, chidi):
        row = ReadingSession.objects.create(student=child, book=owl_book)
        run(store.seed(checkpoint.seed_of(row)))
        run(store.restore(str(row.pk), child.pk, "socket", "server", protocol.HelloPayload()))
        move(row, 7)
    move(reading, 8)
    with django_assert_num_queries(4):  # savepoint, places, times, release
        assert checkpoint.write_all() == 3


def test_with_postgresql_away_the_positions_wait_for_the_next_time(reading, monkeypatch):
    move(reading, 42)

    def away(*_):
        raise DatabaseError("the server has gone away")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "write", away)
        with pytest.raises(DatabaseError):
            checkpoint.write_all()
    assert checkpoint.write_all() == 1
    reading.refresh_from_db()
    assert reading.word_index == 42


def test_with_postgresql_away_a_session_outlives_its_time_in_redis(reading, monkeypatch):
    async def seconds_left(seconds: int = 0) -> list[int]:
        names = [name for name in keys.session(str(reading.pk)) if await client().exists(name)]
        if seconds:
            for name in names:
                await client().expire(name, seconds)
        return [await client().ttl(name) for name in names]

    def away(*_):
        raise DatabaseError("the server has gone away")

    move(reading, 42)
    run(seconds_left(60))
    monkeypatch.setattr(checkpoint, "write", away)
    with pytest.raises(DatabaseError):
        checkpoint.write_all()
    assert min(run(seconds_left())) > 60, "as long as ever, counted from now"


def test_the_task_waits_for_postgresql_without_a_word_too_many(reading, monkeypatch, caplog):
    def away(*_):
        raise OperationalError("the server has gone away")

    move(reading, 42)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "write", away)
        checkpoint_live_sessions()
    assert caplog.messages == ["positions wait for PostgreSQL: OperationalError"]
    checkpoint_live_sessions()
    reading.refresh_from_db()
    assert reading.word_index == 42


def test_a_session_that_moved_during_the_checkpoint_stays_on_the_list(reading):
    move(reading, 42)
    before = run(places.dirty(10))
    run(places.clean({name: when - 1 for name, when in before.items()}))
    assert run(places.dirty(10)) == before


def test_a_session_that_redis_no_longer_has_keeps_its_checkpoint(reading):
    move(reading, 42)
    run(_forget(*keys.session(str(reading.pk))))
    assert checkpoint.write_all() == 0
    reading.refresh_from_db()
    assert reading.word_index == 5


@pytest.mark.django_db(transaction=True)
async def test_a_lost_session_is_rebuilt_from_its_checkpoint_only_for_its_own_child(reading, ada, ben):
    seed = await checkpoint.load(str(reading.pk), ada.pk)
    assert (seed.word_index, seed.word_count) == (5, 100)
    with pytest.raises(checkpoint.NoSuchSession):
        await checkpoint.load(str(reading.pk), ben.pk)
    with pytest.raises(checkpoint.NoSuchSession):
        await checkpoint.load(str(uuid.uuid4()), ada.pk)


def test_the_library_sees_where_a_child_is_before_the_checkpoint_is_written(
    reading, django_assert_num_queries
):
    move(reading, 61)
    rows = list(ReadingSession.objects.all())
    with django_assert_num_queries(0):
        checkpoint.bring_up_to_date(rows)
    assert rows[0].word_index == 61
    assert rows[0].finished_at is None


def test_with_redis_away_the_library_shows_the_checkpoint(reading, monkeypatch):
    def away(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    monkeypatch.setattr(checkpoint, "run", away)
    checkpoint.bring_up_to_date([reading])
    assert reading.word_index == 5
