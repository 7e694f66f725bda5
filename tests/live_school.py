"""Children of the cast who read right now: their sessions in PostgreSQL, in Redis and in the index."""

import msgspec
import pytest

from sessions import heartbeat, protocol
from sessions.checkpoint import seed_of
from sessions.live import index, keys, places, store
from sessions.live.blocking import run
from sessions.live.connection import Command, execute
from sessions.live.records import Present
from sessions.models import Book, Page, ReadingSession, Student

SERVER = heartbeat.Heartbeat(
    name="tower:17",
    channel="hub.tower",
    sockets=1000,
    target=5000,
    memory=150 << 20,
    memory_alone=100 << 20,
    draining=False,
    at=0,
)


def kite() -> Book:
    """A book of two pages of three words."""
    book, new = Book.objects.get_or_create(
        content_hash="kite", defaults={"title": "The Kite", "level": 3.0, "word_count": 6, "page_count": 2}
    )
    if new:
        for number, text in enumerate(("The kite flew.", "It came down."), 1):
            Page.objects.create(book=book, number=number, text=text, first_word=number * 3 - 3, word_count=3)
    return book


def reads(
    student: Student, book: Book | None = None, *, word: int = 4, playing: bool = True
) -> ReadingSession:
    """Let a child read a book, at this word."""
    row = ReadingSession.objects.create(student=student, book=book or kite())
    run(_read(row, word, playing))
    return row


async def _read(row: ReadingSession, word: int, playing: bool) -> None:
    session_id, classroom = str(row.pk), row.student.classroom
    await store.seed(seed_of(row))
    await store.restore(session_id, row.student_id, "tablet", SERVER.channel, protocol.HelloPayload())
    await places.progress([store.LiveProgress(session_id, "tablet", word, 900, playing, 0)])
    await index.enter([Present(session_id, classroom.pk, classroom.school_id)])


def serves(**changes: object) -> heartbeat.Heartbeat:
    """Let a web process tell of itself."""
    beat = msgspec.structs.replace(SERVER, at=store.now(), **changes)
    run(execute(Command(("HSET", keys.SERVERS, beat.name, msgspec.msgpack.encode(beat)))))
    return beat


@pytest.fixture
def nobody_reads() -> None:
    """Redis knows of no live session, no pause and no server."""
    run(_forget())


async def _forget() -> None:
    (names,) = await execute(Command(("KEYS", "reading:*")))
    await execute(*(Command(("DEL", name)) for name in names))
