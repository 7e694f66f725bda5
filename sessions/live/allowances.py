"""How often one child may do something, whatever server it comes to: `sessions.pace` in Redis."""

from sessions.live import keys
from sessions.live.connection import Script, execute
from sessions.live.store import now

_allow = Script("allow")


async def take(what: str, student_id: int, *, at_once: int, seconds: int) -> bool:
    """Let a child do something once, if it may now: `at_once` times, then once in so many seconds. 0: always.

    What is refused costs nothing. Raises RedisError.
    """
    if not seconds:
        return True
    name = keys.pace(what, student_id)
    (allowed,) = await execute(_allow.on((name,), now(), at_once, seconds * 1000))
    return bool(allowed)
