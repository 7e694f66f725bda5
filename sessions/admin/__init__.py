"""The admin: who works here, schools and their children, books, and who reads what."""

from sessions.admin import books, readings, schools, users

__all__ = ["books", "readings", "schools", "users"]
