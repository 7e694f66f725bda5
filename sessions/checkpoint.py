"""Checkpoints: live sessions written to PostgreSQL in batches, and read back when Redis has lost one."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from sessions.live import keys, store
from sessions.live.blocking import run
from sessions.live.connection import Command, execute
from sessions.live.records import DEFAULT_GRADE, LivePosition, Seed
from sessions.models import ReadingSession
from sessions.reading_time import seconds_read

logger = logging.getLogger(__name__)

BATCH = 500
# Columns as arrays: Django's bulk_update takes 0.7 ms of CPU a row to write its query, all of `write` 0.05.
_MOVE = """
    UPDATE reading_readingsession AS session
    SET word_index = moved.word_index, audio_timestamp = moved.audio_timestamp,
        last_active = moved.last_active, finished_at = moved.finished_at
    FROM unnest(%s::uuid[], %s::integer[], %s::integer[], %s::timestamptz[], %s::timestamptz[])
        AS moved (id, word_index, audio_timestamp, last_active, finished_at)
    WHERE session.id = moved.id
"""
_ADD_TIME = """
    INSERT INTO reading_readingtime (session_id, day, seconds)
    SELECT * FROM unnest(%s::uuid[], %s::date[], %s::double precision[])
    ON CONFLICT (session_id, day) DO UPDATE SET seconds = reading_readingtime.seconds + EXCLUDED.seconds
"""
_ALL = 2**31


class NoSuchSession(Exception):
    """There is no such reading session of this student."""


@database_sync_to_async
def load(session_id: str, student_id: int) -> Seed:
    """Return what a live session is rebuilt from. Raises NoSuchSession."""
    try:
        row = ReadingSession.objects.select_related("book", "student").get(
            pk=session_id, student_id=student_id
        )
    except ReadingSession.DoesNotExist:
        raise NoSuchSession(session_id) from None
    return seed_of(row)


def seed_of(row: ReadingSession) -> Seed:
    """Return a checkpoint as the beginning of a live session."""
    grade = row.student.grade_for(row.book)
    return Seed(
        session_id=str(row.pk),
        student_id=row.student_id,
        book_id=row.book_id,
        word_count=row.book.word_count,
        word_index=row.word_index,
        audio_timestamp=row.audio_timestamp,
        position_at=int(row.last_active.timestamp() * 1000),
        grade=DEFAULT_GRADE if grade is None else grade,
    )


def bring_up_to_date(rows: Sequence[ReadingSession]) -> None:
    """Move these rows to where their live sessions are, in memory only, in one round trip to Redis.

    With Redis away they stay as they are: a little behind is better than nothing.
    """
    if not rows:
        return
    try:
        positions = run(store.positions([str(row.pk) for row in rows]))
    except RedisError as error:
        logger.warning("live positions cannot be read (%s): checkpoints are shown", error)
        return
    for row, position in zip(rows, positions, strict=True):
        _move(row, position)


def write(session_ids: Sequence[str]) -> int:
    """Write the live positions of these sessions where they are newer; return how many rows changed.

    A session read to its end is finished by this. Three queries, however many sessions.
    """
    positions = dict(zip(session_ids, run(store.positions(session_ids)), strict=True))
    with transaction.atomic():
        # In one order, so that two who lock the same rows cannot wait for each other.
        rows = ReadingSession.objects.select_for_update().order_by("pk").in_bulk(session_ids)
        before = {pk: (row.word_index, row.last_active) for pk, row in rows.items()}
        changed = [row for pk, row in rows.items() if _move(row, positions[str(pk)])]
        if changed:
            _save(changed)
            _count_time(changed, before)
    return len(changed)


def _save(rows: Sequence[ReadingSession]) -> None:
    """Write the places of these rows."""
    columns = zip(
        *((row.pk, row.word_index, row.audio_timestamp, row.last_active, row.finished_at) for row in rows),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(column) for column in columns])


def _count_time(rows: Sequence[ReadingSession], before: Mapping[UUID, tuple[int, datetime]]) -> None:
    """Add what was read since the places before to the reading time of the day."""
    read = []
    for row in rows:
        word_index, last_active = before[row.pk]
        seconds = seconds_read(row.word_index - word_index, (row.last_active - last_active).total_seconds())
        if seconds:
            read.append((row.pk, timezone.localdate(row.last_active), seconds))
    if read:
        with connection.cursor() as cursor:
            cursor.execute(_ADD_TIME, [list(column) for column in zip(*read, strict=True)])


def _move(row: ReadingSession, position: LivePosition | None) -> bool:
    """Move a row to a newer live position; return whether there was one."""
    if position is None or row.finished_at is not None:
        return False
    moment = datetime.fromtimestamp(position.position_at / 1000, UTC)
    if moment <= row.last_active and position.word_index == row.word_index:
        return False
    row.word_index = position.word_index
    row.audio_timestamp = position.audio_timestamp
    row.last_active = moment
    row.finished_at = moment if position.finished else None
    return True


def write_all() -> int:
    """Write every session that has moved since its last checkpoint; return how many rows changed.

    If PostgreSQL is away this raises django.db.Error; the sessions stay on the list for the next time, and
    in Redis however long that takes.
    """
    written = 0
    while moved := run(store.dirty(BATCH)):
        try:
            written += write(list(moved))
        except Error:
            run(_stay())
            raise
        run(store.clean(moved))
        if len(moved) < BATCH:
            break
    return written


async def _stay() -> None:
    """Begin the time anew after which Redis forgets a session, for all that wait for their checkpoint."""
    waiting = await store.dirty(_ALL)
    commands = [
        Command(("EXPIRE", name, settings.LIVE_SESSION_TTL))
        for session_id in waiting
        for name in keys.session(session_id)
    ]
    for start in range(0, len(commands), BATCH):
        await execute(*commands[start : start + BATCH])
