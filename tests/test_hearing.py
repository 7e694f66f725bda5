"""What was heard of an answer reaches its turn, whenever that is written."""

import uuid

import pytest
from django.db import OperationalError
from prometheus_client import REGISTRY

from sessions.live.store import now
from sessions.models import Book, ReadingSession
from sessions.signals import answer_heard
from tests.setting_up import flush_redis
from tests.test_turns import turn
from tutoring import hearing, turns
from tutoring.models import Question
from tutoring.tasks import write_later


@pytest.fixture(autouse=True)
def nothing_waits() -> None:
    flush_redis()


@pytest.fixture
def reading(ada) -> ReadingSession:
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=100, page_count=1)
    return ReadingSession.objects.create(student=ada, book=book)


def asked(reading: ReadingSession, **fields) -> str:
    fields = turn(reading, answer="It is green.\nGrass is.\nSo are frogs.", **fields)
    turns.record(**fields)
    return fields["id"]


def said(reading: ReadingSession, question_id: str, sentences: int, after_ms: int = 4200) -> None:
    """Ada's tablet says what she has heard."""
    answer_heard.send(
        None, session_id=str(reading.pk), question_id=question_id, sentences=sentences, after_ms=after_ms
    )


def kept(question_id: str) -> tuple[int | None, int | None]:
    question = Question.objects.get(pk=question_id)
    return question.heard_sentences, question.heard_ms


def test_what_was_heard_is_written_to_the_turn_and_counted(reading):
    question_id = asked(reading)
    before = REGISTRY.get_sample_value("answer_heard_seconds_sum") or 0
    said(reading, question_id, 2)
    assert kept(question_id) == (None, None)
    write_later()
    assert kept(question_id) == (2, 4200)
    assert REGISTRY.get_sample_value("answer_heard_seconds_sum") == pytest.approx(before + 4.2)
    question = Question.objects.get(pk=question_id)
    assert (question.heard, question.unheard) == ("It is green. Grass is.", "So are frogs.")
    assert hearing.write_all() == 0


def test_it_waits_for_a_turn_that_is_written_later(reading):
    question_id = str(uuid.uuid4())
    said(reading, question_id, 1)
    assert hearing.write_all() == 0
    asked(reading, id=question_id)
    assert hearing.write_all() == 1
    assert kept(question_id) == (1, 4200)


def test_a_turn_that_is_written_again_keeps_what_was_heard(reading):
    question_id = asked(reading)
    said(reading, question_id, 3)
    hearing.write_all()
    asked(reading, id=question_id)
    assert kept(question_id) == (3, 4200)


def test_no_tablet_can_say_what_another_child_has_heard(reading, ben):
    bens = ReadingSession.objects.create(student=ben, book=reading.book)
    question_id = asked(reading)
    said(bens, question_id, 3)
    assert hearing.write_all() == 0
    assert kept(question_id) == (None, None)


def test_nobody_hears_more_than_was_said(reading):
    question_id = asked(reading)
    said(reading, question_id, 100)
    silent = str(uuid.uuid4())
    turns.record(**turn(reading, id=silent, answer="", outcome="failed"))
    said(reading, silent, 1)
    assert hearing.write_all() == 2
    assert kept(question_id)[0] == 3
    assert kept(silent)[0] == 0


def test_what_never_finds_its_turn_is_dropped_in_time(reading, monkeypatch):
    said(reading, str(uuid.uuid4()), 1)
    hearing.write_all()
    assert hearing.run(hearing._waiting())
    monkeypatch.setattr(hearing, "now", lambda: now() + 3_600_001)
    hearing.write_all()
    assert hearing.run(hearing._waiting()) == []


def test_it_waits_while_postgresql_is_away(reading, monkeypatch):
    question_id = asked(reading)
    said(reading, question_id, 1)

    def gone(*_, **__):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(Question.objects, "filter", gone)
        write_later()
    write_later()
    assert kept(question_id) == (1, 4200)
