"""Narration with its word times, what children asked, what is for a grown-up's eyes, and kept answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.models import Book, ReadingSession, Student
from sessions.scope import Scope, ScopedModel
from tutoring.safety.categories import Category


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


class Question(ScopedModel):
    """A child's question and the tutor's answer, written when the turn has ended."""

    scope = Scope("session__student__classroom__school", "session__student__classroom")

    class Outcome(models.TextChoices):
        """How the turn ended."""

        ANSWERED = "answered"
        CANCELLED = "cancelled"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(ReadingSession, on_delete=models.CASCADE, related_name="questions")
    word_index = models.PositiveIntegerField(help_text="The word at which the child interrupted.")
    question = models.TextField()
    answer = models.TextField(blank=True, help_text="One sentence a line.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    source = models.CharField(
        max_length=120, blank=True, help_text="The model that answered, `offline` or `guard`."
    )
    asked_at = models.DateTimeField()
    first_sentence_ms = models.PositiveIntegerField(
        null=True, help_text="From the question to the first sentence."
    )
    complete_ms = models.PositiveIntegerField(
        null=True, help_text="From the question to the end of the answer."
    )
    heard_sentences = models.PositiveSmallIntegerField(
        null=True, help_text="How many sentences the child heard to their end; empty: it never said."
    )
    heard_ms = models.PositiveIntegerField(
        null=True, help_text="From the question until the child had heard it, or had heard enough."
    )

    voices = models.JSONField(
        default=list, editable=False, help_text="Keys of the narrations of its sentences."
    )
    kept_as = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="The key under which other children get the answer.",
    )

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"Question at word {self.word_index}"

    @property
    def heard(self) -> str:
        """What the child heard of the answer."""
        return " ".join(self.answer.split("\n")[: self.heard_sentences or 0])

    @property
    def unheard(self) -> str:
        """The rest of it."""
        return " ".join(self.answer.split("\n")[self.heard_sentences or 0 :])


class Flag(ScopedModel):
    """What a child asked, or was about to be told, that a grown-up has to look at; without personal data."""

    scope = Scope("student__classroom__school", "student__classroom")

    class Side(models.TextChoices):
        """Who said it."""

        QUESTION = "question", "the child"
        ANSWER = "answer", "the tutor, stopped"

    class Status(models.TextChoices):
        """How far grown-ups are with it."""

        NEW = "new"
        SEEN = "seen"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, editable=False)
    question_id = models.UUIDField(db_index=True, editable=False, help_text="The turn, kept or not.")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="flags")
    session = models.ForeignKey(ReadingSession, on_delete=models.SET_NULL, null=True, related_name="flags")
    category = models.CharField(
        max_length=20, choices=[(each.value, each.value.capitalize()) for each in Category if each.for_review]
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    text = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    looked_at_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    note = models.TextField(blank=True, help_text="What was done about it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, editable=False, help_text="When the teachers were sent mail.")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], condition=Q(status="new"), name="flag_new")]

    def __str__(self) -> str:
        return f"{self.get_category_display()} of {self.created_at:%d %B %Y}"


class CachedAnswer(ScopedModel):
    """An answer that `manage.py warm_answers` got ahead; Redis has copies of them, this is the original.

    `key` says to which question, on which page and for which readers; `heard_length` and `heard_digest` say
    from which text it was made: see tutoring.answer_key and tutoring.kept_answers.
    """

    scope = Scope("book__school", shared=True)

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
