"""What one process tells the hub of another: that a message is owed, or that a socket has been succeeded.

It only saves time: what is lost on the way the other hub's sweep finds.
"""

import asyncio
import contextlib
import logging
import time
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from sessions.live.records import Published

logger = logging.getLogger(__name__)

_SECONDS = 1  # a channel layer that takes longer is as good as away


async def wake(session_id: str, published: Published) -> None:
    """Tell the process that serves the session's owner of a new message."""
    if not published.server:
        return
    event = {
        "type": "wake", "owner": published.owner, "seq": published.seq, "message": published.message,
        "at": time.time(),
    }  # fmt: skip
    try:
        await send(published.server, event)
    except (RedisError, OSError) as error:
        logger.warning("wake-up of session %s lost: %s", session_id, error)


async def evict(owner: str, server: str) -> None:
    """Tell a former owner, wherever it is, that it has been succeeded."""
    with contextlib.suppress(RedisError, OSError):
        await send(server, {"type": "evict", "owner": owner})


async def send(server: str, event: dict[str, Any]) -> None:
    """Send an event to a process's hub. The layer itself would wait long for a Redis that hangs."""
    async with asyncio.timeout(_SECONDS):
        await get_channel_layer().send(server, event)
