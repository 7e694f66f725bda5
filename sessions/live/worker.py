"""What a tutor needs of a live session; for Celery workers, thread-safe."""

from django.conf import settings

from sessions import protocol
from sessions.hub import wake
from sessions.live import store
from sessions.live.blocking import run
from sessions.live.records import LiveQuestion

__all__ = ["LiveQuestion", "claim_question", "publish"]


# A worker that has not ended its answer this long after the deadline is taken for dead.
_LEASE_MARGIN_MS = 5_000


def claim_question(session_id: str, question_id: str) -> LiveQuestion | None:
    """Take a question to answer it within ANSWER_SECONDS.

    None: it was cancelled or answered, or another worker has it.
    """
    lease_ms = settings.ANSWER_SECONDS * 1000 + _LEASE_MARGIN_MS
    return run(store.claim(session_id, question_id, lease_ms))


def publish(session_id: str, message: protocol.DurableMessage) -> int | None:
    """Owe the child one more message of an answer and wake its socket; return the message's seq.

    None: the question is no longer wanted, so stop.
    """
    return run(_publish(session_id, message))


async def _publish(session_id: str, message: protocol.DurableMessage) -> int | None:
    published = await store.publish(session_id, message)
    if published is None:
        return None
    await wake(session_id, published)
    return published.seq
