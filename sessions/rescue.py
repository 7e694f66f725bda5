"""Questions whose job was lost or whose worker has died are given to another; those out of time are ended.

What a child has said is looked at, for a grown-up may have to know, even if it has ended unanswered.

Every web process does this every few seconds; the ledger sees to it that no two look at one question
at the same time. So nothing depends on the broker's keeping a job, nor on any one process.
"""

import asyncio
import logging

from sessions import metrics
from sessions.live import ledger
from sessions.live.records import Verdict
from sessions.signals import question_asked, question_expired, question_waits

logger = logging.getLogger(__name__)

_SIGNALS = {
    Verdict.OPEN: question_waits,
    Verdict.ORPHANED: question_asked,
    Verdict.EXPIRED: question_expired,
    Verdict.UNSEEN: question_waits,
}


async def rescue_questions() -> None:
    """Look at the questions that are due. Raises RedisError."""
    for due in await ledger.look():
        logger.info("question %s of session %s: %s", due.id, due.session_id, due.verdict.value)
        metrics.RESCUED.labels(due.verdict.value).inc()
        signal = _SIGNALS[due.verdict]
        # Receivers may block (a broker, Redis): a thread of their own.
        await asyncio.to_thread(signal.send, rescue_questions, session_id=due.session_id, question_id=due.id)
