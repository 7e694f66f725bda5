"""A live session is erased: its child is, or the reading is deleted.

Its socket finds out by its next position or the next sweep, says HELLO again and hears that there is no such
session (4404). What a worker or a socket still says of it is refused: see lua/.
"""

import msgspec

from sessions.live import keys
from sessions.live.connection import Command, Script, execute

_erase = Script("erase")

# Longer than anybody takes from reading a session's row to putting it into Redis.
_ERASED_SECONDS = 60


async def erase(session_id: str, *, for_good: bool) -> list[str]:
    """Take all of a session out of Redis; return the sentences said in it. Raises RedisError.

    `for_good`: its row has gone, and who has read that before does not put the session back.
    """
    names = (*keys.session(session_id), keys.erased(session_id))
    (reply,) = await execute(_erase.on(names, _ERASED_SECONDS if for_good else 0))
    ids, entries = reply[::2], reply[1::2]
    due = [keys.question(session_id, question_id.decode()) for question_id in ids]
    await execute(
        Command(("ZREM", keys.DIRTY, session_id)),
        *([Command(("ZREM", keys.DUE, *due))] if due else []),
    )
    return [sentence for entry in entries for sentence in msgspec.json.decode(entry).get("said") or ()]
