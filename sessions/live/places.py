"""Where the children of live sessions are: told by their servers, listed until PostgreSQL has it, read back.

Errors are those of `store`.
"""

from collections.abc import Sequence

from django.conf import settings

from sessions.live import keys
from sessions.live.connection import Command, Script, by_slot, client, execute
from sessions.live.records import LiveError, LivePosition, LiveProgress, SessionAbsent, SessionFenced
from sessions.live.store import now

_progress = Script("progress", shared=True)
_clean = Script("clean")

# One script call keeps Redis for about so many times 5 microseconds.
_PROGRESS_BATCH = 100


async def progress(updates: Sequence[LiveProgress]) -> list[int | LiveError]:
    """Write many sessions' newest positions and list them for the checkpoint, in one round trip.

    Returns for each its newest seq, or how it was refused. Sessions on one slot of a Redis Cluster
    go by one call of the script, and all do on a Redis that is none.
    """
    moment = now()
    batches = [
        members[start : start + _PROGRESS_BATCH]
        for members in by_slot([update.session_id for update in updates])
        for start in range(0, len(members), _PROGRESS_BATCH)
    ]
    dirty = [part for update in updates for part in (moment, update.session_id)]
    _, *replies = await execute(
        Command(("ZADD", keys.DIRTY, *dirty)),
        *(_progress_of([updates[index] for index in batch], moment) for batch in batches),
    )
    results: list[int | LiveError] = [0] * len(updates)
    for batch, reply in zip(batches, replies, strict=True):
        for index, seq in zip(batch, reply, strict=True):
            results[index] = seq if seq >= 0 else _refusal(seq, updates[index].session_id)
    return results


def _progress_of(updates: Sequence[LiveProgress], moment: int) -> Command:
    names: list[str] = []
    arguments: list[str | bytes | int] = [moment, settings.LIVE_SESSION_TTL]
    for update in updates:
        names += keys.session(update.session_id)
        arguments += (
            update.owner,
            update.word_index,
            update.audio_timestamp,
            1 if update.playing else 0,
            update.ack,
            update.at or moment,
        )
    return _progress.on(names, *arguments)


def _refusal(code: int, session_id: str) -> LiveError:
    return SessionAbsent(session_id) if code == -1 else SessionFenced(session_id)


async def positions(session_ids: Sequence[str]) -> list[LivePosition | None]:
    """Return where many sessions are, in one round trip; None for one that is not in Redis."""
    replies = await execute(
        *(
            Command(("HMGET", keys.session(session_id)[0], *LivePosition._fields))
            for session_id in session_ids
        )
    )
    return [LivePosition(*map(int, values)) if values[0] is not None else None for values in replies]


async def dirty(limit: int) -> dict[str, int]:
    """Return the sessions that moved since their checkpoint and when, longest waiting first."""
    return {
        member.decode(): int(score)
        for member, score in await client().zrange(keys.DIRTY, 0, limit - 1, withscores=True)
    }


async def clean(sessions: dict[str, int]) -> None:
    """Take sessions off the list, except those that have moved again since `dirty` returned them."""
    if sessions:
        await execute(_clean.on((keys.DIRTY,), *[part for pair in sessions.items() for part in pair]))
