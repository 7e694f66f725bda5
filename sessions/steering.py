"""What a grown-up does to readings under way: pause a class, say something to it, end a reading.

A pause stands in Redis until it ends; the processes that serve children are told by the channel layer, and
look for themselves every few seconds. What is said is for this moment only, and is not kept.
"""

from channels.layers import get_channel_layer

from sessions.live import keys, store
from sessions.live.connection import Command, execute

HUBS = "hubs"  # the group of all processes' hubs
PAUSE_SECONDS = 1800  # a pause that nobody ends is over then


async def pause(classroom_id: int) -> None:
    """Let the narration of a class rest."""
    until = store.now() + PAUSE_SECONDS * 1000
    await execute(Command(("ZADD", keys.PAUSED, until, str(classroom_id))))
    await _announce({"type": "pauses"})


async def go_on(classroom_id: int) -> None:
    """Let a class go on."""
    await execute(Command(("ZREM", keys.PAUSED, str(classroom_id))))
    await _announce({"type": "pauses"})


async def paused_classes() -> frozenset[int]:
    """Return the classes that are paused now."""
    _, classes = await execute(
        Command(("ZREMRANGEBYSCORE", keys.PAUSED, "-inf", store.now())),
        Command(("ZRANGE", keys.PAUSED, 0, -1)),
    )
    return frozenset(map(int, classes))


async def say_to_class(classroom_id: int, text: str) -> None:
    """Have the tablets of a class show this."""
    await _announce({"type": "message", "classroom_id": classroom_id, "text": text})


async def end(session_id: str) -> bool:
    """Close the book on the child's tablet; its place is kept. False: no tablet has it open."""
    (head,) = await store.heads([session_id])
    if head is None or not head.owner:
        return False
    await _announce({"type": "end", "owner": head.owner})
    return True


async def _announce(event: dict[str, object]) -> None:
    await get_channel_layer().group_send(HUBS, event)
