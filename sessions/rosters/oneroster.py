"""A roster as OneRoster 1.1 or 1.2: CSV files that name each other's rows by id. Pure.

Only classes, who is in them, first names, surnames (to tell children apart) and teachers' mail addresses are
read; passwords, birthdays, telephones and all the rest are not.
"""

from collections import defaultdict
from collections.abc import Mapping

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
    fold,
    without_initials,
)
from sessions.rosters.tables import Row, Table, read_table

MANIFEST = "manifest.csv"
NEEDED = ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")
READ = (MANIFEST, *NEEDED, "roles.csv")
# Ids that an export of ours made up for rows that have none: they say nothing to anybody.
OWN_IDS = "readerai:"
NO_SURNAME = "-"

_COLUMNS = {
    "orgs.csv": ("sourcedid", "name", "type"),
    "users.csv": ("sourcedid", "givenname"),
    "classes.csv": ("sourcedid", "title", "schoolsourcedid"),
    "enrollments.csv": ("classsourcedid", "usersourcedid", "role"),
}
_GONE = {"tobedeleted", "inactive"}


def read(files: Mapping[str, bytes], school: str) -> Roster:
    """Return what the files say of the school of this name; raises Refused where they are no roster.

    Where the files hold homerooms, only those are classes: a child has one class here.
    """
    for name in NEEDED:
        if name not in files:
            raise Refused(f"{name} is missing: a OneRoster archive has {', '.join(NEEDED)} at its root.")
    tables = {name: read_table(name, files[name]) for name in READ if name in files}
    for name, columns in _COLUMNS.items():
        if missing := [column for column in columns if column not in tables[name].columns]:
            raise Refused(f"{name} lacks the column {missing[0]!r} (capital letters do not matter).")
    _refuse_changes_only(tables.get(MANIFEST))
    return _Reading(tables, school).roster()


def _refuse_changes_only(manifest: Table | None) -> None:
    for row in manifest.rows if manifest else ():
        if row["propertyname"].startswith("file.") and row["value"].lower() == "delta":
            raise Refused(
                f"{MANIFEST}, row {row.number}: holds changes only (delta): export it whole (bulk)."
            )


class _Reading:
    """The tables on their way to a roster."""

    def __init__(self, tables: Mapping[str, Table], school: str) -> None:
        self._tables = tables
        self._problems = [problem for table in tables.values() for problem in table.problems]
        self._school = self._org_of(school)
        self._classes = self._by_id("classes.csv")
        self._users = self._by_id("users.csv")
        self._roles: dict[str, set[str]] = defaultdict(set)
        for row in self._present("roles.csv"):
            self._roles[row["usersourcedid"]].add(row["role"].lower())

    def roster(self) -> Roster:
        """Return what was read."""
        rooms = self._rooms()
        students: list[RosterStudent] = []
        teachers: dict[str, list[RosterTeacher]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        for row in self._present("enrollments.csv"):
            room, user, role = row["classsourcedid"], row["usersourcedid"], row["role"].lower()
            if role not in {"student", "teacher"} or (room, user) in seen:
                continue
            if room not in self._classes:
                self._wrong(row, "classSourcedId", f"{room!r} is not in classes.csv")
            elif user not in self._users:
                self._wrong(row, "userSourcedId", f"{user!r} is not in users.csv")
            elif room in rooms:
                seen.add((room, user))
                if role == "student":
                    students.append(self._student(self._users[user], room))
                elif email := self._users[user]["email"].lower():
                    teachers[room].append(RosterTeacher(self._users[user].place("email"), email))
        classes = tuple(self._class(row, tuple(teachers[key])) for key, row in rooms.items())
        notes = [note for table in self._tables.values() for note in table.notes]
        return Roster(classes, tuple(students), tuple(self._problems), tuple(notes))

    def _rooms(self) -> dict[str, Row]:
        ours = {key: row for key, row in self._classes.items() if row["schoolsourcedid"] == self._school}
        homerooms = {key: row for key, row in ours.items() if row["classtype"].lower() == "homeroom"}
        return homerooms or ours

    def _class(self, row: Row, teachers: tuple[RosterTeacher, ...]) -> RosterClass:
        if what := flaw(row["title"], MAX_CLASS_NAME) if row["title"] else "is empty: write the class's name":
            self._wrong(row, "title", what)
        place = row.place("title")
        return RosterClass(place, row["sourcedid"], row["title"], _kept_id(row["sourcedid"]), teachers)

    def _student(self, row: Row, room: str) -> RosterStudent:
        column = "preferredGivenName" if row["preferredgivenname"] else "givenName"
        written = row[column.lower()]
        if what := flaw(written, MAX_FIRST_NAME) if written else "is empty: write the child's first name":
            self._wrong(row, column, what)
        if self._is_grown_up(row):
            self._wrong(row, "role", "is no student, and enrolled in a class as one")
        surname = row["preferredfamilyname"] or row["familyname"]
        first, surname = without_initials(written, "" if surname == NO_SURNAME else surname)
        return RosterStudent(
            place=row.place(column),
            class_key=room,
            written=written,
            first_name=first,
            surname=surname,
            sourced_id=_kept_id(row["sourcedid"]),
        )

    def _is_grown_up(self, row: Row) -> bool:
        roles = self._roles[row["sourcedid"]] | ({row["role"].lower()} if row["role"] else set())
        return bool(roles) and "student" not in roles

    def _org_of(self, school: str) -> str:
        schools = [row for row in self._present("orgs.csv") if row["type"].lower() == "school"]
        named = [row for row in schools if fold(row["name"]) == fold(school)]
        found = named if named else schools
        if len(found) == 1:
            return found[0]["sourcedid"]
        held = ", ".join(row["name"] for row in schools[:5]) or "none"
        raise Refused(f"orgs.csv has to have one school called {school!r}; it has {held}.")

    def _by_id(self, name: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in self._present(name):
            key = row["sourcedid"]
            if not key:
                self._wrong(row, "sourcedId", "is empty: each row needs an id")
            elif key in found:
                self._wrong(row, "sourcedId", f"{key!r} is that of row {found[key].number} too")
            elif what := flaw(key, MAX_ID):
                self._wrong(row, "sourcedId", what)
            else:
                found[key] = row
        return found

    def _present(self, name: str) -> list[Row]:
        table = self._tables.get(name)
        return [row for row in table.rows if row["status"].lower() not in _GONE] if table else []

    def _wrong(self, row: Row, column: str, text: str) -> None:
        self._problems.append(Problem(row.place(column), text))


def _kept_id(sourced_id: str) -> str:
    return "" if sourced_id.startswith(OWN_IDS) else sourced_id
