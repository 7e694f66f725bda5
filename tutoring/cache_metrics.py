"""What a process tells of the answers it found kept."""

from enum import StrEnum

from prometheus_client import Counter


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
