"""A school day, a quarter of a minute at a time: children come and go, servers are added and removed. Pure.

Sockets stay where they are: a new server takes only who comes. A server that is removed lets its children
go evenly while it drains, and they come back to the others at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from readerai.simulated_day.autoscaler import SYNC_SECONDS
from readerai.simulated_day.curve import MINUTES, Curve
from readerai.simulated_day.rules import Rules
from readerai.simulated_day.seen import CONNECTIONS, CPU, Seen
from readerai.simulated_day.steering import Away, Steering

_TICKS = 60 // SYNC_SECONDS  # a minute


@dataclass(frozen=True)
class Server:
    """What a server is like. CPU is in seconds of a core, other times in seconds.

    `lag`: until what the servers do is known to the autoscaler.
    """

    most_children: int
    base_cpu: float  # a second, however many children
    child_cpu: float  # a child and second
    connect_cpu: float
    start: int
    drain: int
    lag: int


@dataclass
class _Pod:
    number: int
    ready_at: int
    children: int = 0
    came: int = 0  # in this quarter of a minute
    draining_from: int | None = None
    gone_at: int | None = None

    def serves(self, now: int) -> bool:
        return self.ready_at <= now and self.draining_from is None


@dataclass(frozen=True)
class Minute:
    """What was the case at the end of a minute; `cpu` is the busiest server's, as a share of a core.

    `waiting` is the most children who had no room at any moment of it, `room` the fewest places left.
    `spare`: could any one server have died without a child losing its place?
    """

    minute: int
    children: int
    servers: int
    starting: int
    draining: int
    connected: int
    waiting: int
    room: int
    cpu: float
    spare: bool


def simulate(
    curve: Curve, rules: Rules, server: Server, midnight: datetime, away: Away | None = None
) -> list[Minute]:
    """Return the minutes of the day that begins at `midnight`, which knows its time zone."""
    return list(_Day(curve, rules, server, midnight, away).minutes())


@dataclass
class _Day:
    curve: Curve
    rules: Rules
    server: Server
    midnight: datetime
    away: Away | None
    pods: list[_Pod] = field(default_factory=list)
    waiting: int = 0

    def minutes(self) -> Iterator[Minute]:
        """Yield each minute of the day."""
        steering = Steering(self.rules, self.midnight, self.away)
        self.pods = [_Pod(number, 0) for number in range(self.rules.bounds.fewest)]
        seen = Seen(self.rules.ahead, self.server.lag)
        for minute in range(MINUTES):
            worst, room = 0, None
            for tick in range(_TICKS):
                now = 60 * minute + SYNC_SECONDS * tick
                self._move(now)
                known = seen.add(self._load(now))
                worst = max(worst, self.waiting)
                room = self._room(now) if room is None else min(room, self._room(now))
                current = sum(pod.draining_from is None for pod in self.pods)
                self._scale(now, current, steering.decide(now, current, known))
            yield self._minute(minute, now, worst, room or 0)

    # --- Children ---------------------------------------------------------------------------------
    def _move(self, now: int) -> None:
        gone = [pod for pod in self.pods if pod.gone_at is not None and pod.gone_at <= now]
        self.waiting += sum(pod.children for pod in gone)  # they are cut off
        self.pods = [pod for pod in self.pods if pod not in gone]
        for pod in self.pods:
            pod.came = 0
            if pod.draining_from is not None and pod.gone_at is not None:
                left = pod.gone_at - now + SYNC_SECONDS
                let_go = -(-pod.children * SYNC_SECONDS // left)
                pod.children -= let_go
                self.waiting += let_go
        change = self.curve.at(now / 60) - self.waiting - sum(pod.children for pod in self.pods)
        if change < 0:
            self._go_home(-change)
        else:
            self.waiting += change
        self._place(now)

    def _go_home(self, number: int) -> None:
        """Let so many children leave: who waits first, then of each server the same share."""
        patient = min(number, self.waiting)
        self.waiting -= patient
        number -= patient
        connected = sum(pod.children for pod in self.pods)
        for pod in self.pods:
            share = -(-number * pod.children // connected) if connected else 0
            connected -= pod.children
            pod.children -= share
            number -= share

    def _place(self, now: int) -> None:
        """Give who waits to the servers with the fewest children, as many as they can let in by now."""
        if not self.waiting:
            return
        serving = sorted((pod for pod in self.pods if pod.serves(now)), key=lambda pod: pod.children)
        for place, pod in enumerate(serving):
            others = serving[place:]
            level = -(-(self.waiting + sum(other.children for other in others)) // len(others))
            idle = SYNC_SECONDS * max(0.0, 1 - self._cpu(pod))
            quick = int(idle / self.server.connect_cpu)
            takes = max(
                0, min(level - pod.children, self.server.most_children - pod.children, quick, self.waiting)
            )
            pod.children += takes
            pod.came += takes
            self.waiting -= takes

    # --- Servers ----------------------------------------------------------------------------------
    def _load(self, now: int) -> dict[str, float]:
        """Return what all servers do together: percent of a request, and connections."""
        cpu = sum(self._cpu(pod) for pod in self.pods if pod.ready_at <= now)
        return {
            CPU: 100 * cpu / self.rules.cpu_request,
            CONNECTIONS: sum(pod.children for pod in self.pods),
        }

    def _cpu(self, pod: _Pod) -> float:
        reading = self.server.base_cpu + pod.children * self.server.child_cpu
        return reading + pod.came * self.server.connect_cpu / SYNC_SECONDS

    def _scale(self, now: int, current: int, replicas: int) -> None:
        for _ in range(replicas - current):
            number = max((pod.number for pod in self.pods), default=-1) + 1
            self.pods.append(_Pod(number, now + self.server.start))
        # Kubernetes takes those that do not serve yet, then the youngest.
        staying = [pod for pod in self.pods if pod.draining_from is None]
        staying.sort(key=lambda pod: (pod.serves(now), -pod.number))
        for pod in staying[: max(0, current - replicas)]:
            pod.draining_from = now
            pod.gone_at = now + self.server.drain if pod.ready_at <= now else now

    def _room(self, now: int) -> int:
        return sum(self.server.most_children - pod.children for pod in self.pods if pod.serves(now))

    def _minute(self, minute: int, now: int, worst: int, room: int) -> Minute:
        serving = [pod for pod in self.pods if pod.serves(now)]
        fullest = max((pod.children for pod in serving), default=0)
        left = self._room(now) - (self.server.most_children - fullest) if serving else 0
        return Minute(
            minute=minute,
            children=self.curve.at(now / 60),
            servers=len(serving),
            starting=sum(pod.ready_at > now and pod.draining_from is None for pod in self.pods),
            draining=sum(pod.draining_from is not None for pod in self.pods),
            connected=sum(pod.children for pod in self.pods),
            waiting=worst,
            room=room,
            cpu=max(map(self._cpu, self.pods), default=0.0),
            spare=left >= fullest,
        )
