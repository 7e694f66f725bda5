"""Is a model fit to be asked? It rests when it fails; then one turn alone tries if it has recovered. Pure.

Turns run side by side and end in any order, so each is admitted with a ticket and reports with it: what was
begun before the last rest says nothing of the time after it.
"""

import threading
from collections.abc import Callable

FAILURES = 2  # in a row, until it rests
FIRST_REST = 2.0  # seconds; each rest without a success between is twice as long
LONGEST_REST = 60.0  # seconds; it is never left alone for longer, whatever it asks for
JITTER = 0.25  # of a rest, by which it may be shorter, so that many processes do not come back at once


class Health:
    """One model's health, as this process has found it. Thread-safe.

    `clock` tells seconds and never goes back; `jitter` gives a number between 0 and 1 each time. A probe
    that has not reported after `probe_seconds` is given up, and another turn may try.
    """

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float], probe_seconds: float) -> None:
        self._clock = clock
        self._jitter = jitter
        self._probe_seconds = probe_seconds
        self._lock = threading.Lock()
        self._well = True
        self._failures = 0  # in a row
        self._rest = FIRST_REST  # the next one, in seconds
        self._until = 0.0  # while it is unwell: when the next turn may try it
        self._ticket = 0  # of the turns since the last rest began

    @property
    def well(self) -> bool:
        """Has it answered since its last rest?"""
        return self._well

    @property
    def resting(self) -> bool:
        """Would a turn not be admitted now?"""
        with self._lock:
            return not self._well and self._clock() < self._until

    def admit(self) -> int | None:
        """Return a turn's ticket; None: it rests, or another turn is trying it."""
        with self._lock:
            if not self._well:
                now = self._clock()
                if now < self._until:
                    return None
                self._until = now + self._probe_seconds
            return self._ticket

    def succeeded(self, ticket: int) -> bool:
        """It answered; return whether it has recovered by that."""
        with self._lock:
            if ticket != self._ticket:
                return False
            was_well = self._well
            self._well, self._failures, self._rest = True, 0, FIRST_REST
            return not was_well

    def abandoned(self, ticket: int) -> None:
        """The turn ended before it could show how it is."""
        with self._lock:
            if ticket == self._ticket:
                self._until = self._clock()

    def failed(self, ticket: int, *, at_once: bool = False, retry_after: float = 0.0) -> float:
        """It failed; return the seconds for which it rests from now on, 0: it may be asked again at once.

        `at_once`: it will go on failing, so one failure is enough. `retry_after`: the seconds for which it
        asked to be left alone.
        """
        with self._lock:
            if ticket != self._ticket:
                return 0.0
            self._failures += 1
            if self._well and not at_once and retry_after <= 0 and self._failures < FAILURES:
                return 0.0
            rest = self._rest * (1 - JITTER * self._jitter())
            rest = max(rest, min(retry_after, LONGEST_REST))
            self._well = False
            self._rest = min(2 * self._rest, LONGEST_REST)
            self._until = self._clock() + rest
            self._ticket += 1
            return rest
