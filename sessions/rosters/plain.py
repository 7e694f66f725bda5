"""A roster as a plain table: a row a child, or a class alone. Pure.

Columns: class; student (the whole name, of which only the first word is kept) or first_name and
surname; and where they are wanted class_id, student_id, animal, reading_band and teachers (mail addresses).
"""

import re

from sessions.animals import ANIMALS
from sessions.level import BAND_GRADES
from sessions.rosters.roster import (
    MAX_CLASS_NAME,
    MAX_FIRST_NAME,
    MAX_ID,
    Problem,
    Refused,
    Roster,
    RosterClass,
    RosterStudent,
    RosterTeacher,
    flaw,
    without_initials,
)
from sessions.rosters.tables import Row, Table

TEMPLATE = (
    "class,student,animal,reading_band,teachers,student_id\r\n"
    "Foxes,Ada Lovelace,fox,Growing,m.rivera@school.example,1001\r\n"
    "Foxes,Ben Okri,,,,1002\r\n"
    "Hares,Chidi Obi,hare,First steps,,1003\r\n"
)

COLUMNS = ["class", "class_id", "first_name", "student_id", "animal", "reading_band", "teachers"]
_READ = {column.replace("_", "") for column in COLUMNS} | {"student", "surname"}
_LONGEST = {
    "class": MAX_CLASS_NAME, "student": MAX_ID, "firstname": MAX_FIRST_NAME, "surname": MAX_ID,
    "classid": MAX_ID, "studentid": MAX_ID,
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_BETWEEN_EMAILS = re.compile(r"[\s,;]+")


def read(table: Table) -> Roster:
    """Return what a plain table says; raises Refused where its columns are not those of a roster."""
    if "class" not in table.columns:
        raise Refused(f"{table.file} has no column `class`. The first row names the columns.")
    if not {"student", "firstname"} & set(table.columns):
        raise Refused(f"{table.file} has no column `student` (or `first_name`).")
    notes = list(table.notes)
    if unread := [column for column in table.columns if column not in _READ]:
        notes.append(f"Not read, and not kept: {', '.join(unread)}.")
    reading = _Reading(table)
    return Roster(
        tuple(reading.classes.values()),
        tuple(reading.students),
        (*table.problems, *reading.problems),
        tuple(notes),
    )


def shortened(whole: str) -> tuple[str, str]:
    """Return first name and surname of a whole name: "Ada Lovelace", "Lovelace, Ada", "Ada L."."""
    surname, comma, first = whole.partition(",")
    if comma and surname.strip() and first.strip():
        return first.split()[0], surname.strip()
    first, _, rest = whole.partition(" ")
    return first, rest.split(" ")[-1]


class _Reading:
    """One table on its way to a roster."""

    def __init__(self, table: Table) -> None:
        self.classes: dict[str, RosterClass] = {}
        self.students: list[RosterStudent] = []
        self.problems: list[Problem] = []
        for row in table.rows:
            before = len(self.problems)
            self._check(row)
            if len(self.problems) == before:
                self._take(row)

    def _check(self, row: Row) -> None:
        if not row["class"]:
            self._wrong(row, "class", "is empty: write the class's name")
        for column, longest in _LONGEST.items():
            if what := flaw(row[column], longest):
                self._wrong(row, column, what)
        if row["animal"] and row["animal"].lower() not in ANIMALS:
            self._wrong(row, "animal", f"is none we have a picture of: {', '.join(ANIMALS)}")
        if row["readingband"] and _band(row) is None:
            self._wrong(row, "reading_band", f"is none of {', '.join(BAND_GRADES)}")
        if not flaw(row["student"], MAX_ID) and (what := flaw(shortened(row["student"])[0], MAX_FIRST_NAME)):
            self._wrong(row, "student", what)
        if not (row["student"] or row["firstname"]) and (row["studentid"] or row["surname"]):
            self._wrong(row, "student", "is empty: write the child's name")
        for email in _emails(row):
            if not _EMAIL.fullmatch(email):
                self._wrong(row, "teachers", f"{email!r} is no mail address")

    def _take(self, row: Row) -> None:
        key = row["classid"] or row["class"]
        known = self.classes.get(key)
        if known and known.name != row["class"]:
            text = f"has the id {key!r}, which is that of {known.name!r} in row {known.place.row}"
            self._wrong(row, "class", text)
            return
        named = known.teachers if known else ()
        teachers = tuple(
            RosterTeacher(row.place("teachers"), email)
            for email in _emails(row)
            if email not in {teacher.email for teacher in named}
        )
        place = known.place if known else row.place("class")
        self.classes[key] = RosterClass(place, key, row["class"], row["classid"], named + teachers)
        if student := _student(row, key):
            self.students.append(student)

    def _wrong(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.place(column), text))


def _student(row: Row, class_key: str) -> RosterStudent | None:
    if row["firstname"]:
        column, written = "first_name", row["firstname"]
        first, surname = written, ""
    elif row["student"]:
        column, written = "student", row["student"]
        first, surname = shortened(written)
    else:
        return None
    first, surname = without_initials(first, row["surname"] or surname)
    return RosterStudent(
        place=row.place(column),
        class_key=class_key,
        written=written,
        first_name=first,
        surname=surname,
        sourced_id=row["studentid"],
        animal=row["animal"].lower(),
        reading_band=_band(row) or "",
    )


def _band(row: Row) -> str | None:
    return {band.lower(): band for band in BAND_GRADES}.get(row["readingband"].lower())


def _emails(row: Row) -> list[str]:
    return [email for email in dict.fromkeys(_BETWEEN_EMAILS.split(row["teachers"].lower())) if email]
