"""Narration audio with its word times, the questions children asked, and answers that were got ahead."""

from django.db import models
from django.utils import timezone

from sessions.models import Book, ReadingSession


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


class CachedAnswer(models.Model):
    """An answer that `manage.py warm_answers` got ahead; Redis has copies of them, this is the original.

    `key` says to which question, on which page and for which readers; `heard_length` and `heard_digest` say
    from which text it was made: see tutoring.answer_key and tutoring.kept_answers.
    """

    key = models.CharField(max_length=64, editable=False)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="cached_answers")
    page = models.PositiveIntegerField(help_text="From 1.")
    question = models.TextField()
    sentences = models.JSONField()
    reading_band = models.CharField(max_length=20)
    model = models.CharField(max_length=120, help_text="The model that answered.")
    prompt_version = models.CharField(max_length=16, editable=False)
    heard_length = models.PositiveIntegerField(
        editable=False, help_text="Characters of the book that the model knew."
    )
    heard_digest = models.CharField(max_length=32, editable=False)
    answered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["book", "page", "question"]
        indexes = [models.Index(fields=["book", "page"], name="answers_of_a_page")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "heard_length"], name="one_answer_to_a_question_at_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.book}, page {self.page}: {self.question}"
