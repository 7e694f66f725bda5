"""A child goes, and nothing of it stays: rows, live sessions, what waits in Redis, kept answers, audio.

However a reading session is deleted (its child is erased, its class, school or book deleted), the same
receivers run. They forget once before the deletion is committed, so that a process that dies then has done
it, and once more when nobody can write new rows: what a worker said in between has no row to belong to, and
the worker deletes it itself.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from sessions import audit, throttle
from sessions.live import erasing
from sessions.live.blocking import run
from sessions.models import ReadingSession, Student
from tutoring import flags, hearing, turns
from tutoring.models import Question
from tutoring.privacy.traces import Traces, voices_of

_BATCH = 500  # children, or readings, at once
Item = TypeVar("Item")


def erase(student: Student, user: User | None = None) -> None:
    """Erase a child, on behalf of a grown-up (None: of a command), and record that; all or nothing of it.

    Raises RedisError, django.db.Error and SpeechError (of the storage): then the child is still there.
    """
    with transaction.atomic():
        audit.record(user, audit.Action.ERASED, student)
        student.delete()


@dataclass
class _Going:
    """What one deletion takes with it. Forgotten together: a school has thousands of children."""

    origin: object  # on what the deletion was called
    students: list[int] = field(default_factory=list)
    readings: dict[str, int] = field(default_factory=dict)  # session -> its book
    turns: list[Question] = field(default_factory=list)

    def forget(self, *, for_good: bool) -> None:
        """Forget all that is kept of it outside its rows. Raises RedisError, Error and SpeechError."""
        for students in _batches(self.students):
            throttle.forget(*(throttle.Tries(throttle.STUDENT, student) for student in students))
        turns_there, voices = list(self.turns), []
        for sessions in _batches(list(self.readings)):
            said = run(erasing.erase(sessions, for_good=for_good))
            for session_id, sentences in said.items():
                voices += voices_of(sentences, self.readings[session_id])
        if self.readings:
            flags.take_of(self.readings)
            hearing.forget(self.readings)
            turns_there += turns.take_of(self.readings)
        Traces.of(turns_there, voices).delete()


class _Thread(threading.local):
    """A deletion runs in one thread: it tells of all its rows, and only then the first of them goes."""

    going: _Going | None = None


_here = _Thread()


def _going_with(origin: object) -> _Going:
    if _here.going is None or _here.going.origin is not origin:
        _here.going = _Going(origin)
    return _here.going


@receiver(pre_delete, sender=Student)
def _child_goes(sender: object, instance: Student, origin: object, **_: Any) -> None:
    _going_with(origin).students.append(instance.pk)


@receiver(pre_delete, sender=ReadingSession)
def _reading_goes(sender: object, instance: ReadingSession, origin: object, **_: Any) -> None:
    _going_with(origin).readings[str(instance.pk)] = instance.book_id


@receiver(pre_delete, sender=Question)
def _turn_goes(sender: object, instance: Question, origin: object, **_: Any) -> None:
    _going_with(origin).turns.append(instance)


@receiver(post_delete, sender=Student)
@receiver(post_delete, sender=ReadingSession)
@receiver(post_delete, sender=Question)
def _first_has_gone(sender: object, **_: Any) -> None:
    going, _here.going = _here.going, None
    if going is None:
        return
    if going.students or going.readings:
        going.forget(for_good=False)
    transaction.on_commit(partial(going.forget, for_good=True), robust=True)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
