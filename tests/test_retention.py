"""Nothing is kept for ever: each kind has its term, a flagged turn its flag's, and what is young stays."""

import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from sessions import audit
from sessions.models import AuditEntry, Book, ReadingSession
from sessions.recent import Recent
from tests.setting_up import flush_redis
from tests.traces import files
from tutoring.models import Flag, Narration, Question
from tutoring.narration import known, service
from tutoring.privacy import retention
from tutoring.tasks import purge_expired

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def terms(settings, tmp_path: Path, monkeypatch) -> None:
    """What an operator has set; nothing is there yet."""
    settings.TRANSCRIPT_DAYS, settings.FLAG_DAYS, settings.READING_DAYS = 100, 300, 200
    settings.AUDIT_DAYS, settings.ANSWER_AUDIO_DAYS = 50, 10
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    flush_redis()


@pytest.fixture
def book(db) -> Book:
    return Book.objects.create(title="The Owl", content_hash="owl", word_count=100, page_count=1)


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def asked(reading: ReadingSession, days: int, *, flagged: int | None = None) -> Question:
    """A turn so many days old; `flagged`: with a flag so many days old."""
    question = Question.objects.create(
        id=uuid.uuid4(), session=reading, word_index=1, question="Why?", outcome="answered",
        asked_at=ago(days),
    )  # fmt: skip
    if flagged is not None:
        Flag.objects.create(
            id=uuid.uuid4(), question_id=question.pk, student=reading.student, session=reading,
            category="abuse", side="question", text="Why?", created_at=ago(flagged),
        )  # fmt: skip
    return question


def purged() -> dict[str, int]:
    """Purge; return how many of each kind, where any."""
    return {outcome.what: outcome.count for outcome in retention.purge() if outcome.count}


def test_a_transcript_ends_with_its_term_and_a_flagged_turn_with_that_of_its_flag(ada, book):
    reading = ReadingSession.objects.create(student=ada, book=book)
    young, _, flagged = asked(reading, 99), asked(reading, 101), asked(reading, 250, flagged=250)
    asked(reading, 301, flagged=301)
    assert purged() == {"flags": 1, "questions with answers": 2}
    assert set(Question.objects.all()) == {young, flagged}
    assert Flag.objects.get().question_id == flagged.pk
    assert purged() == {}


def test_a_finished_reading_ends_and_a_place_in_a_book_stays(ada, ben, chidi, book):
    ReadingSession.objects.create(student=ada, book=book, finished_at=ago(201))
    stays = [
        ReadingSession.objects.create(student=ada, book=book, last_active=ago(2_000)),
        ReadingSession.objects.create(student=ben, book=book, finished_at=ago(199)),
        ReadingSession.objects.create(student=chidi, book=book, finished_at=ago(299)),
    ]
    asked(stays[2], 299, flagged=299)
    assert purged() == {"finished readings": 1}
    assert set(ReadingSession.objects.all()) == set(stays)


def test_audio_of_answers_ends_with_its_row_or_without_one_and_all_other_audio_stays(db):
    service.speak("The owl.", "en")
    for text in ("She is old.", "She is young."):
        service.speak_answer(text, "en")
    service.write_rows()
    Narration.objects.filter(key=service.answer_key("She is old.", "en")).update(created_at=ago(11))
    folder = Path(configured.MEDIA_ROOT) / "answers"
    for name, days in (("old.flac", 11), ("new.flac", 9)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (ago(days).timestamp(),) * 2)
    assert purged() == {"voices of answers": 1, "audio files without a row": 1}
    young = Narration.objects.get(key=service.answer_key("She is young.", "en"))
    assert files("answers") == {young.audio.name.removeprefix("answers/"), "new.flac"}
    assert len(files("narration")) == 1
    assert service.speak_answer("She is old.", "en").duration_ms, "it is made anew"
    assert len(files("answers")) == 3


def test_the_audit_log_and_sign_ins_of_staff_end(ada):
    for _ in range(2):
        audit.record(None, audit.Action.LOOKED, ada)
    AuditEntry.objects.filter(pk=AuditEntry.objects.last().pk).update(at=ago(51))
    Session.objects.create(session_key="old", session_data="", expire_date=ago(1))
    Session.objects.create(session_key="new", session_data="", expire_date=ago(-1))
    assert purged() == {"audit entries": 1, "sign-ins of staff": 1}


def test_more_than_a_batch_ends_in_one_run(ada, monkeypatch):
    monkeypatch.setattr(retention, "_BATCH", 2)
    audit.record_many(None, audit.Action.LOOKED, [ada] * 5)
    AuditEntry.objects.update(at=ago(51))
    assert purged() == {"audit entries": 5}


def test_what_has_no_term_stays(ada, book, settings):
    settings.TRANSCRIPT_DAYS = settings.FLAG_DAYS = settings.READING_DAYS = settings.AUDIT_DAYS = 0
    reading = ReadingSession.objects.create(student=ada, book=book, finished_at=ago(4_000))
    asked(reading, 4_000)
    assert purged() == {}


def test_a_dry_run_says_what_and_deletes_nothing(ada, book, capsys):
    reading = ReadingSession.objects.create(student=ada, book=book)
    asked(reading, 101), asked(reading, 102)
    call_command("purge_expired", "--dry-run")
    assert "               2    100  questions with answers\n" in capsys.readouterr().out
    assert Question.objects.count() == 2
    call_command("purge_expired")
    assert "               2    100  questions with answers\n" in capsys.readouterr().out
    assert not Question.objects.exists()


def test_the_nightly_run_tells_what_it_ended_and_waits_for_a_postgresql_that_is_away(
    ada, book, caplog, monkeypatch
):
    caplog.set_level("INFO")
    asked(ReadingSession.objects.create(student=ada, book=book), 101)
    purge_expired()
    assert "purged: 1 questions with answers" in caplog.text

    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(retention, "terms", away)
    purge_expired()
    assert "is purged another night: OperationalError" in caplog.text


def test_beat_has_it_run_each_night():
    task = configured.CELERY_BEAT_SCHEDULE["purge-expired"]
    assert task["task"] == purge_expired.name
    assert task["schedule"].hour == {2}
