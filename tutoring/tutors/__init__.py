"""Who answers: the language models that are configured, in their order, then the offline tutor."""

import os
import random
import time
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tutoring.tutors.interface import Deadline, Tutor
from tutoring.tutors.offline import OfflineTutor

if TYPE_CHECKING:
    from tutoring.tutors.provider import Provider

_PREFIXES = ("LLM", "LLM_2", "LLM_3")  # of the settings that name a model
_KEPT_FOR_OFFLINE = 0.1  # of a question's time: what models that say nothing leave to the offline tutor


@cache
def in_order() -> "tuple[Provider | OfflineTutor, ...]":
    """Return this process's tutors, best first; the last one needs nothing and cannot fail."""
    configured = [prefix for prefix in _PREFIXES if getattr(settings, f"{prefix}_BASE_URL")]
    models = [_provider(number, prefix, len(configured)) for number, prefix in enumerate(configured, 1)]
    return (*models, OfflineTutor())


def in_turn(deadline: Deadline) -> Iterator[tuple[Tutor, Deadline]]:
    """Yield whom to ask and by when it must have ended; take the next one when that one has failed.

    Models that rest are left out. Those that are fit have equal shares of the time that is left.
    """
    *models, offline = in_order()
    for number, model in enumerate(models):
        fit = [each for each in models[number:] if not each.resting]
        if model in fit:
            share = deadline.earlier(settings.ANSWER_SECONDS * _KEPT_FOR_OFFLINE).shared_by(len(fit))
            if share.remaining():
                yield model, share
    yield offline, deadline


def can_go_on(tutor: Tutor) -> bool:
    """Tell whether a tutor can go on with an answer that was begun: the offline one only with its own."""
    first, *_ = tutors = in_order()
    return tutor is not tutors[-1] or tutor is first


def _provider(number: int, prefix: str, of: int) -> "Provider":
    # Here, because their client takes seconds to import, which processes that never ask need not spend.
    from tutoring import metrics
    from tutoring.tutors.health import Health
    from tutoring.tutors.model import ModelTutor
    from tutoring.tutors.provider import Provider

    def setting(name: str) -> Any:
        return getattr(settings, f"{prefix}_{name}")

    prices = metrics.Prices(setting("PRICE_INPUT"), setting("PRICE_OUTPUT"))
    model = ModelTutor(
        setting("BASE_URL"),
        setting("API_KEY"),
        setting("MODEL"),
        settings.LLM_FIRST_TOKEN_SECONDS,
        partial(metrics.count_request, str(number), prices),
    )
    share = settings.ANSWER_SECONDS * (1 - _KEPT_FOR_OFFLINE) / of
    health = Health(time.monotonic, random.random, probe_seconds=settings.ANSWER_SECONDS)
    return Provider(number, model, health, fair_seconds=min(settings.LLM_FIRST_TOKEN_SECONDS, share) / 2)


# A model's connections belong to the background loop, which does not survive a fork.
os.register_at_fork(after_in_child=in_order.cache_clear)
