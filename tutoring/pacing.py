"""How many questions and words of one child are thought about; what it had before or the book says is free.

Nobody is turned away: a question more is answered kindly, a word more by the sentence it stands in.
"""

import logging

from django.conf import settings
from redis.exceptions import RedisError

from sessions import metrics
from sessions.live import allowances
from sessions.live.blocking import run

logger = logging.getLogger(__name__)


def may_ask(student_id: int) -> bool:
    """Tell whether a tutor may be asked once more for this child; if so, it counts."""
    return _may("question", student_id, settings.QUESTIONS_AT_ONCE, settings.QUESTION_SECONDS)


def may_wonder(student_id: int) -> bool:
    """Tell whether a worker may explain one more word to this child; if so, it counts."""
    return _may("word", student_id, settings.WORDS_AT_ONCE, settings.WORD_SECONDS)


def _may(what: str, student_id: int, at_once: int, seconds: int) -> bool:
    try:
        allowed = run(allowances.take(what, student_id, at_once=at_once, seconds=seconds))
    except RedisError as error:
        logger.warning("the pace of a %s is not known: %s", what, type(error).__name__)
        return True
    if not allowed:
        metrics.TOO_OFTEN.labels(what).inc()
    return allowed
