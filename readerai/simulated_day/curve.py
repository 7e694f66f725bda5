"""How many children are there at which minute of a school day. Pure."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

MINUTES = 24 * 60


class BadCurve(Exception):
    """A school day cannot be read; the message says what a line must look like."""


@dataclass(frozen=True)
class Curve:
    """`points` are (minute of the day, children), in order: from a bell until the next one so many are there.

    They do not come at once, and do not go at once either: it takes `rush` minutes from the bell on.
    """

    points: tuple[tuple[int, int], ...]
    rush: int = 5

    def at(self, minute: float) -> int:
        """Return the children who are there; before the first bell nobody is."""
        before = there = bell = 0.0
        for time, children in self.points:
            if time > minute:
                break
            before, there, bell = self._level(before, there, bell, time), children, time
        return round(self._level(before, there, bell, minute))

    @property
    def peak(self) -> int:
        """Return the most children who are there at once."""
        return max(children for _, children in self.points)

    def scaled(self, peak: int) -> "Curve":
        """Return the same day with so many children at its peak."""
        factor = peak / self.peak
        return Curve(tuple((time, round(children * factor)) for time, children in self.points), self.rush)

    def _level(self, before: float, there: float, bell: float, minute: float) -> float:
        share = min(1.0, (minute - bell) / self.rush)
        return before + (there - before) * share


SCHOOL_DAY = Curve(
    (
        (6 * 60, 500),
        (8 * 60, 5_000),
        (10 * 60, 3_000),
        (12 * 60, 1_000),
        (14 * 60, 4_000),
        (16 * 60, 1_500),
        (18 * 60, 800),
        (20 * 60, 0),
    )
)


def read_curve(lines: Iterable[str], rush: int) -> Curve:
    """Return the day in lines like `08:00,5000`. Raises BadCurve."""
    points = []
    for row in csv.reader(lines):
        if not row or row[0].strip().lower() == "time":
            continue
        try:
            time, children = row
            hour, minute = map(int, time.split(":"))
            point = (60 * hour + minute, int(children))
        except ValueError:
            raise BadCurve(f"{','.join(row)!r} is not a time and a number of children: 08:00,5000") from None
        if not (0 <= point[0] < MINUTES and 0 <= minute < 60 and point[1] >= 0):
            raise BadCurve(f"{','.join(row)!r} is no time of a day, or fewer children than none")
        points.append(point)
    if not any(children for _, children in points):
        raise BadCurve("nobody comes on this day")
    if points != sorted(points) or len({time for time, _ in points}) < len(points):
        raise BadCurve("the times must be in order, each one once")
    return Curve(tuple(points), rush)
