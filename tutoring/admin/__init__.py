"""Admin pages: what children asked, what is for a grown-up's eyes, answers got ahead, what is owed."""

from tutoring.admin import flags, kept, questions, students

__all__ = ["flags", "kept", "questions", "students"]
