"""Who answers: a language model where one is configured, then the offline tutor."""

import os
from functools import cache

from django.conf import settings

from tutoring.tutors.interface import Tutor
from tutoring.tutors.offline import OfflineTutor


@cache
def in_order() -> tuple[Tutor, ...]:
    """Return this process's tutors, best first; the last one needs nothing and cannot fail."""
    if not settings.LLM_BASE_URL:
        return (OfflineTutor(),)
    # Here, because its client takes seconds to import, which processes that never ask it need not spend.
    from tutoring.tutors.model import ModelTutor

    model = ModelTutor(
        settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL, settings.LLM_FIRST_TOKEN_SECONDS
    )
    return (model, OfflineTutor())


# A model's thread does not survive a fork.
os.register_at_fork(after_in_child=in_order.cache_clear)
