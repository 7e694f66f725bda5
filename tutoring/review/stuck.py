"""Which children a teacher might go and see, and why. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

IDLE = timedelta(days=7)
PAUSED = timedelta(minutes=10)
_AWAY = timedelta(hours=2)  # a pause as long as this is no pause: the tablet is in its bag
_NEAR_WORDS = 40
_MANY_QUESTIONS = 3


class Signs(NamedTuple):
    """What is known of a child's newest unfinished reading."""

    last_active: datetime | None  # None: the child has not read anything yet
    paused_since: datetime | None  # None: it is not paused, or not open
    asked_at: Sequence[int]  # the word of each question of the last days
    has_begun: bool  # a book that is not finished


def reasons(signs: Signs, now: datetime) -> list[str]:
    """Return why somebody might look after this child, each a few words; mostly nothing."""
    if signs.last_active is None:
        return ["has not read yet"]
    why = []
    if asked := _most_near(signs.asked_at):
        why.append(f"asked {asked} times about one place")
    if signs.paused_since and PAUSED <= now - signs.paused_since <= _AWAY:
        why.append(f"has paused for {(now - signs.paused_since) // timedelta(minutes=1)} minutes")
    if signs.has_begun and now - signs.last_active >= IDLE:
        why.append(f"has not read for {(now - signs.last_active).days} days")
    return why


def _most_near(asked_at: Sequence[int]) -> int:
    """Return how many questions were asked within a few sentences, where they are many; else 0."""
    places = sorted(asked_at)
    most, first = 0, 0
    for last, place in enumerate(places):
        while place - places[first] > _NEAR_WORDS:
            first += 1
        most = max(most, last - first + 1)
    return most if most >= _MANY_QUESTIONS else 0
