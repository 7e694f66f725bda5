"""What rules decide: by metrics, by the hour, and by KEDA's fallback while Prometheus is away. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from readerai.simulated_day.autoscaler import Autoscaler, wanted
from readerai.simulated_day.curve import MINUTES
from readerai.simulated_day.rules import Fallback, Floor, Rules, matches
from readerai.simulated_day.seen import BY_PROMETHEUS

_WEEK = 7 * MINUTES
_FALLBACK = "fallback"


@dataclass(frozen=True)
class Away:
    """Prometheus is away from one minute of the day until another; Kubernetes knows the CPU by itself."""

    first: int
    last: int

    def since(self, now: int) -> int | None:
        """Return for how many seconds it has been away at this second of the day; None: it is there."""
        return now - 60 * self.first if 60 * self.first <= now < 60 * self.last else None


@dataclass
class Steering:
    """Decides on the replicas of one Deployment, on the day that begins at `midnight` in its time zone."""

    rules: Rules
    midnight: datetime
    away: Away | None = None
    _scaler: Autoscaler = field(init=False)
    _schedules: list["Schedule"] = field(init=False)

    def __post_init__(self) -> None:
        """Find out which floors hold already."""
        self._scaler = Autoscaler(self.rules.bounds)
        self._schedules = [Schedule(floor, self.midnight) for floor in self.rules.floors]

    def decide(self, now: int, current: int, known: Mapping[str, float]) -> int:
        """Return the replicas from this second of the day on; `known` are the totals of all pods."""
        gone = self.away.since(now) if self.away else None
        totals = {
            name: known[name] for name in self.rules.targets if gone is None or name not in BY_PROMETHEUS
        }
        moment = self.midnight + timedelta(minutes=now // 60)
        asked = {f"cron {n}": each.replicas(moment) for n, each in enumerate(self._schedules)}
        fallback, unknown = self.rules.fallback, len(totals) < len(self.rules.targets)
        if unknown and gone is not None and fallback and gone >= fallback.after:
            asked[_FALLBACK] = float(_fallen_back(fallback, current))
            unknown = False
        targets = {**self.rules.targets, **dict.fromkeys(asked, 1.0)}
        desired = wanted(current, {**totals, **asked}, targets)
        # Kubernetes takes none away while it does not know one of the metrics.
        return self._scaler.decide(now, current, max(desired, current) if unknown else desired)


def _fallen_back(fallback: Fallback, current: int) -> int:
    match fallback.behavior:
        case "currentReplicas":
            return current
        case "currentReplicasIfHigher":
            return max(current, fallback.replicas)
        case "currentReplicasIfLower":
            return min(current, fallback.replicas)
    return fallback.replicas


class Schedule:
    """Whether a floor holds: its last start is later than its last end."""

    def __init__(self, floor: Floor, midnight: datetime) -> None:
        self._floor = floor
        self._holds = False
        for minute in range(-_WEEK, 0):
            self._holds = self._after(midnight + timedelta(minutes=minute))

    def replicas(self, moment: datetime) -> float:
        """Return what KEDA's trigger asks for at this minute; minutes are asked for in order."""
        self._holds = self._after(moment)
        return float(self._floor.replicas if self._holds else 1)

    def _after(self, moment: datetime) -> bool:
        local = moment.astimezone(self._floor.zone)
        if matches(self._floor.end, local):
            return False
        return matches(self._floor.start, local) or self._holds
