"""What a grown-up has to look at reaches PostgreSQL, now or once it is back, and the grown-up."""

import logging
import uuid
from collections.abc import Container
from datetime import UTC, datetime

from django.db import Error, InterfaceError, OperationalError

from sessions.live.records import LiveQuestion
from tutoring import metrics, telling
from tutoring.later import Later
from tutoring.models import Flag
from tutoring.safety.categories import Category

logger = logging.getLogger(__name__)

_later = Later(Flag, "flags:later")


def keep(question: LiveQuestion, side: Flag.Side, category: Category, text: str) -> None:
    """Keep what was found for review, once however often it is found, and have it told. Raises nothing.

    With PostgreSQL away it waits in Redis, and is told when it is written.
    """
    metrics.FLAGGED.labels(category.value, side.value).inc()
    if not category.for_review:
        return
    fields = {
        "id": uuid.uuid5(uuid.UUID(question.id), f"{side} {category}"),
        "question_id": uuid.UUID(question.id),
        "student_id": question.student_id,
        "session_id": uuid.UUID(question.session_id),
        "category": category.value,
        "side": side.value,
        "text": text,
        "created_at": datetime.fromtimestamp(question.asked_at_ms / 1000, UTC),
    }
    try:
        Flag.objects.get_or_create(id=fields["id"], defaults=fields)
    except (OperationalError, InterfaceError) as error:
        logger.warning("question %s is flagged later: %s", question.id, type(error).__name__)
        _later.keep(str(fields["id"]), fields)
    except Error as error:  # the child was deleted meanwhile
        logger.error("question %s is not flagged: %s", question.id, type(error).__name__)
    else:
        telling.soon(category)


def take_of(session_ids: Container[str]) -> None:
    """Forget the flags of these readings that wait. Raises RedisError."""
    _later.take(lambda fields: fields["session_id"] in session_ids)


def write_all() -> int:
    """Write the flags that wait; return how many. Raises django.db.Error while PostgreSQL is away."""
    return _later.write_all()
