"""Celery tasks: answers on queue `llm`, narration on queue `tts`."""

import logging

from celery import Task, shared_task

from sessions.models import Page
from tutoring import answering
from tutoring.narration import pending, service
from tutoring.narration.engine import SpeechError

logger = logging.getLogger(__name__)

_NARRATION_RETRIES = 2
_NARRATION_RETRY_SECONDS = 3


@shared_task(bind=True, max_retries=_NARRATION_RETRIES)
def narrate_page(task: Task, page_id: int) -> None:
    """Narrate one page. Safe to run any number of times, at once too: the work is kept once."""
    page = Page.objects.select_related("book").filter(pk=page_id).first()
    if page is None:  # deleted since
        return
    try:
        service.voice(page.text, page.book.language)
    except SpeechError as error:
        if error.retryable and task.request.retries < _NARRATION_RETRIES:
            pending.extend(page_id)
            raise task.retry(exc=error, countdown=_NARRATION_RETRY_SECONDS) from error
        logger.warning("page %s cannot be narrated: %s", page_id, error)
        pending.fail(page_id)
    except Exception:
        pending.fail(page_id)
        raise
    else:
        pending.forget(page_id)


@shared_task
def answer_question(session_id: str, question_id: str) -> None:
    """Answer one question. Safe to run any number of times: only one run can claim it."""
    answering.answer_question(session_id, question_id)
