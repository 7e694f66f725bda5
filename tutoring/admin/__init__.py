"""Admin pages: what children asked, what is for a grown-up's eyes, and answers that were got ahead."""

from tutoring.admin import flags, kept, questions

__all__ = ["flags", "kept", "questions"]
