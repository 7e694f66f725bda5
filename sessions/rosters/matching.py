"""Who in a roster is whom in the school: by id, else by the name as written, else by a name it may have got.

A match by name needs one of the two to have no id, and nobody else who fits as well: in doubt nobody is taken
for somebody else. Pure.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from sessions.rosters.present import Present, PresentClass, PresentStudent
from sessions.rosters.roster import Roster, RosterClass, RosterStudent, fold

MAX_LETTERS = 8  # of a surname: children who share more have to be told apart by hand

New = TypeVar("New", RosterClass, RosterStudent)
Old = TypeVar("Old", PresentClass, PresentStudent)


def match_classes(roster: Roster, present: Present) -> dict[str, PresentClass]:
    """Return the classes there are by the keys of the roster."""
    news, olds = roster.classes, present.classes
    found = _by_id(news, olds)
    for spelt in (str, fold):
        _by_name(found, news, [spelt(new.name) for new in news], olds, [spelt(old.name) for old in olds])
    return {news[at].key: old for at, old in found.items()}


def match_students(
    roster: Roster, present: Present, classes: Mapping[str, PresentClass]
) -> dict[int, PresentStudent]:
    """Return the children there are by their place in `roster.students`."""
    news, olds = roster.students, present.students
    found = _by_id(news, olds)
    rooms = [classes[new.class_key].pk if new.class_key in classes else 0 for new in news]

    def pair(new_names: Iterable[str], old_names: Iterable[str]) -> None:
        old_rooms = (old.class_pk for old in olds)
        _by_name(
            found,
            news,
            list(zip(rooms, new_names, strict=True)),
            olds,
            list(zip(old_rooms, old_names, strict=True)),
        )

    pair((new.written for new in news), (old.name for old in olds))
    folded = [fold(old.name) for old in olds]
    pair((fold(new.written) for new in news), folded)
    # Longer ones first: "Ada Lo." is Lovelace even where "Ada L." is somebody who is called no more than L.
    for letters in range(MAX_LETTERS, -1, -1):
        pair((fold(told_apart(new, letters)) for new in news), folded)
    return found


def told_apart(new: RosterStudent, letters: int) -> str:
    """Return a first name with so many letters of the surname, where there are as many: "Ada L."."""
    surname = new.surname[:letters].rstrip(" .")
    return f"{new.first_name} {surname}." if surname else new.first_name


def may_be_called(new: RosterStudent, name: str) -> bool:
    """Tell whether a name is the child's as it is written, or one that we would give it."""
    forms = {told_apart(new, letters) for letters in range(MAX_LETTERS + 1)} | {new.written}
    return fold(name) in map(fold, forms)


def _by_id(news: Sequence[New], olds: Iterable[Old]) -> dict[int, Old]:
    known = {old.sourced_id: old for old in olds if old.sourced_id}
    found: dict[int, Old] = {}
    for at, new in enumerate(news):
        # Of an id that stands twice, which is a problem of its own, the first has it.
        if old := known.pop(new.sourced_id, None):
            found[at] = old
    return found


def _by_name(
    found: dict[int, Old],
    news: Sequence[New],
    new_names: Iterable[Hashable],
    olds: Sequence[Old],
    old_names: Iterable[Hashable],
) -> None:
    """Add to `found` each pair of one name, where neither has another of that name."""
    taken = {old.pk for old in found.values()}
    free: dict[Hashable, list[Old]] = defaultdict(list)
    for old, name in zip(olds, old_names, strict=True):
        if old.pk not in taken:
            free[name].append(old)
    asking: dict[Hashable, list[int]] = defaultdict(list)
    for at, name in enumerate(new_names):
        if at not in found and name in free:
            asking[name].append(at)
    for name, places in asking.items():
        if len(free[name]) > 1:
            continue
        old = free[name][0]
        fitting = [at for at in places if not (news[at].sourced_id and old.sourced_id)]
        if len(fitting) == 1:
            found[fitting[0]] = old
