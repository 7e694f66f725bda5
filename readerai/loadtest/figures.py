"""What is counted and measured, and how much that is: per frame, per session, at most. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple, Self

from readerai.loadtest.inbox import Faults
from readerai.loadtest.ledger import Ledger


class Spread(NamedTuple):
    """Milliseconds of so many cases, each percentile being a case that was measured (nearest rank)."""

    cases: int
    p50: float
    p95: float
    p99: float
    longest: float


def spread(milliseconds: Iterable[float]) -> Spread | None:
    """Return the percentiles; None where nothing was measured."""
    ordered = sorted(milliseconds)
    if not ordered:
        return None
    ranks = (ordered[math.ceil(percent * len(ordered) / 100) - 1] for percent in (50, 95, 99))
    return Spread(len(ordered), *(round(value, 3) for value in (*ranks, ordered[-1])))


@dataclass
class Tally:
    """The ledgers of many children in sum; lists are milliseconds, one entry a case."""

    children: int = 0
    progress_frames: int = 0
    questions: int = 0
    acknowledged: int = 0
    answered: int = 0
    given_up: int = 0
    sentences: int = 0
    lost: int = 0  # acknowledgements, sentences and (where answers are expected) ends that never came
    repeated: int = 0  # told again after a snapshot, and dropped by the child: allowed
    not_restored: int = 0  # children that are still away, or were sent away for good
    disconnects: int = 0
    faults: Faults = field(default_factory=Faults)
    outcomes: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)  # of answers
    acknowledgement: list[float] = field(default_factory=list)
    first_sentence: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    publish_to_frame: list[float] = field(default_factory=list)
    connect: list[float] = field(default_factory=list)  # from the attempt to SESSION_RESTORED
    pause: list[float] = field(default_factory=list)  # from a lost connection to SESSION_RESTORED

    def __iadd__(self, other: Self) -> Self:
        """Add what another process has counted."""
        for entry in fields(self):
            mine, theirs = getattr(self, entry.name), getattr(other, entry.name)
            if isinstance(mine, list):
                mine.extend(theirs)
            elif isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, Faults):
                for fault in fields(Faults):
                    setattr(mine, fault.name, getattr(mine, fault.name) + getattr(theirs, fault.name))
            else:
                setattr(self, entry.name, mine + theirs)
        return self

    @property
    def sound(self) -> bool:
        """Was nothing lost, doubled, out of order or refused?"""
        faults = sum(getattr(self.faults, entry.name) for entry in fields(Faults))
        return not (self.lost or faults or self.errors or self.not_restored)


def tally(ledgers: Iterable[Ledger], *, answers: bool) -> Tally:
    """Return the sum of these ledgers; with `answers`, a question that was not answered is lost."""
    total = Tally()
    for ledger in ledgers:
        total += _of_one(ledger, answers=answers)
    return total


def _of_one(ledger: Ledger, *, answers: bool) -> Tally:
    questions = list(ledger.questions.values())
    came_back = ledger.absences[1:]
    away = not ledger.absences or ledger.absences[-1].restored_at is None
    return Tally(
        children=1,
        progress_frames=ledger.progress_said,
        questions=len(questions),
        acknowledged=sum(question.acknowledged_at is not None for question in questions),
        answered=sum(question.ended_at is not None for question in questions),
        given_up=sum(not question.wanted for question in questions),
        sentences=sum(question.sentences for question in questions),
        lost=ledger.missing(answers=answers),
        repeated=ledger.inbox.repeated,
        not_restored=int(away),
        disconnects=sum(ledger.closes.values()),
        faults=ledger.faults,
        outcomes=ledger.outcomes,
        closes=ledger.closes,
        errors=ledger.errors,
        refusals=ledger.refusals,
        sources=Counter(question.source for question in questions if question.ended_at is not None),
        acknowledgement=_milliseconds((q.asked_at, q.acknowledged_at) for q in questions),
        first_sentence=_milliseconds((q.asked_at, q.first_sentence_at) for q in questions),
        answer=_milliseconds((q.asked_at, q.ended_at) for q in questions),
        publish_to_frame=ledger.publish_ms,
        connect=_milliseconds((a.connecting_at, a.restored_at) for a in ledger.absences),
        pause=_milliseconds((a.begun_at, a.restored_at) for a in came_back),
    )


def _milliseconds(spans: Iterable[tuple[float | None, float | None]]) -> list[float]:
    return [1000 * (end - start) for start, end in spans if start is not None and end is not None]


class Sample(NamedTuple):
    """What the server's processes have used up to `at` (seconds): CPU in seconds, memory (USS) in bytes."""

    at: float
    cpu: float
    uss: int


class Cost(NamedTuple):
    """What happened between two samples, and what the server used for it, gross."""

    seconds: float
    times: int
    cpu_seconds: float
    cpu_percent: float  # of one core
    cpu_microseconds_each: float | None  # None: it never happened


def cost(before: Sample, after: Sample, times: int) -> Cost:
    """Return the server's whole CPU between two samples, shared among what happened `times` times."""
    seconds, used = after.at - before.at, after.cpu - before.cpu
    return Cost(
        round(seconds, 2),
        times,
        round(used, 3),
        round(100 * used / seconds, 1) if seconds else 0.0,
        round(1e6 * used / times, 1) if times else None,
    )


def memory_each(before: Sample, after: Sample, sessions: int) -> int | None:
    """Return the bytes that each live session has added."""
    return round((after.uss - before.uss) / sessions) if sessions else None


def drift_percent(values: Sequence[float]) -> float | None:
    """Return the largest deviation from the median, in percent of it; None for fewer than two values."""
    if len(values) < 2:
        return None
    median = sorted(values)[len(values) // 2]
    return round(100 * max(abs(value - median) for value in values) / median, 2) if median else 0.0
