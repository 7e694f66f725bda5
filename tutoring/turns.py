"""Turns, a question and its answer each, on their way into PostgreSQL: now, or once it is back."""

import logging
from collections.abc import Container, Mapping, Sequence
from typing import Any

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from sessions.live import worker
from tutoring.later import Later
from tutoring.models import Question
from tutoring.together import Together

logger = logging.getLogger(__name__)

_GATHER_SECONDS = 0.02  # the child has its answer by then, and a teacher looks much later

_later = Later(Question, "turns:later")


def record(**fields: Any) -> None:
    """Write a turn, given as the fields of Question with `id` and `session_id`; an earlier one is replaced.

    With PostgreSQL away it waits in Redis and nothing is raised; other django.db.Errors are.
    """
    try:
        _together.run(fields)
    except (OperationalError, InterfaceError) as error:
        logger.warning("question %s is recorded later: %s", fields["id"], type(error).__name__)
        _later.keep(str(fields["id"]), fields)


def _write(turns: Sequence[Mapping[str, Any]]) -> None:
    # One statement; update_or_create takes four for each.
    Question.objects.bulk_create(
        [Question(**fields) for fields in turns],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name for name in turns[0] if name != "id"],
    )


# The statement and the way to the database cost the same for all turns that end in one moment.
_together = Together(
    _write,
    others=lambda: worker.in_hand() > 1,
    seconds=_GATHER_SECONDS,
    of_one=(IntegrityError, DataError, ProgrammingError),
)


def take_of(session_ids: Container[str]) -> list[Question]:
    """Take the turns of these readings that wait off the list; return them. Raises RedisError."""
    taken = _later.take(lambda fields: fields["session_id"] in session_ids)
    return [Question(**fields) for fields in taken]


def write_all() -> int:
    """Write the turns that wait; return how many. Raises django.db.Error while PostgreSQL is away."""
    return _later.write_all()
