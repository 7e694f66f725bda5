"""Live sessions are erased: their child is, or the reading is deleted.

A session's socket finds out by its next position or the next sweep, says HELLO again and hears that there is
no such session (4404). What a worker or a socket still says of it is refused: see lua/.
"""

from collections.abc import Sequence

import msgspec

from sessions.live import keys
from sessions.live.connection import Command, Script, execute

_erase = Script("erase")

# Longer than anybody takes from reading a session's row to putting it into Redis.
_ERASED_SECONDS = 60


async def erase(session_ids: Sequence[str], *, for_good: bool) -> dict[str, list[str]]:
    """Take all of these sessions out of Redis; return what was said in each that has such sentences.

    `for_good`: their rows have gone, and who has read one before does not put the session back.
    Two round trips, however many. Raises RedisError.
    """
    seconds = _ERASED_SECONDS if for_good else 0
    replies = await execute(
        *(
            _erase.on((*keys.session(session_id), keys.erased(session_id)), seconds)
            for session_id in session_ids
        )
    )
    due: list[str] = []
    said: dict[str, list[str]] = {}
    for session_id, reply in zip(session_ids, replies, strict=True):
        due += (keys.question(session_id, question_id.decode()) for question_id in reply[::2])
        entries = (msgspec.json.decode(entry) for entry in reply[1::2])
        if sentences := [sentence for entry in entries for sentence in entry.get("said") or ()]:
            said[session_id] = sentences
    await execute(
        Command(("ZREM", keys.DIRTY, *session_ids)),
        *([Command(("ZREM", keys.DUE, *due))] if due else []),
    )
    return said
