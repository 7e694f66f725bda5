"""A plan in words: a line for each change, and how many there are of each kind. Pure."""

from collections import Counter
from dataclasses import dataclass

from sessions.rosters.changes import (
    Change,
    ClassChange,
    Plan,
    StudentChange,
    StudentRemoval,
    TeacherChange,
)
from sessions.rosters.roster import Problem


@dataclass(frozen=True)
class Line:
    """One change: its kind, the class, whom it is about, and what is different afterwards."""

    kind: str
    class_name: str
    who: str = ""
    what: str = ""


def lines(plan: Plan) -> list[Line]:
    """Return a line for each change, in their order."""
    return [_line(change) for change in plan.changes]


def counts(plan: Plan) -> dict[str, int]:
    """Return how many changes of each kind there are, most first."""
    return dict(Counter(line.kind for line in lines(plan)).most_common())


def where(problem: Problem) -> str:
    """Return where a problem is, as people say it."""
    place = problem.place
    parts = [place.file, f"row {place.row}" if place.row else "", place.column]
    return ", ".join(part for part in parts if part)


def _line(change: Change) -> Line:
    match change:
        case StudentRemoval():
            return Line("Child removed", change.class_name, change.student.name, "with all it has read")
        case TeacherChange():
            what = "teaches this class" if change.teaches else "no longer teaches this class"
            return Line("Teacher", change.class_name, change.email, what)
        case ClassChange(before=None):
            return Line("New class", change.name)
        case ClassChange():
            return Line("Class changed", change.name, what=_class_differences(change))
        case StudentChange(before=None):
            what = ", ".join(filter(None, [change.animal, change.reading_band]))
            return Line("New child", change.class_name, change.name, what)
        case StudentChange():
            return Line("Child changed", change.class_name, change.name, _child_differences(change))


def _class_differences(change: ClassChange) -> str:
    assert change.before is not None  # a new class has its own line
    told = []
    if change.name != change.before.name:
        told.append(f"was called {change.before.name}")
    if change.sourced_id != change.before.sourced_id:
        told.append(f"gets the id {change.sourced_id}")
    return ", ".join(told)


def _child_differences(change: StudentChange) -> str:
    before = change.before
    assert before is not None  # a new child has its own line
    told = []
    if change.name != before.name:
        told.append(f"was called {before.name}")
    if change.class_before != change.class_name:
        told.append(f"was in {change.class_before}")
    if change.animal != before.animal:
        told.append(f"{change.animal} instead of {before.animal}")
    if change.reading_band != before.reading_band:
        told.append(f"reads as {change.reading_band}")
    if change.sourced_id != before.sourced_id:
        told.append(f"gets the id {change.sourced_id}")
    return ", ".join(told)
