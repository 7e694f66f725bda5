"""What simulated children do when: reads each second, questions, drops, spread as in a real school. Pure.

Time is seconds since the beginning, given by the caller; the same seed is the same script.
"""

import heapq
from collections.abc import Iterable
from enum import IntEnum
from random import Random
from typing import NamedTuple


class Action(IntEnum):
    """What a child does."""

    READ = 0  # what was read since the last one is told
    ASK = 1
    DROP = 2  # the network goes away


class Pace(NamedTuple):
    """Seconds between one child's actions, on average; 0: never."""

    read: float = 1.0
    ask: float = 300.0
    drop: float = 0.0


class Due(NamedTuple):
    """Child number `child` was to do this at `when`."""

    when: float
    child: int
    action: Action


class Schedule:
    """The agenda of the children with these numbers, out of `of` in all, who may be spread over processes.

    Reads come at even distances, each child's at its own moment of the second; questions and drops
    between half and one and a half times their pace, the first at any moment of it.
    """

    def __init__(self, children: Iterable[int], *, of: int, pace: Pace, seed: int = 0) -> None:
        self.pace = pace
        self._every = {Action.READ: pace.read, Action.ASK: pace.ask, Action.DROP: pace.drop}
        self._random = {}
        self._agenda: list[Due] = []
        for child in children:
            self._random[child] = random = Random(f"{seed}:{child}")  # noqa: S311 - nothing is kept secret
            for action, every in self._every.items():
                first = every * child / of if action is Action.READ else every * random.random()
                if every:
                    self._agenda.append(Due(first, child, action))
        heapq.heapify(self._agenda)

    def due(self, now: float) -> list[Due]:
        """Return all that is due by now and not returned yet, in order of time; nothing is ever skipped."""
        found = []
        while self._agenda and self._agenda[0].when <= now:
            found.append(self._agenda[0])
            heapq.heapreplace(self._agenda, self._next(self._agenda[0]))
        return found

    def _next(self, last: Due) -> Due:
        every = self._every[last.action]
        if last.action is not Action.READ:
            every *= 0.5 + self._random[last.child].random()
        return last._replace(when=last.when + every)
