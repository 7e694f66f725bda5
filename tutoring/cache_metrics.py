"""What a process tells of the answers it found kept."""

from collections.abc import Iterable
from enum import StrEnum

from django.conf import settings
from prometheus_client import Counter

from tutoring import prompts
from tutoring.tutors.interface import Turn
from tutoring.tutors.meter import CHARACTERS_PER_TOKEN


class Lookup(StrEnum):
    """What came of looking for a kept answer."""

    HIT = "hit"
    MISS = "miss"
    UNSHAREABLE = "unshareable"  # not looked for: the question is this child's alone


LOOKUPS = Counter(
    "answer_cache_lookups_total",
    "Questions for a language model, by whether their answer was kept.",
    ["result"],
)
for _result in Lookup:
    LOOKUPS.labels(_result)  # so that a share can be computed before the first of a kind

SAVED_COST = Counter(
    "answer_cache_saved_cost",
    "What the first model would have charged for the answers that were kept: a quarter of the characters as "
    "tokens, at the prices set, in the unit of LLM_PRICE_INPUT.",
)


def count_saved(turn: Turn, sentences: Iterable[str]) -> None:
    """Count what a kept answer has saved."""
    asked = sum(len(message["content"]) for message in prompts.messages(turn))
    answered = sum(map(len, sentences))
    price = asked * settings.LLM_PRICE_INPUT + answered * settings.LLM_PRICE_OUTPUT
    SAVED_COST.inc(price / CHARACTERS_PER_TOKEN / 1_000_000)
