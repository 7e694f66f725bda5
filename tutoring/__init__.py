"""Tutoring: narration, questions and answers."""
