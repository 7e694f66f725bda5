"""The curve of a school day: how many children are expected when, and what room is left, in words. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from readerai.env import BadSetting

MINUTES = 24 * 60
STEP = 15  # minutes from one point of a curve to the next

Curve = tuple[tuple[int, int], ...]  # minute of the day, children; in order


def read(name: str, text: str) -> Curve:
    """Return the curve that a setting says as `HOUR=CHILDREN,...`. Raises BadSetting.

    An hour before the first and an hour after the last nobody reads.
    """
    try:
        pairs = [item.split("=") for item in text.split(",")]
        points = sorted((round(float(hour) * 60), int(children)) for hour, children in pairs)
    except ValueError:
        raise BadSetting(f"{name} must be hours and children, for example 8=5000,12.5=1000") from None
    minutes = [minute for minute, _ in points]
    if len(set(minutes)) < len(minutes) or minutes[0] < 60 or minutes[-1] > MINUTES - 60:
        raise BadSetting(f"{name}: each hour once, from 1 to 23")
    return ((minutes[0] - 60, 0), *points, (minutes[-1] + 60, 0))


def expected(curve: Curve, minute: int) -> int:
    """Return how many children are expected at a minute of the day."""
    for (before, few), (after, many) in pairwise(curve):
        if before <= minute <= after:
            return round(few + (many - few) * (minute - before) / (after - before))
    return 0


def hours_shown(curve: Curve) -> range:
    """Return the minutes of the day that a chart shows."""
    return range(curve[0][0], curve[-1][0] + STEP, STEP)


def in_steps(counted: dict[int, int], minutes: Sequence[int]) -> list[int | None]:
    """Return the most that were counted within each step of a chart; None where nobody counted."""
    return [
        max((counted[minute] for minute in range(start, start + STEP) if minute in counted), default=None)
        for start in minutes
    ]


def headroom(room: int, servers: int) -> str:
    """Return in words for how many more children there is room."""
    if not servers:
        return "No server has told of itself yet."
    if not room:
        return "No room left: start another web process."
    return f"Room for {room:,} more {'child' if room == 1 else 'children'}."
