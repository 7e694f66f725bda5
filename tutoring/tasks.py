"""Celery tasks: answers and help with words (queue `llm`), narration (`tts`), what beat sends (`upkeep`)."""

import logging
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from redis.exceptions import RedisError

from sessions import log_context
from sessions.shelf import find_book_text
from tutoring import answering, flags, hearing, metrics, turns, tutors, word_help
from tutoring import pool_metrics as pool_metrics  # it hears of the worker's own beginning
from tutoring.narration import pending, service
from tutoring.narration.engine import SpeechError
from tutoring.privacy import retention
from tutoring.word_place import find

logger = logging.getLogger(__name__)

_NARRATION_RETRIES = 2
_NARRATION_RETRY_SECONDS = 3


@shared_task(bind=True, max_retries=_NARRATION_RETRIES)
def narrate_page(task: Task, book_id: int, number: int) -> None:
    """Narrate one page. Safe to run any number of times, at once too: the work is kept once."""
    book = find_book_text(book_id)
    page = book and book.page(number)
    if book is None or page is None:
        return
    try:
        service.voice(page.text, book.language)
    except SpeechError as error:
        if error.retryable and task.request.retries < _NARRATION_RETRIES:
            pending.extend(page.id)
            raise task.retry(exc=error, countdown=_NARRATION_RETRY_SECONDS) from error
        logger.warning("page %s cannot be narrated: %s", page.id, error)
        pending.fail(page.id)
    except Exception:
        pending.fail(page.id)
        raise
    else:
        pending.forget(page.id)


@shared_task
def narrate_book(book_id: int, number: int = 1) -> None:
    """Narrate a book from a page on, one page a job: what a child waits for has its turn in between."""
    book = find_book_text(book_id)
    page = book and book.page(number)
    if book is None or page is None:
        return
    try:
        service.voice(page.text, book.language)
    except SpeechError as error:
        logger.warning("page %s is narrated when it is opened: %s", page.id, error)
    narrate_book.delay(book_id, number + 1)


@shared_task
def answer_question(session_id: str, question_id: str) -> None:
    """Answer one question. Safe to run any number of times: only one run can claim it."""
    with log_context.serving(session_id):
        answering.answer_question(session_id, question_id)


@shared_task
def write_later() -> None:
    """Write the rows that wait for PostgreSQL; beat sends it every CHECKPOINT_SECONDS."""
    try:
        turns.write_all()
        hearing.write_all()
        flags.write_all()
        service.write_rows()
    except (OperationalError, InterfaceError) as error:
        logger.warning("turns, flags and narrations wait for PostgreSQL: %s", type(error).__name__)


@shared_task
def purge_expired() -> None:
    """End what has been kept long enough; beat sends it each night. Safe to run at any time and at once."""
    try:
        for outcome in retention.purge():
            if outcome.count:
                logger.info("purged: %d %s", outcome.count, outcome.what)
    except (OperationalError, InterfaceError, RedisError, SpeechError) as error:
        logger.warning("what has expired is purged another night: %s", type(error).__name__)


@shared_task
def explain_word(book_id: int, index: int) -> None:
    """Voice and explain one word. Safe to run any number of times: what is there is not made again."""
    book = find_book_text(book_id)
    place = book and find(book, index)
    close_old_connections()  # the pool's connections are few: none is held while a model thinks
    if place is None:
        return
    try:
        word_help.make(place)
    except Exception:
        pending.fail(place.key)
        raise
    pending.forget(place.key)


@worker_ready.connect
def warm_up(sender: Any, **_: object) -> None:
    """Load the voice before the first child asks; where tutors are asked load them, and tell of them."""
    if settings.CELERY_TASK_DEFAULT_QUEUE in sender.app.amqp.queues.consume_from:
        tutors.in_order()
        answering.begin(sender.pool.limit)
        metrics.serve(settings.WORKER_METRICS_PORT)
    else:
        metrics.serve(settings.NARRATION_METRICS_PORT)
    try:
        service.warm_up()
    except SpeechError as error:
        logger.error("answers will have no voice: %s", error)
