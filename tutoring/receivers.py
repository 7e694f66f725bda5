"""What tutoring does when sessions says something happened.

Whatever fails here is made good by the ledger of questions: it says the same again a few seconds later.
"""

import logging

from django.dispatch import receiver
from redis.exceptions import RedisError

from sessions.live import worker
from sessions.signals import (
    answer_heard,
    book_imported,
    question_asked,
    question_expired,
    question_waits,
)
from tutoring import hearing
from tutoring.answer import failed
from tutoring.broker import is_long, queue
from tutoring.tasks import answer_question, narrate_book

logger = logging.getLogger(__name__)


@receiver(question_asked)
def ask_the_tutor(sender: object, *, session_id: str, question_id: str, **_: object) -> None:
    """Queue the question."""
    queue(answer_question, session_id, question_id, otherwise=f"question {question_id} was not queued")


@receiver(question_waits)
def ask_the_tutor_again(sender: object, *, session_id: str, question_id: str, **_: object) -> None:
    """Queue the question as if its job were lost, unless the queue is so long that it rather waits there.

    Where more is asked than can be answered, each question would be queued three times more, and workers
    would spend on those jobs what answers need.
    """
    if not is_long("llm"):
        ask_the_tutor(sender, session_id=session_id, question_id=question_id)


@receiver(question_expired)
def tell_that_no_answer_comes(sender: object, *, session_id: str, question_id: str, **_: object) -> None:
    """End a question that nobody has answered in its time."""
    try:
        worker.fail_question(session_id, question_id, failed(question_id))
    except RedisError as error:
        logger.error("question %s has expired, untold: %s", question_id, type(error).__name__)


@receiver(answer_heard)
def note_what_was_heard(
    sender: object, *, session_id: str, question_id: str, sentences: int, after_ms: int, **_: object
) -> None:
    """Keep how much of its answer a child has heard."""
    hearing.note(session_id, question_id, sentences, after_ms)


@receiver(book_imported)
def have_it_narrated(sender: object, *, book_id: int, **_: object) -> None:
    """Queue the narration of a new book; where that fails its pages are narrated when they are opened."""
    queue(narrate_book, book_id, otherwise=f"book {book_id} is narrated as it is read")
