"""The school of a load test: many children, each reading the same long book; gone when the test ends."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError

from sessions import checkpoint, tickets
from sessions.importing.content import BookContent
from sessions.importing.store import store_book
from sessions.live import store
from sessions.live.blocking import run
from sessions.models import Book, Classroom, ReadingSession, School, Student
from sessions.paging import Chapter

NAME = "Load test"
_TRIES = 3
_AT_ONCE = 200  # calls to Redis, rows to PostgreSQL
_SENTENCES = (
    "The fox sat under the old tree and looked at the moon.",
    "A small owl came down and asked what the fox was waiting for.",
    "Nobody in the wood had ever seen so many stars in one night.",
    "They walked along the river until the morning came.",
)


@dataclass(frozen=True)
class Pupil:
    """A simulated child's reading session, and the Cookie header that signs the child in."""

    session_id: str
    cookie: str


@dataclass(frozen=True)
class LoadTestSchool:
    """What was made: the pupils, and how long their book is."""

    pupils: tuple[Pupil, ...]
    word_count: int
    book_id: int


@contextlib.contextmanager
def school_of(students: int, words: int) -> Iterator[LoadTestSchool]:
    """Make a school with so many children who read a book of about so many words; remove all of it after.

    Every child's session is in Redis, as when its reader page has been opened.
    """
    school = School.objects.create(name=NAME)
    try:
        yield _fill(school, students, words)
    finally:
        _delete(school)


def remove_leftovers() -> int:
    """Remove the schools of load tests that were killed; return how many there were."""
    left = list(School.objects.filter(name=NAME))
    for school in left:
        _delete(school)
    return len(left)


def _fill(school: School, students: int, words: int) -> LoadTestSchool:
    book = _book(school, words)
    classroom = Classroom.objects.create(school=school, name=NAME)
    children = Student.objects.bulk_create(
        (Student(classroom=classroom, name=f"Child {number}") for number in range(students)), _AT_ONCE
    )
    sessions = ReadingSession.objects.bulk_create(
        (ReadingSession(student=child, book=book) for child in children), _AT_ONCE
    )
    _in_batches([store.seed(checkpoint.seed_of(session)) for session in sessions])
    pupils = tuple(
        Pupil(str(session.pk), f"{tickets.COOKIE}={tickets.sign(tickets.of(child))}")
        for session, child in zip(sessions, children, strict=True)
    )
    return LoadTestSchool(pupils, book.word_count, book.pk)


def _book(school: School, words: int) -> Book:
    """Return a book of that school alone, with pages of real sentences."""
    round_of_words = sum(len(sentence.split()) for sentence in _SENTENCES)
    paragraphs = [" ".join(_SENTENCES)] * (words // round_of_words + 1)
    return store_book(BookContent(NAME, (Chapter("", "\n\n".join(paragraphs)),), language="en"), school)[0]


def _delete(school: School) -> None:
    """Delete a school and all that is kept of its children.

    Of two who want the same rows, PostgreSQL may end this one instead of a checkpoint.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(OperationalError):
            school.delete()
            return
    school.delete()


def _in_batches(work: Sequence[Coroutine[Any, Any, object]]) -> None:
    for start in range(0, len(work), _AT_ONCE):
        run(_all(work[start : start + _AT_ONCE]))


async def _all(work: Sequence[Coroutine[Any, Any, object]]) -> None:
    await asyncio.gather(*work)
