"""What there is to change in a school, and the plan that holds it. Pure."""

import hashlib
from dataclasses import dataclass

from sessions.rosters.present import PresentClass, PresentStudent
from sessions.rosters.roster import Problem


@dataclass(frozen=True)
class ClassChange:
    """A class as it shall be; `before` is None for a new one."""

    name: str
    sourced_id: str
    before: PresentClass | None = None


@dataclass(frozen=True)
class StudentChange:
    """A child as it shall be; `before` is None for a new one. Classes are named as they shall be."""

    class_name: str
    name: str
    animal: str
    reading_band: str
    sourced_id: str
    before: PresentStudent | None = None
    class_before: str = ""


@dataclass(frozen=True)
class StudentRemoval:
    """A child who is to go, with all that it has read."""

    student: PresentStudent
    class_name: str


@dataclass(frozen=True)
class TeacherChange:
    """An account that shall teach a class, or shall no longer."""

    class_name: str
    account: int
    email: str
    teaches: bool


Change = ClassChange | StudentChange | StudentRemoval | TeacherChange


@dataclass(frozen=True)
class Plan:
    """The changes in the order to make them; with problems none of them may be made."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    # Whom their class no longer has in the file; they stay.
    missing: tuple[StudentRemoval, ...] = ()
    leaving: tuple[TeacherChange, ...] = ()
    unknown_teachers: tuple[tuple[str, str], ...] = ()  # (class, address) of teachers without an account
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return what is the same for the same changes."""
        return hashlib.sha256(repr(self.changes).encode()).hexdigest()
