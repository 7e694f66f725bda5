"""The index of live sessions: who is connected, by class, by school and in all, for those who look on.

A process enters its sessions when they come and once a minute from then on. A session that nobody has
entered for a while has no child connected any more, and leaves the index some minutes later.
"""

import asyncio
from collections.abc import Sequence

from sessions.live import keys
from sessions.live.connection import Command, client, execute
from sessions.live.records import Doing, Glimpse, Present
from sessions.live.store import now

REFRESH_SECONDS = 60
_AWAY_MS = 150_000  # not entered for so long: the process that served it has died
SHOWN_SECONDS = 600  # then a session whose child is away is shown no more

_FIELDS = (
    "word_index", "word_count", "audio_timestamp", "position_at", "state", "last_active", "server_id",
    "question_id",
)  # fmt: skip


async def enter(present: Sequence[Present]) -> None:
    """Say that these are connected; all in one round trip."""
    moment = now()
    lists: dict[str, list[str | int]] = {}
    for one in present:
        for name in (
            keys.LIVE,
            keys.live_in_school(one.school_id),
            keys.live_in_class(one.classroom_id),
        ):
            lists.setdefault(name, []).extend((moment, one.session_id))
    await execute(
        *(
            command
            for name, members in lists.items()
            for command in (
                Command(("ZADD", name, *members)),
                Command(("ZREMRANGEBYSCORE", name, "-inf", moment - SHOWN_SECONDS * 1000)),
                Command(("EXPIRE", name, SHOWN_SECONDS)),
            )
        )
    )


async def count(names: Sequence[str]) -> list[int]:
    """Return how many sessions each of these lists has."""
    oldest = now() - SHOWN_SECONDS * 1000
    return await execute(*(Command(("ZCOUNT", name, oldest, "+inf")) for name in names))


async def newest(names: Sequence[str], start: int, number: int) -> dict[str, int]:
    """Return a page of the sessions of these lists together, and when each was entered; the newest first.

    The lists share no session. Of each of several no more than `start + number` are looked at.
    """
    oldest = now() - SHOWN_SECONDS * 1000
    skipped = start if len(names) == 1 else 0
    wanted = start + number - skipped
    replies = await asyncio.gather(
        *(
            client().zrevrangebyscore(name, "+inf", oldest, start=skipped, num=wanted, withscores=True)
            for name in names
        )
    )
    entries = [(int(entered), session_id.decode()) for reply in replies for session_id, entered in reply]
    entries.sort(reverse=True)
    return {session_id: entered for entered, session_id in entries[start - skipped : wanted]}


async def entered(session_ids: Sequence[str]) -> dict[str, int]:
    """Return which of these are live, in the same order, and when each was entered."""
    if not session_ids:
        return {}
    (scores,) = await execute(Command(("ZMSCORE", keys.LIVE, *session_ids)))
    return {
        session_id: int(float(score))
        for session_id, score in zip(session_ids, scores, strict=True)
        if score is not None
    }


async def glimpses(entered_at: dict[str, int]) -> list[Glimpse]:
    """Return what is to be seen of these, given when each was entered; without those that Redis lost."""
    replies = await execute(
        *(Command(("HMGET", keys.session(session_id)[0], *_FIELDS)) for session_id in entered_at)
    )
    connected_since = now() - _AWAY_MS
    found = []
    for (session_id, moment), reply in zip(entered_at.items(), replies, strict=True):
        if reply[0] is None:
            continue
        word_index, word_count, audio_timestamp, position_at = map(int, reply[:4])
        connected = moment >= connected_since
        found.append(
            Glimpse(
                session_id=session_id,
                word_index=word_index,
                word_count=word_count,
                audio_timestamp=audio_timestamp,
                position_at=position_at,
                doing=Doing(reply[4].decode()) if connected else Doing.AWAY,
                seen_at=max(moment, int(reply[5])),
                server=reply[6].decode() if connected else "",
                question_id=reply[7].decode(),
            )
        )
    return found


async def glimpse(session_id: str) -> Glimpse | None:
    """Return what is to be seen of one session; None where it is not in Redis."""
    found = await glimpses({session_id: now()})
    return found[0] if found else None
