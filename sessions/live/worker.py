"""What a tutor needs of a live session; for Celery workers, thread-safe.

A Redis that restarts in mid-answer is waited for; one that stays away raises RedisError.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from sessions import metrics, protocol
from sessions.live import ledger
from sessions.live.blocking import run, start
from sessions.live.records import LiveQuestion
from sessions.live.store import now
from sessions.wake_ups import wake

__all__ = ["LiveQuestion", "claimed", "fail_question", "let_go", "publish", "status"]

logger = logging.getLogger(__name__)

# How long a Redis that restarts in mid-answer is waited for: shorter than a child's patience, even twice.
_AWAY_SECONDS = 10
_RETRY_SECONDS = 0.25
_RENEWALS_PER_LEASE = 3

Result = TypeVar("Result")

_held_since: dict[str, float] = {}  # by token; on the monotonic clock


@contextmanager
def claimed(session_id: str, question_id: str) -> Iterator[LiveQuestion | None]:
    """Take a question to answer it within the block; nobody else does, until this process dies.

    None: it was cancelled or answered, or another worker has it. One that has ended unseen is given out all
    the same, to be looked at.
    """
    token = secrets.token_hex(8)
    question = _patiently(lambda: ledger.claim(session_id, question_id, token))
    if question is None:
        yield None
        return
    renewing = start(_renew(question))
    _held_since[token] = time.monotonic()
    try:
        yield question
    finally:
        renewing.cancel()
        del _held_since[token]


def in_hand() -> int:
    """Return how many questions this process is answering."""
    return len(_held_since)


def _oldest_lease_seconds() -> float:
    moment = time.monotonic()
    return moment - min(list(_held_since.values()), default=moment)  # threads change it meanwhile


metrics.OLDEST_LEASE.set_function(_oldest_lease_seconds)


def publish(question: LiveQuestion, message: protocol.DurableMessage) -> int | None:
    """Owe the child one more message of an answer and wake its socket; return the message's seq.

    None: it is no longer wanted from this worker, so stop. 0: it was owed already.
    """
    return _patiently(lambda: _publish(question.session_id, question.token, message))


def fail_question(session_id: str, question_id: str, message: protocol.AnswerFailed) -> int | None:
    """End a question that nobody has answered, whoever has it; None if it has ended."""
    return _patiently(lambda: _publish(session_id, "", message))


def status(question: LiveQuestion) -> str:
    """Return what has become of a question that is no longer wanted from us; empty: Redis has lost it."""
    return _patiently(lambda: ledger.status(question.session_id, question.id))


def let_go(question: LiveQuestion) -> str:
    """Leave a question that is no longer wanted from us, and was looked at; return what `status` does."""
    return _patiently(lambda: ledger.let_go(question.session_id, question.id))


async def _publish(session_id: str, token: str, message: protocol.DurableMessage) -> int | None:
    published = await ledger.publish(session_id, token, message)
    if published is None:
        return None
    await wake(session_id, published)
    return published.seq


async def _renew(question: LiveQuestion) -> None:
    """Renew the lease until the deadline, after which nobody has to wait for this worker."""
    while now() < question.deadline_ms:
        await asyncio.sleep(settings.ANSWER_LEASE_SECONDS / _RENEWALS_PER_LEASE)
        try:
            if not await ledger.renew(question):
                return
        except RedisError as error:
            logger.warning("question %s: its lease was not renewed: %s", question.id, type(error).__name__)


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
