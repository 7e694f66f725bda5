"""What the children of one class are called: the first name, or where two share it some surname too. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sessions.rosters.matching import MAX_LETTERS, told_apart
from sessions.rosters.roster import MAX_FIRST_NAME, RosterStudent, fold


def names_in_class(
    students: Mapping[int, RosterStudent], kept: Mapping[int, str], others: Iterable[str]
) -> tuple[dict[int, str], list[Sequence[int]]]:
    """Return each child's name, and the groups of children who cannot be told apart.

    `kept` are the names of those who have a fitting one already: it stays when another of that name comes or
    goes. `others` are names in the class that the file does not have.
    """
    names = dict(kept)
    taken = {fold(name) for name in (*kept.values(), *others)}
    sharing = Counter(fold(student.first_name) for student in students.values())
    groups: dict[str, list[int]] = defaultdict(list)
    for at, student in students.items():
        if at not in kept:
            groups[fold(student.first_name)].append(at)
    unclear: list[Sequence[int]] = []
    # Whoever can have the bare first name gets it before names are made longer.
    for first in sorted(groups, key=lambda first: (sharing[first] > 1 or first in taken, first)):
        group = groups[first]
        called = _called([students[at] for at in group], taken, 0 if sharing[first] == 1 else 1)
        if called is None:
            unclear.append(group)
            continue
        names.update(zip(group, called, strict=True))
        taken |= {fold(name) for name in called}
    return names, unclear


def _called(group: Sequence[RosterStudent], taken: set[str], fewest: int) -> list[str] | None:
    for letters in range(fewest, MAX_LETTERS + 1):
        names = [told_apart(student, letters) for student in group]
        different = {fold(name) for name in names}
        fits = max(map(len, names)) <= MAX_FIRST_NAME
        if len(different) == len(group) and not different & taken and fits:
            return names
    return None
