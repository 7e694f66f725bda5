"""Checkpoints: live sessions written to PostgreSQL in batches, and read back when Redis has lost one."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from sessions.live import keys, places
from sessions.live.blocking import run
from sessions.live.connection import Command, execute
from sessions.live.records import DEFAULT_GRADE, LivePosition, Seed
from sessions.models import ReadingSession
from sessions.reading_time import seconds_read

logger = logging.getLogger(__name__)

BATCH = 500
# One statement for all sessions, with columns as arrays: a model and a parameter for each row cost ten times
# the CPU, and moments that cross as such a third. Rows are locked in one order, so that two who write the
# same ones cannot wait for each other.
_MOVE = """
    WITH place AS (
        SELECT id, word_index, audio_timestamp, to_timestamp(moment / 1000.0) AS moment, finished
        FROM unnest(%s::uuid[], %s::integer[], %s::integer[], %s::bigint[], %s::boolean[])
            AS place (id, word_index, audio_timestamp, moment, finished)
    ), before AS (
        SELECT session.id, session.word_index, session.last_active
        FROM reading_readingsession AS session JOIN place USING (id)
        WHERE session.finished_at IS NULL
            AND (session.last_active < place.moment OR session.word_index <> place.word_index)
        ORDER BY session.id
        FOR UPDATE OF session
    )
    UPDATE reading_readingsession AS session
    SET word_index = place.word_index, audio_timestamp = place.audio_timestamp, last_active = place.moment,
        finished_at = CASE WHEN place.finished THEN place.moment END
    FROM before JOIN place USING (id)
    WHERE session.id = before.id
    RETURNING session.id, (session.last_active AT TIME ZONE %s)::date, session.word_index - before.word_index,
        extract(epoch FROM session.last_active - before.last_active)::double precision
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
        positions = run(places.positions([str(row.pk) for row in rows]))
    except RedisError as error:
        logger.warning("live positions cannot be read (%s): checkpoints are shown", error)
        return
    for row, position in zip(rows, positions, strict=True):
        _move(row, position)


def write(session_ids: Sequence[str]) -> int:
    """Write the live positions of these sessions where they are newer; return how many rows changed.

    A session read to its end is finished by this. Two queries, however many sessions.
    """
    newest = [
        (session_id, place.word_index, place.audio_timestamp, place.position_at, place.finished)
        for session_id, place in zip(session_ids, run(places.positions(session_ids)), strict=True)
        if place is not None
    ]
    if not newest:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MOVE, [*_columns(newest), timezone.get_current_timezone_name()])
        moved = cursor.fetchall()
        read = [
            (session_id, day, time)
            for session_id, day, words, seconds in moved
            if (time := seconds_read(words, seconds))
        ]
        if read:
            cursor.execute(_ADD_TIME, _columns(read))
    return len(moved)


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _move(row: ReadingSession, position: LivePosition | None) -> None:
    """Move a row to its live position, in memory, where there is a newer one."""
    if position is None or row.finished_at is not None:
        return
    moment = datetime.fromtimestamp(position.position_at / 1000, UTC)
    if moment <= row.last_active and position.word_index == row.word_index:
        return
    row.word_index = position.word_index
    row.audio_timestamp = position.audio_timestamp
    row.last_active = moment
    row.finished_at = moment if position.finished else None


def write_all() -> int:
    """Write every session that has moved since its last checkpoint; return how many rows changed.

    If PostgreSQL is away this raises django.db.Error; the sessions stay on the list for the next time, and
    in Redis however long that takes.
    """
    written = 0
    while moved := run(places.dirty(BATCH)):
        try:
            written += write(list(moved))
        except Error:
            run(_stay())
            raise
        run(places.clean(moved))
        if len(moved) < BATCH:
            break
    return written


async def _stay() -> None:
    """Begin the time anew after which Redis forgets a session, for all that wait for their checkpoint."""
    waiting = await places.dirty(_ALL)
    commands = [
        Command(("EXPIRE", name, settings.LIVE_SESSION_TTL))
        for session_id in waiting
        for name in keys.session(session_id)
    ]
    for start in range(0, len(commands), BATCH):
        await execute(*commands[start : start + BATCH])
