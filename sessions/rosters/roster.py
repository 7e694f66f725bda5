"""What a roster file says, and what is wrong with it. Pure.

A roster holds only what ReaderAI keeps or needs to tell children apart: whatever else a file has is not read.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_CLASS_NAME = 120
MAX_FIRST_NAME = 60
MAX_ID = 255

_SPACES = re.compile(r"[^\S\r\n]+")
_INITIALS = re.compile(r"(?<=\S)(?: \w{1,8}\.)+\Z")
# Signs that have no width and turn the order of what is shown around.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Refused(Exception):
    """A file as a whole cannot be read as a roster; the message says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Place:
    """Where in a file something stands. Row 1 is the header, as in a spreadsheet; 0: the whole file."""

    file: str
    row: int = 0
    column: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place, and how to mend it."""

    place: Place
    text: str


@dataclass(frozen=True)
class RosterTeacher:
    """Who teaches a class, by mail address in small letters."""

    place: Place
    email: str


@dataclass(frozen=True)
class RosterClass:
    """A class; `key` is how the file names it, `sourced_id` its id in the school's system, or empty."""

    place: Place
    key: str
    name: str
    sourced_id: str
    teachers: tuple[RosterTeacher, ...] = ()


@dataclass(frozen=True)
class RosterStudent:
    """A child of a class. `written` is the name as the file has it; the surname is for telling apart only."""

    place: Place
    class_key: str
    written: str
    first_name: str
    surname: str = ""
    sourced_id: str = ""
    animal: str = ""
    reading_band: str = ""


@dataclass(frozen=True)
class Roster:
    """What a file says. With problems in it, nothing of it may be applied."""

    classes: tuple[RosterClass, ...]
    students: tuple[RosterStudent, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Return a text in composed letters, with single spaces and none around it; line breaks stay."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(name: str) -> str:
    """Return what is the same for names that differ only in capitals and spaces."""
    return tidy(name).casefold()


def without_initials(first_name: str, surname: str) -> tuple[str, str]:
    """Return a first name without initials behind it; they are then the surname: "Ada L."."""
    initials = _INITIALS.search(first_name)
    if initials is None:
        return first_name, surname
    return first_name[: initials.start()], initials[0].split(" ")[-1]


def flaw(text: str, longest: int) -> str:
    """Return what forbids a text as a name or an id; empty: nothing does."""
    if any(unicodedata.category(letter) == "Cc" for letter in text) or _TURNING.search(text):
        return "has a line break or an invisible sign in it: write it on one line"
    if len(text) > longest:
        return f"has {len(text)} characters, more than {longest}: shorten it"
    return ""


def places_first(problem: Problem) -> tuple[str, int, str, str]:
    """Return the order in which problems are shown."""
    return (problem.place.file, problem.place.row, problem.place.column, problem.text)
