"""Sessions that a grown-up follows: meanwhile a group of the channel layer is told where they are.

Whoever follows says so to all hubs every few seconds; the one that serves the session answers to the group.
A session that nobody follows costs a look into an empty dictionary.
"""

import asyncio
import contextlib
import time
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from sessions.background import in_background
from sessions.live.records import LiveProgress
from sessions.live.store import now
from sessions.steering import HUBS

SAY_SECONDS = 5  # from one word of a follower to the next
_FORGET_SECONDS = 3 * SAY_SECONDS
_SEND_SECONDS = 1  # a channel layer that takes longer is as good as away


def group(session_id: str) -> str:
    """Return the name of the group in which a session is told of."""
    return f"follow.{session_id}"


async def ask_hubs(session_id: str) -> None:
    """Say that somebody follows this session, now and for some seconds. Raises RedisError."""
    await get_channel_layer().group_send(HUBS, {"type": "follow", "session_id": session_id})


class Followed:
    """The sessions that somebody follows, as far as this process knows."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def add(self, session_id: str) -> None:
        """Somebody follows this session; whom nobody has named lately is forgotten."""
        moment = time.monotonic()
        self._until = {known: until for known, until in self._until.items() if until > moment}
        self._until[session_id] = moment + _FORGET_SECONDS

    def knows(self, session_id: str) -> bool:
        """Tell whether somebody follows this session."""
        return session_id in self._until

    def moved(self, progress: LiveProgress) -> None:
        """A position of a session was written."""
        if progress.session_id in self._until:
            self._tell(
                progress.session_id,
                {
                    "type": "follow.moved",
                    "word_index": progress.word_index,
                    "audio_timestamp": progress.audio_timestamp,
                    "playing": progress.playing,
                    "at": progress.at or now(),
                },
            )

    def said(self, session_id: str, message: bytes) -> None:
        """A durable message is on its way to a session's child."""
        if self.knows(session_id):
            self._tell(session_id, {"type": "follow.said", "message": message})

    def left(self, session_id: str) -> None:
        """A session's socket has gone."""
        if self.knows(session_id):
            self._tell(session_id, {"type": "follow.left"})

    def _tell(self, session_id: str, event: dict[str, Any]) -> None:
        in_background(_send(group(session_id), event))


async def _send(name: str, event: dict[str, Any]) -> None:
    with contextlib.suppress(RedisError, OSError):
        async with asyncio.timeout(_SEND_SECONDS):
            await get_channel_layer().group_send(name, event)
