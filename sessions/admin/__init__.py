"""The admin: who works here, schools and their children, books, and who reads what."""

from sessions.admin import books, lockouts, readings, schools, users

__all__ = ["books", "lockouts", "readings", "schools", "users"]
