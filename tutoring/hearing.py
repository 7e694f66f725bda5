"""How much of each answer was heard, on its way from the child's tablet to the turn in PostgreSQL.

A turn is written when its answer ends, and heard later: what was heard waits in Redis, question -> what,
until `write_all` finds the turn. Nothing of this is needed to read on.
"""

import logging
from collections.abc import Container

import msgspec
from django.db import connection
from redis.exceptions import RedisError

from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.live.store import now
from tutoring import metrics
from tutoring.models import Question

logger = logging.getLogger(__name__)

_KEY = "heard:later"
_BATCH = 500
_MOST = 100_000  # waiting; more come from no class of children
_TURN_WITHIN_MS = 3_600_000  # PostgreSQL may be away, and the turn with it
# One statement for all turns, with columns as arrays: with a condition for each row, as `bulk_update` has it,
# 500 rows are looked through 500 times. Nobody hears more sentences than an answer has lines.
_HEAR = """
    UPDATE tutoring_question AS turn
    SET heard_ms = heard.after_ms, heard_sentences = least(
        heard.sentences,
        CASE WHEN turn.answer = '' THEN 0
        ELSE 1 + length(turn.answer) - length(replace(turn.answer, chr(10), '')) END
    )
    FROM unnest(%s::uuid[], %s::uuid[], %s::integer[], %s::integer[])
        AS heard (id, session_id, sentences, after_ms)
    WHERE turn.id = heard.id AND turn.session_id = heard.session_id
"""


class Heard(msgspec.Struct, array_like=True, frozen=True):
    """What a tablet said of one question."""

    session_id: str
    sentences: int
    after_ms: int
    said_at_ms: int


def note(session_id: str, question_id: str, sentences: int, after_ms: int) -> None:
    """Keep what was heard until the turn is there; with Redis away it is lost and logged."""
    metrics.count_heard(after_ms)
    try:
        run(_keep(question_id, Heard(session_id, sentences, after_ms, now())))
    except RedisError as error:
        logger.warning("question %s: what was heard of it is lost: %s", question_id, type(error).__name__)


def forget(session_ids: Container[str]) -> None:
    """Forget what waits to be written of these readings. Raises RedisError."""
    for batch in run(_waiting()):
        gone = [question_id for question_id, heard in batch.items() if heard.session_id in session_ids]
        if gone:
            run(_remove(gone))


def write_all() -> int:
    """Write what was heard of the turns that are there; return how many.

    What a tablet says of a question of another session is dropped, and so is what finds no turn in an hour.
    Raises django.db.Error and RedisError.
    """
    written = 0
    for batch in run(_waiting()):
        there = {str(found) for found in Question.objects.filter(pk__in=batch).values_list("pk", flat=True)}
        with connection.cursor() as cursor:
            cursor.execute(
                _HEAR,
                [
                    list(batch),
                    [heard.session_id for heard in batch.values()],
                    [heard.sentences for heard in batch.values()],
                    [heard.after_ms for heard in batch.values()],
                ],
            )
            written += cursor.rowcount
        too_old = now() - _TURN_WITHIN_MS
        done = [each for each, heard in batch.items() if each in there or heard.said_at_ms < too_old]
        if done:
            run(_remove(done))
    return written


async def _keep(question_id: str, heard: Heard) -> None:
    if await client().hlen(_KEY) < _MOST:
        await client().hset(_KEY, question_id, msgspec.msgpack.encode(heard))


async def _waiting() -> list[dict[str, Heard]]:
    """Return all that waits, in batches."""
    batches: list[dict[str, Heard]] = []
    async for question_id, heard in client().hscan_iter(_KEY, count=_BATCH):
        if not batches or len(batches[-1]) >= _BATCH:
            batches.append({})
        batches[-1][question_id.decode()] = msgspec.msgpack.decode(heard, type=Heard)
    return batches


async def _remove(question_ids: list[str]) -> None:
    await client().hdel(_KEY, *question_ids)
