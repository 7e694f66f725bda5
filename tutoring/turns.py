"""Turns, a question and its answer each, on their way into PostgreSQL: now, or once it is back."""

import logging
from collections.abc import Container
from typing import Any

from django.db import InterfaceError, OperationalError

from tutoring.later import Later
from tutoring.models import Question

logger = logging.getLogger(__name__)

_later = Later(Question, "turns:later")


def record(**fields: Any) -> None:
    """Write a turn, given as the fields of Question with `id` and `session_id`; an earlier one is replaced.

    With PostgreSQL away it waits in Redis and nothing is raised; other django.db.Errors are.
    """
    try:
        # One statement; update_or_create takes four.
        Question.objects.bulk_create(
            [Question(**fields)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[name for name in fields if name != "id"],
        )
    except (OperationalError, InterfaceError) as error:
        logger.warning("question %s is recorded later: %s", fields["id"], type(error).__name__)
        _later.keep(str(fields["id"]), fields)


def take_of(session_ids: Container[str]) -> list[Question]:
    """Take the turns of these readings that wait off the list; return them. Raises RedisError."""
    taken = _later.take(lambda fields: fields["session_id"] in session_ids)
    return [Question(**fields) for fields in taken]


def write_all() -> int:
    """Write the turns that wait; return how many. Raises django.db.Error while PostgreSQL is away."""
    return _later.write_all()
