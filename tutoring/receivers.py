"""What tutoring does when sessions says something happened."""

import logging

from django.dispatch import receiver
from redis.exceptions import RedisError

from sessions import protocol
from sessions.live import worker
from sessions.signals import question_asked
from tutoring.tasks import answer_question

logger = logging.getLogger(__name__)

AWAY_MESSAGE = "I cannot think about that just now. Let's read on, and ask me again in a little while!"
# A child is waiting: soon answered beats surely delivered.
_RETRY = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 0.3}


@receiver(question_asked)
def ask_the_tutor(sender: object, *, session_id: str, question_id: str, **_: object) -> None:
    """Queue the question; if the broker is away, the child is told at once and reading goes on."""
    try:
        answer_question.apply_async((session_id, question_id), retry_policy=_RETRY)
    except Exception as error:  # each broker fails in its own ways (away, full, read-only): a child waits
        logger.error("question %s was not queued: %s", question_id, type(error).__name__)
        payload = protocol.AnswerFailedPayload(question_id, AWAY_MESSAGE, retryable=True)
        try:
            worker.publish(session_id, protocol.AnswerFailed(payload))
        except RedisError as state_error:
            logger.error("question %s: nor was the child told: %s", question_id, type(state_error).__name__)
