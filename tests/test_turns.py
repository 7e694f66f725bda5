"""Turns reach PostgreSQL at once, or later and once."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from sessions.models import Book, ReadingSession
from tests.setting_up import flush_redis
from tutoring import later, turns
from tutoring.models import Question
from tutoring.tasks import write_later

WRITTEN = [
    "id", "session_id", "word_index", "question", "answer", "outcome", "source", "asked_at",
    "first_sentence_ms", "complete_ms",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_waits() -> None:
    flush_redis()


@pytest.fixture
def reading(ada) -> ReadingSession:
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=100, page_count=1)
    return ReadingSession.objects.create(student=ada, book=book)


def turn(reading: ReadingSession, **fields) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "session_id": str(reading.pk),
        "word_index": 7,
        "question": "Why “owl”?",
        "answer": "It says so.",
        "outcome": Question.Outcome.ANSWERED,
        "source": "offline",
        "asked_at": datetime(2026, 11, 23, 9, 30, 0, 123000, UTC),
        "first_sentence_ms": 12,
        "complete_ms": None,
        **fields,
    }


@pytest.fixture
def away(monkeypatch):
    """PostgreSQL is away as long as this holds."""

    def gone(*_, **__):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(Question.objects, "bulk_create", gone)
        yield patch


def stored() -> list[dict]:
    return [
        {**row, "id": str(row["id"]), "session_id": str(row["session_id"])}
        for row in Question.objects.order_by("asked_at").values(*WRITTEN)
    ]


def test_a_turn_is_written_at_once_and_again_if_it_is_said_again(reading):
    first = turn(reading)
    turns.record(**first)
    assert stored() == [first]
    turns.record(**{**first, "answer": "Because."})
    assert stored() == [{**first, "answer": "Because."}]
    assert turns.write_all() == 0


def test_with_postgresql_away_turns_wait_and_are_written_as_they_were(reading, away):
    both = [turn(reading), turn(reading, asked_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC))]
    for each in [*both, both[0]]:
        turns.record(**each)
    assert stored() == []
    away.undo()
    assert turns.write_all() == 2
    assert stored() == both
    assert turns.write_all() == 0


def test_a_turn_that_postgresql_has_got_meanwhile_stays_as_it_is_there(reading, away):
    early = turn(reading, answer="")
    turns.record(**early)
    away.undo()
    turns.record(**{**early, "answer": "It says so."})
    turns.write_all()
    assert stored() == [{**early, "answer": "It says so."}]


@pytest.mark.django_db(transaction=True)
def test_a_turn_whose_session_was_deleted_meanwhile_does_not_hold_up_the_others(reading, away, caplog):
    gone = ReadingSession(pk=uuid.uuid4())
    kept, lost = turn(reading), turn(gone)
    turns.record(**lost)
    turns.record(**kept)
    away.undo()
    caplog.clear()
    assert turns.write_all() == 1
    assert stored() == [kept]
    assert caplog.messages == [f"Question {lost['id']} is not wanted any more: IntegrityError"]
    assert turns.write_all() == 0


def test_more_turns_than_a_batch_are_all_written(reading, away, monkeypatch):
    monkeypatch.setattr(later, "BATCH", 2)
    for _ in range(5):
        turns.record(**turn(reading))
    away.undo()
    turns.write_all()
    assert Question.objects.count() == 5


def test_the_task_says_that_they_wait_and_writes_them_the_next_time(reading, away, monkeypatch, caplog):
    def gone(*_, **__):
        raise OperationalError("gone")

    turns.record(**turn(reading))
    away.setattr(Question.objects, "bulk_create", gone)
    caplog.clear()
    write_later()
    assert caplog.messages == ["turns, flags and narrations wait for PostgreSQL: OperationalError"]
    away.undo()
    write_later()
    assert Question.objects.count() == 1


def test_with_both_away_the_turn_is_lost_and_the_log_says_which(reading, away, caplog):
    def gone(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    away.setattr(later, "run", gone)
    lost = turn(reading)
    turns.record(**lost)
    assert caplog.messages[-1] == f"Question {lost['id']} is lost: ConnectionError"
    assert "owl" not in caplog.text, "what a child asks is in no log line"
