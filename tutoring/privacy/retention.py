"""What is kept for how long, and the end of it. Caches and live sessions in Redis end by themselves.

A flagged turn stays as long as its flag: whoever has to look into it needs what was said.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from sessions.models import AuditEntry, ReadingSession
from tutoring.models import Flag, Narration, Question
from tutoring.narration import files, service

_BATCH = 500


class Term(NamedTuple):
    """Rows of one kind that have been kept long enough."""

    what: str
    days: int
    expired: QuerySet[Any]


class Outcome(NamedTuple):
    """How many of a kind were ended, or would be."""

    what: str
    days: int
    count: int


def terms() -> list[Term]:
    """Return what has expired by now, in the order in which it may end; what has no term is not in it."""
    flagged_turn = Exists(Flag.objects.filter(question_id=OuterRef("pk")))
    flagged_reading = Exists(Flag.objects.filter(session=OuterRef("pk")))
    kinds = [
        ("flags", settings.FLAG_DAYS, "created_at", Flag.objects.all()),
        (
            "questions with answers", settings.TRANSCRIPT_DAYS, "asked_at",
            Question.objects.exclude(flagged_turn),
        ),
        (
            "finished readings", settings.READING_DAYS, "finished_at",
            ReadingSession.objects.exclude(flagged_reading),
        ),
        (
            "voices of answers", settings.ANSWER_AUDIO_DAYS, "created_at",
            Narration.objects.filter(audio__startswith=files.ANSWERS),
        ),
        ("audit entries", settings.AUDIT_DAYS, "at", AuditEntry.objects.all()),
    ]  # fmt: skip
    found = [
        Term(what, days, rows.filter(**{f"{when}__lt": _before(days)}).order_by())
        for what, days, when, rows in kinds
        if days
    ]
    return [*found, Term("sign-ins of staff", 0, Session.objects.filter(expire_date__lt=timezone.now()))]


def preview() -> Iterator[Outcome]:
    """Yield what `purge` would end now. Raises django.db.Error, and OSError or the storage's own."""
    for term in terms():
        yield Outcome(term.what, term.days, term.expired.count())
    yield Outcome("audio files without a row", settings.ANSWER_AUDIO_DAYS, len(_strays()))


def purge() -> Iterator[Outcome]:
    """End what has expired, in batches, and yield what that was. Safe to run at any time and at once.

    Raises django.db.Error, RedisError and SpeechError (of the storage); what was ended until then stays so.
    """
    for term in terms():
        count = 0
        while batch := list(term.expired.values_list("pk", flat=True)[:_BATCH]):
            _end(term, batch)
            count += len(batch)
        yield Outcome(term.what, term.days, count)
    strays = _strays()
    for name in strays:
        files.delete(name)
    yield Outcome("audio files without a row", settings.ANSWER_AUDIO_DAYS, len(strays))


def _end(term: Term, batch: list[Any]) -> None:
    if term.expired.model is Narration:
        service.forget(batch)
    else:  # traces of turns and readings go with them: see erasure
        term.expired.model._default_manager.filter(pk__in=batch).delete()


def _strays() -> list[str]:
    """Return audio of answers that no row knows: two workers voiced the same at once, or one died."""
    try:
        names = [files.ANSWERS + name for name in default_storage.listdir(files.ANSWERS)[1]]
    except FileNotFoundError:
        return []
    oldest = _before(settings.ANSWER_AUDIO_DAYS)
    strays = []
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        known = set(Narration.objects.filter(audio__in=batch).values_list("audio", flat=True))
        strays += [
            name for name in batch if name not in known and default_storage.get_modified_time(name) < oldest
        ]
    return strays


def _before(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
