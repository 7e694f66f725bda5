"""Who reads what, how far and for how long."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.models.books import Book
from sessions.models.people import Student
from sessions.scope import Scope, ScopedModel


class ReadingSession(ScopedModel):
    """One student reading one book; this row is the checkpoint of the live session in Redis."""

    scope = Scope("student__classroom__school", "student__classroom")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="reading_sessions")
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reading_sessions")
    word_index = models.PositiveIntegerField(
        default=0, help_text="The word to go on with; word_count: finished."
    )
    audio_timestamp = models.PositiveIntegerField(
        default=0, help_text="Milliseconds into the page's narration."
    )
    started_at = models.DateTimeField(default=timezone.now)
    last_active = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_active"]
        permissions = [
            ("view_live_sessions", "Sees who reads right now"),
            ("steer_live_sessions", "Ends and pauses readings, and sends messages to a class"),
            ("view_capacity", "Sees how much room the servers have"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "book"], condition=Q(finished_at=None), name="one_open_session_per_book"
            )
        ]

    def __str__(self) -> str:
        return f"{self.student} reads {self.book}"


class ReadingTime(ScopedModel):
    """How long a reading session was read on one day, by the installation's calendar."""

    scope = Scope("session__student__classroom__school", "session__student__classroom")

    session = models.ForeignKey(ReadingSession, on_delete=models.CASCADE, related_name="times")
    day = models.DateField()
    seconds = models.FloatField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["session", "day"], name="one_reading_time_a_day")]

    def __str__(self) -> str:
        return f"{self.seconds / 60:.0f} min on {self.day}"
