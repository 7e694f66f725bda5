"""A child goes, and nothing of it stays: rows, live sessions, what waits in Redis, kept answers, audio.

However a reading session is deleted (its child is erased, its class, school or book deleted), the same
receiver runs. It forgets once before the rows go, so that a process that dies now has done it, and once more
when nobody can write new ones: what a worker said in between has no row to belong to, and the worker deletes
it itself.
"""

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from sessions import audit, throttle
from sessions.live import erasing
from sessions.live.blocking import run
from sessions.models import ReadingSession, Student
from tutoring import flags, hearing, turns
from tutoring.models import Question
from tutoring.privacy.traces import Traces, voices_of


def erase(student: Student, user: User | None = None) -> None:
    """Erase a child, on behalf of a grown-up (None: of a command), and record that; all or nothing of it.

    Raises RedisError, django.db.Error and SpeechError (of the storage): then the child is still there.
    """
    with transaction.atomic():
        audit.record(user, audit.Action.ERASED, student)
        student.delete()


@receiver(pre_delete, sender=Student)
def _child_goes(sender: object, instance: Student, **_: Any) -> None:
    throttle.forget(throttle.Tries(throttle.STUDENT, instance.pk))


@receiver(pre_delete, sender=ReadingSession)
def _reading_goes(sender: object, instance: ReadingSession, **_: Any) -> None:
    turns_there = list(Question.objects.filter(session=instance).only("voices", "kept_as"))
    forget = partial(_forget, str(instance.pk), instance.book_id, turns_there)
    forget(for_good=False)
    transaction.on_commit(partial(forget, for_good=True), robust=True)


@receiver(pre_delete, sender=Question)
def _turn_goes(sender: object, instance: Question, origin: Any, **_: Any) -> None:
    """A turn that goes with its reading has been seen to; one by itself takes its own traces."""
    alone = origin.model if isinstance(origin, QuerySet) else type(origin)
    if alone is Question:
        transaction.on_commit(Traces.of([instance]).delete, robust=True)


def _forget(session_id: str, book_id: int, turns_there: list[Question], *, for_good: bool) -> None:
    """Forget all that is kept of a reading outside its rows."""
    said = run(erasing.erase(session_id, for_good=for_good))
    flags.take_of(session_id)
    hearing.forget(session_id)
    waiting = turns.take_of(session_id)
    Traces.of([*turns_there, *waiting], voices_of(said, book_id)).delete()
