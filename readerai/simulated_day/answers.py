"""The workers that answer, on a school day: how long a question waits for one. Pure.

All questions stand in one queue, and a worker answers as many at once as it has threads; each takes the
model's time. Checkpoints take CPU beside them. Whether there is room for a child's socket is not asked here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from readerai.simulated_day.autoscaler import SYNC_SECONDS
from readerai.simulated_day.curve import MINUTES, Curve
from readerai.simulated_day.rules import Rules
from readerai.simulated_day.seen import CPU, QUEUE, SQS, Seen
from readerai.simulated_day.steering import Away, Steering

_TICKS = 60 // SYNC_SECONDS  # a minute


@dataclass(frozen=True)
class Worker:
    """What a worker is like: CPU in seconds of a core, other times in seconds."""

    threads: int
    seconds: float  # for which a thread has a question
    answer_cpu: float
    checkpoint_cpu: float  # a child and second
    most_checkpoint_cpu: float  # of a core: one checkpoint runs at a time
    questions_every: float  # of one child
    start: int
    lag: int


@dataclass(frozen=True)
class AnswersMinute:
    """What was the case at the end of a minute; `wait`: for how many seconds who asked had to, at most."""

    minute: int
    questions: float  # a second
    workers: int
    starting: int
    wait: float


@dataclass(frozen=True)
class Answers:
    """One day of workers under one set of rules."""

    rules: str
    minutes: Sequence[AnswersMinute]

    @property
    def longest_wait(self) -> float:
        """Return for how many seconds a question waited for a worker, at most."""
        return max(minute.wait for minute in self.minutes)

    @property
    def minutes_late(self) -> int:
        """Return the minutes in which a question waited for longer than a second."""
        return sum(minute.wait > 1 for minute in self.minutes)

    @property
    def most_workers(self) -> int:
        """Return the most workers that answered at once."""
        return max(minute.workers for minute in self.minutes)

    @property
    def hours(self) -> float:
        """Return the hours that are paid for."""
        return sum(minute.workers + minute.starting for minute in self.minutes) / 60


def answer(
    curve: Curve, rules: Rules, worker: Worker, midnight: datetime, away: Away | None = None
) -> Answers:
    """Return the workers' day that begins at `midnight`, which knows its time zone."""
    steering, seen = Steering(rules, midnight, away), Seen(None, worker.lag)
    ready_at, queue, minutes = [0] * rules.bounds.fewest, 0.0, []
    for minute in range(MINUTES):
        longest = 0.0
        for tick in range(_TICKS):
            now = 60 * minute + SYNC_SECONDS * tick
            ready = sum(when <= now for when in ready_at)
            a_second = ready * worker.threads / worker.seconds
            children = curve.at(now / 60)
            asked = children / worker.questions_every
            answered = min(queue / SYNC_SECONDS + asked, a_second)
            queue += SYNC_SECONDS * (asked - answered)
            longest = max(longest, queue / a_second if a_second else 0.0)
            checkpoints = min(children * worker.checkpoint_cpu, worker.most_checkpoint_cpu)
            cpu = answered * worker.answer_cpu + checkpoints
            load = {CPU: 100 * cpu / rules.cpu_request, QUEUE: queue, SQS: queue}
            replicas = steering.decide(now, len(ready_at), seen.add(load))
            # The youngest go first, and end what they have begun.
            ready_at = ready_at[:replicas] + [now + worker.start] * (replicas - len(ready_at))
        ready = sum(when <= now for when in ready_at)
        minutes.append(AnswersMinute(minute, asked, ready, len(ready_at) - ready, longest))
    return Answers(rules.name, minutes)


def as_data(day: Answers) -> dict[str, object]:
    """Return the workers' day as JSON data."""
    return {
        "minutes_late": day.minutes_late,
        "longest_wait": round(day.longest_wait, 1),
        "most_workers": day.most_workers,
        "worker_hours": round(day.hours, 1),
        "minutes": [vars(minute) for minute in day.minutes],
    }


def as_markdown(days: Sequence[Answers]) -> Iterator[str]:
    """Yield what the workers' days came to."""
    yield f"| questions | {' | '.join(day.rules for day in days)} |"
    yield "|---" * (1 + len(days)) + "|"
    for what, values in (
        ("minutes in which one waited more than a second for a worker", [day.minutes_late for day in days]),
        ("seconds that one waited, at most", [day.longest_wait for day in days]),
        ("workers at most", [day.most_workers for day in days]),
        ("worker hours", [day.hours for day in days]),
    ):
        yield f"| {what} | {' | '.join(f'{value:,.0f}' for value in values)} |"
