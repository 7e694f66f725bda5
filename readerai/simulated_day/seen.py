"""What an autoscaler sees of its servers: late, and where that leads. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readerai.simulated_day.autoscaler import SYNC_SECONDS

CPU = "cpu"
CONNECTIONS = "websocket_connections"
SOON = "websocket_connections soon"
QUEUE = "message_queue_depth"
SQS = "queue of SQS"
BY_PROMETHEUS = {CONNECTIONS, SOON, QUEUE}


@dataclass(frozen=True)
class Ahead:
    """How far a rule looks ahead: `seconds` on, along the line through the last `window` seconds."""

    window: int
    seconds: int


class Seen:
    """Remembers what the servers did. `lag`: seconds until it is known."""

    def __init__(self, ahead: Ahead | None, lag: int = 0) -> None:
        self._ahead = ahead
        self._late = lag // SYNC_SECONDS
        self._samples = max(1, ahead.window // SYNC_SECONDS) if ahead else 1
        self._loads: deque[Mapping[str, float]] = deque(maxlen=self._late + self._samples)

    def add(self, load: Mapping[str, float]) -> dict[str, float]:
        """Take what all servers do now; return what is known of it, by the names of `Rules.targets`."""
        self._loads.append(load)
        known = list(self._loads)[: max(1, len(self._loads) - self._late)]
        found = dict(known[-1])
        if self._ahead:
            connections = [each[CONNECTIONS] for each in known[-self._samples :]]
            found[SOON] = predict(connections, self._ahead.seconds)
        return found


def predict(samples: Sequence[float], seconds: float) -> float:
    """Return Prometheus' predict_linear: the straight line through samples, `seconds` after the last one."""
    if len(samples) == 1:
        return samples[0]
    middle = (len(samples) - 1) / 2
    mean = sum(samples) / len(samples)
    spread = sum((place - middle) ** 2 for place in range(len(samples)))
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(samples)) / spread
    return mean + rise * (middle + seconds / SYNC_SECONDS)
