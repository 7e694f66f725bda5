"""What a tutor needs of a live session; for Celery workers, thread-safe."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from django.conf import settings
from redis.exceptions import ConnectionError, TimeoutError

from sessions import protocol
from sessions.hub import wake
from sessions.live import store
from sessions.live.blocking import run
from sessions.live.records import LiveQuestion

__all__ = ["LiveQuestion", "claim_question", "publish"]


# A worker that has not ended its answer this long after the deadline is taken for dead.
_LEASE_MARGIN_MS = 5_000
# A Redis that restarts in mid-answer is waited for: shorter than a child's patience, even twice.
_AWAY_SECONDS = 10
_RETRY_SECONDS = 0.25

Result = TypeVar("Result")


def claim_question(session_id: str, question_id: str) -> LiveQuestion | None:
    """Take a question to answer it within ANSWER_SECONDS.

    None: it was cancelled or answered, or another worker has it.
    """
    lease_ms = settings.ANSWER_SECONDS * 1000 + _LEASE_MARGIN_MS
    return _patiently(lambda: store.claim(session_id, question_id, lease_ms))


def publish(session_id: str, message: protocol.DurableMessage) -> int | None:
    """Owe the child one more message of an answer and wake its socket; return the message's seq.

    None: the question is no longer wanted, so stop. 0: it was owed already.
    """
    return _patiently(lambda: _publish(session_id, message))


def _patiently(operation: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Return the operation's result; a Redis that restarts is waited for. Raises RedisError."""
    deadline = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return run(operation())
        except (ConnectionError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)


async def _publish(session_id: str, message: protocol.DurableMessage) -> int | None:
    published = await store.publish(session_id, message)
    if published is None:
        return None
    await wake(session_id, published)
    return published.seq
