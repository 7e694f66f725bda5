"""Schools and the people in them, books and their pages, who is reading what, and who looked."""

from sessions.models.books import Book, Page, without_art
from sessions.models.people import (
    JOIN_CODE_LETTERS,
    AskAtPageEnd,
    Classroom,
    School,
    SignIn,
    Student,
    new_badge_key,
    new_join_code,
)
from sessions.models.readings import ReadingSession, ReadingTime
from sessions.models.staff import AuditEntry, StaffIdentity

__all__ = [
    "JOIN_CODE_LETTERS",
    "AskAtPageEnd",
    "AuditEntry",
    "Book",
    "Classroom",
    "Page",
    "ReadingSession",
    "ReadingTime",
    "School",
    "SignIn",
    "StaffIdentity",
    "Student",
    "new_badge_key",
    "new_join_code",
    "without_art",
]
