"""A school day as a picture: how many children there are, and for how many the servers have places."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from readerai.simulated_day.curve import MINUTES
from readerai.simulated_day.outcome import Outcome

_WIDTH, _HEIGHT = 1200, 620
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 70, 60, 60
_INK, _GRID, _CHILDREN, _WAITING = "#1f2937", "#e5e7eb", "#f59e0b", "#dc2626"
_SERVERS = ("#2563eb", "#059669", "#7c3aed")
_STEPS = (1, 2, 5)


def draw(outcomes: Sequence[Outcome]) -> bytes:
    """Return a PNG: children as an area, each rule's places as a line, minutes without room in red below."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    canvas = _Canvas(ImageDraw.Draw(picture), outcomes)
    canvas.grid()
    canvas.children()
    for number, outcome in enumerate(outcomes):
        canvas.places(outcome, number)
    canvas.legend()
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class _Canvas:
    """Where minutes and children are on the picture."""

    def __init__(self, on: ImageDraw.ImageDraw, outcomes: Sequence[Outcome]) -> None:
        self._on = on
        self._outcomes = outcomes
        self._font = ImageFont.load_default(16)
        self._each = outcomes[0].server.most_children
        most = max(
            max(minute.children, minute.servers * self._each)
            for outcome in outcomes
            for minute in outcome.minutes
        )
        self._top = most * 1.08

    def grid(self) -> None:
        """Draw hours, children on the left and servers on the right."""
        for hour in range(0, 25, 2):
            x = self._x(60 * hour)
            self._on.line([(x, _TOP), (x, _HEIGHT - _BOTTOM)], fill=_GRID)
            self._text((x, _HEIGHT - _BOTTOM + 22), f"{hour:02}:00", "mm")
        step = _step(self._top)
        for children in range(0, int(self._top), step):
            y = self._y(children)
            self._on.line([(_LEFT, y), (_WIDTH - _RIGHT, y)], fill=_GRID)
            self._text((_LEFT - 10, y), f"{children:,}", "rm")
        servers = _step(self._top / self._each)
        for number in range(0, int(self._top / self._each) + 1, servers):
            self._text((_WIDTH - _RIGHT + 10, self._y(number * self._each)), str(number), "lm")

    def children(self) -> None:
        """Fill what is below the number of children."""
        minutes = self._outcomes[0].minutes
        line = [(self._x(each.minute), self._y(each.children)) for each in minutes]
        self._on.polygon([(_LEFT, self._y(0)), *line, (line[-1][0], self._y(0))], fill=_CHILDREN)

    def places(self, outcome: Outcome, number: int) -> None:
        """Draw the places that servers have, and the minutes in which they were too few."""
        color = _SERVERS[number % len(_SERVERS)]
        line = [(self._x(each.minute), self._y(each.servers * self._each)) for each in outcome.minutes]
        self._on.line(line, fill=color, width=3)
        y = _HEIGHT - _BOTTOM + 2 + 5 * number
        for minute in outcome.minutes:
            if minute.waiting:
                x = self._x(minute.minute)
                self._on.rectangle([x, y, x + 2, y + 4], fill=_WAITING)

    def legend(self) -> None:
        """Say what is what."""
        x = float(_LEFT)
        entries = [("children", _CHILDREN)]
        for number, outcome in enumerate(self._outcomes):
            entries.append((f"places, {outcome.rules}", _SERVERS[number % len(_SERVERS)]))
        entries.append(("a child finds no room", _WAITING))
        for text, color in entries:
            self._on.rectangle([x, 24, x + 14, 38], fill=color)
            self._text((x + 22, 31), text, "lm")
            x += 50 + self._on.textlength(text, font=self._font)
        self._text((_WIDTH - 12, 31), "servers", "rm")

    def _text(self, place: tuple[float, float], text: str, anchor: str) -> None:
        self._on.text(place, text, fill=_INK, font=self._font, anchor=anchor)

    def _x(self, minute: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * minute / MINUTES

    def _y(self, children: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * children / self._top


def _step(most: float) -> int:
    """Return a round number of which at most eight fit in."""
    size = 1
    while True:
        for factor in _STEPS:
            if most <= 8 * factor * size:
                return factor * size
        size *= 10
