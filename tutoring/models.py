"""Narration audio with its word times, and the questions children asked."""

from django.db import models
from django.utils import timezone

from sessions.models import ReadingSession


class Narration(models.Model):
    """The audio of one text in one voice; the same text in the same voice is voiced once.

    `word_times` holds one `[start, end)` in milliseconds for every word of
    `sessions.words.split(text)`, in order, not overlapping, within `duration_ms`.
    """

    key = models.CharField(
        primary_key=True, max_length=64, help_text="Hash of text, voice and engine version."
    )
    voice = models.CharField(max_length=120)
    audio = models.FileField(upload_to="narration/", max_length=200)
    duration_ms = models.PositiveIntegerField()
    word_times = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.voice} {self.key[:12]}"


class Question(models.Model):
    """A child's question and the tutor's answer, written when the turn has ended."""

    class Outcome(models.TextChoices):
        """How the turn ended."""

        ANSWERED = "answered"
        CANCELLED = "cancelled"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(ReadingSession, on_delete=models.CASCADE, related_name="questions")
    word_index = models.PositiveIntegerField(help_text="The word at which the child interrupted.")
    question = models.TextField()
    answer = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    source = models.CharField(max_length=120, blank=True, help_text="The model that answered, or `offline`.")
    asked_at = models.DateTimeField()
    first_sentence_ms = models.PositiveIntegerField(
        null=True, help_text="From the question to the first sentence."
    )
    complete_ms = models.PositiveIntegerField(
        null=True, help_text="From the question to the end of the answer."
    )

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"Question at word {self.word_index}"
