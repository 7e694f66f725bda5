"""The admin: who works here, schools and their children, books, who reads what, and what was looked at."""

from sessions.admin import audit, books, lockouts, readings, schools, users

__all__ = ["audit", "books", "lockouts", "readings", "schools", "users"]
