"""`simulate_school_day --load`: makes the day and the rules small enough for this machine, and plays them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TextIO

from readerai.loadtest.ledger import WORD_SECONDS
from readerai.loadtest.school import school_of
from readerai.simulated_day.curve import Curve
from readerai.simulated_day.days import midnight
from readerai.simulated_day.live_day import LiveDay, Part, Played
from readerai.simulated_day.rules import Rules, read_rules
from readerai.simulated_day.seen import CPU

_WORDS = 500  # more than a child reads in any case


def play(
    curve: Curve,
    paths: Sequence[Path],
    part: Part,
    *,
    children: int,
    most: int,
    floor: int | None,
    day: date,
    console: TextIO,
) -> Played:
    """Play a part of the day with so many children at its peak and at most so many processes.

    Where there are several rules the last ones are played, KEDA's. Raises NoRules, TimeoutError.
    """
    rules = read_rules(paths)[-1]
    if floor is not None:
        rules = rules.with_floors(floor)
    rules = small(rules, children / curve.peak, most)
    seconds = (part.last - part.first) * 60 / part.speed
    with school_of(children, _WORDS + int(seconds / WORD_SECONDS)) as school:
        return asyncio.run(
            LiveDay(curve.scaled(children), rules, part, midnight(rules, day), school, console).play()
        )


def small(rules: Rules, factor: float, most: int) -> Rules:
    """Return the rules for a day that is smaller by this factor, with no more servers than `most`."""
    bounds = replace(rules.bounds, fewest=min(rules.bounds.fewest, most), most=min(rules.bounds.most, most))
    targets = {name: target if name == CPU else target * factor for name, target in rules.targets.items()}
    floors = tuple(replace(floor, replicas=min(floor.replicas, most)) for floor in rules.floors)
    return replace(rules, bounds=bounds, targets=targets, floors=floors)


def as_lines(played: Played) -> Iterator[str]:
    """Yield what came of it, for people."""
    counted, faults = played.tally, played.tally.faults
    yield (
        f"{max(step.children for step in played.steps)} children at most, "
        f"{max(step.servers for step in played.steps)} servers at most, "
        f"{max(step.away for step in played.steps)} children away at once at most"
    )
    yield (
        f"lost {counted.lost}, duplicated {faults.duplicated}, words lost {faults.words_lost}, "
        f"not restored {counted.not_restored}, cut off and back {counted.disconnects}"
    )
    yield "sound: nothing lost" if played.sound else "NOT SOUND: see above"
