"""The children of a proof: a class in PostgreSQL, a live session each, and what is true of them at the end.

Django must have been set up for the house before this is imported.
"""

import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from readerai.celery import app
from readerai.loadtest.child import Manners, SimulatedChild
from readerai.loadtest.ledger import Ledger, Question
from sessions import checkpoint, tickets
from sessions.live import keys, places, store
from sessions.live.blocking import run
from sessions.live.connection import Command, close, execute
from sessions.models import Book, Classroom, ReadingSession, School, Student
from tutoring.models import Question as Turn

# A question that has not ended by then has met no deadline: the reader page gives up at 45 s.
PATIENCE_SECONDS = 60
CHECKPOINT_PATIENCE_SECONDS = 20
WORKERS_PATIENCE_SECONDS = 60
_FINAL = {"ended", "cancelled"}


def enrol(url: str, children: int, random: Random) -> list[SimulatedChild]:
    """Return so many children, each with a session somewhere in the first half of one of the books."""
    classroom = Classroom.objects.create(school=School.objects.create(name="Proof School"), name="Foxes")
    students = Student.objects.bulk_create(
        Student(classroom=classroom, name=f"Child {number}") for number in range(children)
    )
    books = list(Book.objects.all())
    rows = []
    for student in students:
        book = random.choice(books)
        rows.append(
            ReadingSession(student=student, book=book, word_index=random.randrange(book.word_count // 2))
        )
    ReadingSession.objects.bulk_create(rows)
    for row in rows:
        run(store.seed(checkpoint.seed_of(row)))
    run(close())  # these connections would not outlive what is done to Redis
    return [
        SimulatedChild(
            [url],
            str(row.pk),
            f"{tickets.COOKIE}={tickets.sign(tickets.of(row.student))}",
            Ledger(word_count=row.book.word_count),
            Manners(patience=PATIENCE_SECONDS),
        )
        for row in rows
    ]


def wait_for_workers(number: int) -> None:
    """Return once so many workers take jobs. Raises RuntimeError if they do not."""
    for _ in range(WORKERS_PATIENCE_SECONDS):
        if len(app.control.ping(timeout=1)) >= number:
            return
    raise RuntimeError(f"fewer than {number} workers answer after {WORKERS_PATIENCE_SECONDS} s")


class Differences(NamedTuple):
    """How many sessions or questions the servers see otherwise than the children; all must be 0."""

    word_in_redis: int
    word_in_postgres: int
    open_in_redis: int  # questions without a final state
    otherwise_in_postgres: int  # the turn that was recorded ended otherwise than for the child


async def compare(children: Sequence[SimulatedChild]) -> Differences:
    """Compare each child's ledger with Redis and, as soon as the checkpoint was written, with PostgreSQL."""
    words = {child.session_id: child.ledger.word_index for child in children}
    live = await asyncio.to_thread(run, places.positions(list(words)))
    in_redis = sum(
        position is None or position.word_index != word
        for position, word in zip(live, words.values(), strict=True)
    )
    for _ in range(CHECKPOINT_PATIENCE_SECONDS):
        in_postgres = await asyncio.to_thread(_behind, words)
        if not in_postgres:
            break
        await asyncio.sleep(1)
    asked = {name: question for child in children for name, question in child.ledger.questions.items()}
    return Differences(
        in_redis,
        in_postgres,
        await asyncio.to_thread(run, _open(list(words))),
        await asyncio.to_thread(_otherwise, asked),
    )


def _behind(words: dict[str, int]) -> int:
    rows = ReadingSession.objects.filter(pk__in=words).values_list("pk", "word_index")
    return len(words) - sum(words[str(pk)] == word_index for pk, word_index in rows)


async def _open(session_ids: list[str]) -> int:
    ledgers = await execute(*(Command(("HVALS", keys.session(session_id)[2])) for session_id in session_ids))
    return sum(
        json.loads(question)["status"] not in _FINAL for questions in ledgers for question in questions
    )


def _otherwise(asked: dict[str, Question]) -> int:
    ended = {True: Turn.Outcome.ANSWERED, False: Turn.Outcome.FAILED}
    return sum(
        asked[str(turn.pk)].ended_at is not None
        and turn.outcome != ended[asked[str(turn.pk)].promised is not None]
        for turn in Turn.objects.filter(pk__in=asked)
    )
