"""How Kubernetes decides on replicas: the algorithm of the HorizontalPodAutoscaler (autoscaling/v2). Pure.

desired = ceil(what all pods have together / target), the largest over all metrics; nothing changes within the
tolerance; then come the stabilisation windows, the policies, and last minimum and maximum.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TOLERANCE = 0.1
SYNC_SECONDS = 15


@dataclass(frozen=True)
class Policy:
    """At most `value` Pods, or Percent of them, in `period` seconds."""

    kind: Literal["Pods", "Percent"]
    value: int
    period: int


@dataclass(frozen=True)
class Direction:
    """How fast replicas may be added, or removed. `select`: which policy counts, or Disabled."""

    window: int
    policies: tuple[Policy, ...]
    select: Literal["Max", "Min", "Disabled"] = "Max"

    @property
    def longest(self) -> int:
        """Return the seconds for which changes must be remembered."""
        return max((policy.period for policy in self.policies), default=0)


# What Kubernetes takes where a manifest says nothing.
UP = Direction(0, (Policy("Pods", 4, 15), Policy("Percent", 100, 15)))
DOWN = Direction(300, (Policy("Percent", 100, 15),))


@dataclass(frozen=True)
class Bounds:
    """The fewest and the most replicas, and how fast they may change."""

    fewest: int
    most: int
    up: Direction = UP
    down: Direction = DOWN


def wanted(current: int, totals: Mapping[str, float], targets: Mapping[str, float]) -> int:
    """Return the replicas that the metrics ask for: `totals` are of all pods, `targets` of one."""
    if not current:
        return 0
    proposals = []
    for name, total in totals.items():
        ratio = total / (targets[name] * current)
        within = abs(ratio - 1) <= TOLERANCE
        # A sum of many pods' parts is a little more than the whole: ten hundredths are not eleven pods' work.
        proposals.append(current if within else math.ceil(round(total / targets[name], 9)))
    return max(proposals, default=current)


@dataclass
class Autoscaler:
    """Remembers what it has recommended and done. Times are seconds and never go back."""

    bounds: Bounds
    _recommended: deque[tuple[float, int]] = field(default_factory=deque)
    _changes: list[tuple[float, int]] = field(default_factory=list)

    def decide(self, now: float, current: int, desired: int) -> int:
        """Return the number of replicas from now on, where the metrics ask for `desired`."""
        bounds = self.bounds
        stable = self._stabilised(now, current, desired)
        if stable > current:
            result = min(stable, self._limit_up(now, current))
        elif stable < current:
            result = max(stable, self._limit_down(now, current))
        else:
            result = current
        result = min(max(result, bounds.fewest), bounds.most)
        if result != current:
            self._changes.append((now, result - current))
        keep = max(bounds.up.longest, bounds.down.longest)
        self._changes = [change for change in self._changes if change[0] > now - keep]
        return result

    def _stabilised(self, now: float, current: int, desired: int) -> int:
        """Return the least that was asked for in the window for more, the most in the window for fewer."""
        up, down = self.bounds.up.window, self.bounds.down.window
        while self._recommended and self._recommended[0][0] <= now - max(up, down):
            self._recommended.popleft()
        self._recommended.append((now, desired))
        least = most = desired
        for at, count in self._recommended:
            if count < least and at > now - up:
                least = count
            elif count > most and at > now - down:
                most = count
        return min(max(current, least), most)

    def _limit_up(self, now: float, current: int) -> int:
        direction, limits = self.bounds.up, []
        for policy in direction.policies:
            before = current - self._changed(now, policy, 1)
            more = policy.value if policy.kind == "Pods" else before * policy.value / 100
            limits.append(math.ceil(before + more))
        if direction.select == "Disabled" or not limits:
            return current
        return max(current, (max if direction.select == "Max" else min)(limits))

    def _limit_down(self, now: float, current: int) -> int:
        direction, limits = self.bounds.down, []
        for policy in direction.policies:
            before = current + self._changed(now, policy, -1)
            fewer = policy.value if policy.kind == "Pods" else before * policy.value / 100
            limits.append(math.floor(before - fewer))
        if direction.select == "Disabled" or not limits:
            return current
        return min(current, (min if direction.select == "Max" else max)(limits))

    def _changed(self, now: float, policy: Policy, sign: int) -> int:
        """Return how many replicas were added (1) or removed (-1) within the policy's period."""
        return sum(
            abs(number) for at, number in self._changes if at > now - policy.period and number * sign > 0
        )
