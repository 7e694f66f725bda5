"""What would change in a school if a roster were imported. Pure.

Planning twice gives the same, whatever the order of the rows; once a plan is carried out, planning again
finds nothing to do. Nobody is removed unless asked for, and no class ever is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sessions.animals import ANIMALS
from sessions.rosters.changes import ClassChange, Plan, StudentChange, StudentRemoval, TeacherChange
from sessions.rosters.matching import match_classes, match_students, may_be_called, told_apart
from sessions.rosters.names import names_in_class
from sessions.rosters.present import Present, PresentStudent
from sessions.rosters.roster import (
    Place,
    Problem,
    Roster,
    RosterClass,
    RosterStudent,
    fold,
    places_first,
)


def plan(roster: Roster, present: Present, *, remove_missing: bool = False) -> Plan:
    """Return what would change; with `remove_missing` whom a class no longer has goes, child or teacher.

    Only the classes that the roster names are looked at.
    """
    return _Planning(roster, present, remove_missing).plan()


class _Planning:
    """One comparison on its way to a plan."""

    def __init__(self, roster: Roster, present: Present, remove_missing: bool) -> None:
        self._roster = roster
        self._present = present
        self._remove = remove_missing
        self._problems = list(roster.problems)
        self._rooms = match_classes(roster, present)
        self._names = {
            room.key: known.name if known and fold(known.name) == fold(room.name) else room.name
            for room in roster.classes
            for known in [self._rooms.get(room.key)]
        }
        self._children = match_students(roster, present, self._rooms)
        matched = {old.pk for old in self._children.values()}
        looked_at = {room.pk: key for key, room in self._rooms.items()}
        self._missing = [
            StudentRemoval(old, self._names[looked_at[old.class_pk]])
            for old in present.students
            if old.class_pk in looked_at and old.pk not in matched
        ]

    def plan(self) -> Plan:
        """Return the plan."""
        rooms = sorted(self._room_changes(), key=lambda change: change.name)
        children = sorted(self._child_changes(), key=lambda change: (change.class_name, change.name))
        missing = sorted(self._missing, key=lambda gone: (gone.class_name, gone.student.name))
        teachers, unknown = self._teacher_changes()
        gone = missing if self._remove else []
        teaching = [change for change in teachers if change.teaches or self._remove]
        problems = tuple(sorted(dict.fromkeys(self._problems), key=places_first))
        return Plan(
            changes=() if problems else (*gone, *rooms, *children, *teaching),
            problems=problems,
            missing=() if self._remove else tuple(missing),
            leaving=tuple(change for change in teachers if change not in teaching),
            unknown_teachers=tuple(unknown),
            notes=self._roster.notes,
        )

    # --- classes ---

    def _room_changes(self) -> Iterable[ClassChange]:
        self._look_for_twins()
        for room in self._roster.classes:
            before = self._rooms.get(room.key)
            name, sourced_id = self._names[room.key], room.sourced_id
            if before is None:
                yield ClassChange(name, sourced_id)
            elif (name, sourced_id or before.sourced_id) != (before.name, before.sourced_id):
                yield ClassChange(name, sourced_id or before.sourced_id, before)

    def _look_for_twins(self) -> None:
        """Two classes of one name cannot be told apart by children, whatever their ids."""
        matched = {room.pk for room in self._rooms.values()}
        others = Counter(room.name for room in self._present.classes if room.pk not in matched)
        called = Counter(self._names.values())
        alike = Counter(fold(name) for name in (*called.elements(), *others.elements()))
        for room in self._roster.classes:
            name = self._names[room.key]
            if called[name] > 1:
                self._wrong(room.place, f"{name!r} is the name of two classes: give one another name")
            elif others[name]:
                self._wrong(
                    room.place, f"{name!r} is the name of a class with another id: rename one of them"
                )
            elif alike[fold(name)] > 1 and room.key not in self._rooms:
                self._wrong(
                    room.place, f"{name!r} and another class differ in capitals only: write them alike"
                )

    # --- children ---

    def _child_changes(self) -> list[StudentChange]:
        self._look_for_doubles()
        self._look_for_doubts()
        by_class: dict[str, dict[int, RosterStudent]] = defaultdict(dict)
        for at, student in enumerate(self._roster.students):
            by_class[student.class_key][at] = student
        return [
            change
            for key, students in by_class.items()
            if key in self._names
            for change in self._changes_in_class(key, students)
        ]

    def _look_for_doubles(self) -> None:
        by_id: dict[str, list[RosterStudent]] = defaultdict(list)
        for student in self._roster.students:
            if student.sourced_id:
                by_id[student.sourced_id].append(student)
        for sourced_id, doubles in by_id.items():
            first = min(doubles, key=lambda student: (student.place.row, student.class_key))
            for double in doubles if len(doubles) > 1 else ():
                where = f"row {first.place.row} in {self._names.get(first.class_key, '')!r}"
                text = f"the id {sourced_id!r} stands twice, see {where}: a child has one class"
                self._wrong(double.place, text)

    def _look_for_doubts(self) -> None:
        """A child there is may be one of several new ones: to guess would lose what it has read."""
        new_in_class: dict[str, list[RosterStudent]] = defaultdict(list)
        for at, new in enumerate(self._roster.students):
            if at not in self._children and new.class_key in self._rooms:
                new_in_class[self._names[new.class_key]].append(new)
        for gone in self._missing:
            old = gone.student
            for new in new_in_class[gone.class_name]:
                if may_be_called(new, old.name) and not (new.sourced_id and old.sourced_id):
                    text = (
                        f"may be the {old.name!r} that {gone.class_name!r} has, and so may others: if it is, "
                        f"call that child {told_apart(new, 1)!r} in the list of students, and import again"
                    )
                    self._wrong(new.place, text)

    def _changes_in_class(self, key: str, students: Mapping[int, RosterStudent]) -> Iterable[StudentChange]:
        room = self._rooms.get(key)
        here = {
            at: old
            for at in students
            if (old := self._children.get(at)) and room is not None and old.class_pk == room.pk
        }
        kept = {at: old.name for at, old in here.items() if may_be_called(students[at], old.name)}
        staying = [] if self._remove else [
            gone.student for gone in self._missing if room is not None and gone.student.class_pk == room.pk
        ]  # fmt: skip
        names, unclear = names_in_class(students, kept, [student.name for student in staying])
        for group in unclear:
            for at in group:
                self._wrong(students[at].place, self._cannot_tell_apart(key, students[at]))
        animals = Counter(old.animal for old in (*here.values(), *staying))
        for at in sorted(names, key=lambda at: fold(names[at])):
            change = self._child(students[at], self._children.get(at), key, names[at], animals)
            if change:
                yield change

    def _child(
        self,
        student: RosterStudent,
        before: PresentStudent | None,
        key: str,
        name: str,
        animals: Counter[str],
    ) -> StudentChange | None:
        class_name = self._names[key]
        if before is None:
            # The animal that the fewest of the class have.
            animal = student.animal or min(ANIMALS, key=lambda animal: animals[animal])
            animals[animal] += 1
            return StudentChange(class_name, name, animal, student.reading_band, student.sourced_id)
        room = self._rooms.get(key)
        after = PresentStudent(
            pk=before.pk,
            class_pk=room.pk if room else 0,
            name=name,
            animal=student.animal or before.animal,
            reading_band=student.reading_band or before.reading_band,
            sourced_id=student.sourced_id or before.sourced_id,
        )
        if after == before:
            return None
        class_before = next(room.name for room in self._present.classes if room.pk == before.class_pk)
        return StudentChange(
            class_name, name, after.animal, after.reading_band, after.sourced_id, before, class_before
        )

    def _cannot_tell_apart(self, key: str, student: RosterStudent) -> str:
        return (
            f"{self._names[key]!r} has another child called {student.first_name!r}, and the surnames do not "
            "tell them apart: write names that do"
        )

    # --- teachers ---

    def _teacher_changes(self) -> tuple[list[TeacherChange], list[tuple[str, str]]]:
        accounts: dict[str, list[int]] = defaultdict(list)
        for pk, email in self._present.staff.items():
            accounts[email].append(pk)
        changes: list[TeacherChange] = []
        unknown: set[tuple[str, str]] = set()
        for room in self._roster.classes:
            named: set[int] = set()
            for teacher in room.teachers:
                found = accounts.get(teacher.email, [])
                if len(found) > 1:
                    self._wrong(
                        teacher.place, f"{teacher.email} is the address of two accounts: mend that first"
                    )
                elif found:
                    named.add(found[0])
                else:
                    unknown.add((self._names[room.key], teacher.email))
            changes += self._of_class(room, named)
        return sorted(changes, key=lambda change: (change.class_name, change.email)), sorted(unknown)

    def _of_class(self, room: RosterClass, named: set[int]) -> list[TeacherChange]:
        known = self._rooms.get(room.key)
        teaching = known.teachers if known else frozenset()
        # Whose address is not known can be in no file.
        leaving = {pk for pk in teaching - named if self._present.staff.get(pk)} if named else set()
        name, staff = self._names[room.key], self._present.staff
        return [TeacherChange(name, pk, staff[pk], True) for pk in named - teaching] + [
            TeacherChange(name, pk, staff[pk], False) for pk in leaving
        ]

    def _wrong(self, place: Place, text: str) -> None:
        self._problems.append(Problem(place, text))
