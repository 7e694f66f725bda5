"""What a simulated day came to: who had no room, and what it costs beside a fixed fleet. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readerai.simulated_day.curve import MINUTES
from readerai.simulated_day.simulation import Minute, Server

_SHOWN = 120  # minutes between two lines of the table
_SOON = 6  # minutes after a bell everybody has come


@dataclass(frozen=True)
class Outcome:
    """One day under one set of rules; `core_hour` is what an hour of a server costs."""

    rules: str
    minutes: Sequence[Minute]
    server: Server
    core_hour: float

    @property
    def without_room(self) -> int:
        """Return the minutes in which a child found no place."""
        return sum(minute.waiting > 0 for minute in self.minutes)

    @property
    def most_waiting(self) -> int:
        """Return the most children who found no place at once."""
        return max(minute.waiting for minute in self.minutes)

    @property
    def without_spare(self) -> int:
        """Return the minutes in which no server might have died."""
        return sum(not minute.spare for minute in self.minutes)

    @property
    def most_servers(self) -> int:
        """Return the most servers that served at once."""
        return max(minute.servers for minute in self.minutes)

    @property
    def hours(self) -> float:
        """Return the hours that are paid for: those of servers that start or drain, too."""
        return sum(minute.servers + minute.starting + minute.draining for minute in self.minutes) / 60

    @property
    def fixed(self) -> int:
        """Return the servers of a fleet that has room at the peak, and one to spare."""
        return math.ceil(max(minute.children for minute in self.minutes) / self.server.most_children) + 1

    @property
    def saved(self) -> float:
        """Return the share of the fixed fleet's cost that is saved; below 0: it costs more."""
        return 1 - self.hours / (24 * self.fixed)

    def dollars(self, hours: float) -> float:
        """Return what so many hours of servers cost, each one core."""
        return hours * self.core_hour


def as_data(outcome: Outcome) -> dict[str, object]:
    """Return the day as JSON data."""
    return {
        "rules": outcome.rules,
        "minutes_without_room": outcome.without_room,
        "most_waiting": outcome.most_waiting,
        "minutes_without_spare": outcome.without_spare,
        "most_servers": outcome.most_servers,
        "server_hours": round(outcome.hours, 1),
        "fixed_servers": outcome.fixed,
        "fixed_server_hours": 24 * outcome.fixed,
        "dollars": round(outcome.dollars(outcome.hours), 2),
        "fixed_dollars": round(outcome.dollars(24 * outcome.fixed), 2),
        "minutes": [vars(minute) for minute in outcome.minutes],
    }


def as_markdown(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the days' table and what they came to."""
    names = [outcome.rules for outcome in outcomes]
    columns = [f"{name}: {what}" for name in names for what in ("servers", "waiting", "CPU")]
    yield f"| time | children | {' | '.join(columns)} |"
    yield "|---" * (2 + len(columns)) + "|"
    for moment in _moments(outcomes):
        cells = [f"{moment // 60:02}:{moment % 60:02}", f"{outcomes[0].minutes[moment].children:,}"]
        for outcome in outcomes:
            minute = outcome.minutes[moment]
            cells += [_servers(minute), f"{minute.waiting:,}", f"{minute.cpu:.0%}"]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield f"| the day | {' | '.join(names)} | fixed fleet |"
    yield "|---" * (2 + len(names)) + "|"
    first = outcomes[0]
    for what, values, fixed in (
        ("minutes in which a child found no room", [each.without_room for each in outcomes], 0),
        ("children who waited at once, at most", [each.most_waiting for each in outcomes], 0),
        ("minutes in which no server might have died", [each.without_spare for each in outcomes], 0),
        ("servers at most", [each.most_servers for each in outcomes], first.fixed),
        ("server hours", [each.hours for each in outcomes], 24 * first.fixed),
    ):
        cells = [f"{value:,.0f}" for value in (*values, fixed)]
        yield f"| {what} | {' | '.join(cells)} |"
    dollars = [first.dollars(hours) for hours in (*(each.hours for each in outcomes), 24 * first.fixed)]
    yield f"| dollars | {' | '.join(f'{value:.2f}' for value in dollars)} |"


def _servers(minute: Minute) -> str:
    extra = f" + {minute.starting}" if minute.starting else f" - {minute.draining}" if minute.draining else ""
    return f"{minute.servers}{extra}"


def _moments(outcomes: Sequence[Outcome]) -> list[int]:
    """Return the minutes that are shown: every other hour, a little later, and where somebody waits."""
    regular = range(0, MINUTES, _SHOWN)
    waiting = [minute.minute for outcome in outcomes for minute in outcome.minutes if minute.waiting]
    return sorted({*regular, *(at + _SOON for at in regular), *waiting})
