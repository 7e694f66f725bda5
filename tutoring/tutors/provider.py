"""A language model as one of several: watched, so that it rests while it fails, and counted."""

import logging
from collections.abc import Generator

from tutoring import metrics
from tutoring.tutors.health import Health
from tutoring.tutors.interface import (
    Deadline,
    Source,
    Turn,
    Tutor,
    TutorBusy,
    TutorDeclined,
    TutorError,
    TutorRefused,
    TutorResting,
    TutorTooSlow,
)

logger = logging.getLogger(__name__)


class Provider:
    """Answers by its model while that is fit. Thread-safe.

    `number` names it in metrics. In less than `fair_seconds` no model can be expected to answer: that
    it was too slow then says nothing of its health.
    """

    source = Source.MODEL

    def __init__(self, number: int, model: Tutor, health: Health, fair_seconds: float) -> None:
        self.name = model.name
        self._label = str(number)
        self._model = model
        self._health = health
        self._fair_seconds = fair_seconds
        metrics.RESTING.labels(self._label).set_function(lambda: not health.well)

    @property
    def resting(self) -> bool:
        """Would it not be asked now?"""
        return self._health.resting

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the model's text as it writes. Raises TutorError."""
        ticket = self._health.admit()
        if ticket is None:
            raise TutorResting(f"{self.name} is left alone, or being tried by another turn")
        seconds = deadline.remaining()
        try:
            yield from self._model.answer(turn, deadline)
        except TutorError as error:
            metrics.FAILURES.labels(self._label, error.kind).inc()
            self._failed(ticket, error, seconds)
            raise
        except GeneratorExit:  # it wrote, and nobody wants more
            self._succeeded(ticket)
            raise
        self._succeeded(ticket)

    def _succeeded(self, ticket: int) -> None:
        if self._health.succeeded(ticket):
            logger.info("%s answers again", self.name)

    def _failed(self, ticket: int, error: TutorError, seconds: float) -> None:
        if isinstance(error, TutorDeclined):  # it is well: otherwise one child could take it from all others
            self._succeeded(ticket)
        elif isinstance(error, TutorTooSlow) and seconds < self._fair_seconds:
            self._health.abandoned(ticket)
        else:
            retry_after = error.retry_after if isinstance(error, TutorBusy) else 0.0
            lasting = isinstance(error, TutorRefused)
            if rest := self._health.failed(ticket, at_once=lasting, retry_after=retry_after):
                logger.warning("%s rests for %.0f s: %s", self.name, rest, type(error).__name__)
