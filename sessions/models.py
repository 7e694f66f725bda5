"""Schools and the people in them, books and their pages, and who is reading what."""

import secrets
import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.level import BAND_GRADES
from sessions.pictures import new_pictures
from sessions.scope import Scope, ScopedModel

# No letter that a child could take for another one or for a digit.
JOIN_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"


def new_join_code() -> str:
    """Return six random letters without look-alikes."""
    return "".join(secrets.choice(JOIN_CODE_LETTERS) for _ in range(6))


def new_badge_key() -> str:
    """Return what a badge's link is made of: 128 random bits, so that nobody guesses one."""
    return secrets.token_urlsafe(16)


class School(ScopedModel):
    """The tenant: nothing crosses from one school to another."""

    scope = Scope("pk")

    name = models.CharField(max_length=120)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="schools",
        help_text="Who works here. School admins see all of it, others only the classes they teach.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        permissions = [
            ("whole_school", "Sees every class of the own schools"),
            ("every_school", "Sees every school"),
            ("import_roster", "Imports and exports who is in which class"),
        ]

    def __str__(self) -> str:
        return self.name


class AskAtPageEnd(models.TextChoices):
    """How often a class is asked something about the page just heard."""

    NEVER = "never", "never"
    SOMETIMES = "sometimes", "at every third page"
    EVERY_PAGE = "every page", "at every page"

    @property
    def pages(self) -> int:
        """From one page that asks to the next; 0: none does."""
        return {self.NEVER: 0, self.SOMETIMES: 3, self.EVERY_PAGE: 1}[self]


class SignIn(models.TextChoices):
    """What a child shows, after the class code and the own name."""

    PICTURES = "pictures", "three pictures in order"
    NAME = "name", "the name is enough"


class Classroom(ScopedModel):
    """A class of one school; its join code is what children type to sign in."""

    scope = Scope("school", "pk")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="classrooms")
    name = models.CharField(max_length=120)
    sourced_id = models.CharField(
        max_length=255,
        blank=True,
        help_text="Its id in the school's own system; by it imports know it again.",
    )
    join_code = models.CharField(max_length=6, unique=True, default=new_join_code)
    teachers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="classrooms")
    sign_in = models.CharField(
        max_length=12,
        choices=SignIn.choices,
        default=SignIn.PICTURES,
        help_text="What children show after their name. A badge signs in without any of it.",
    )
    resume_at_sentence_start = models.BooleanField(
        default=False,
        help_text="After an answer, go on at the beginning of the sentence instead of at the word.",
    )
    ask_at_page_end = models.CharField(
        max_length=12,
        choices=AskAtPageEnd.choices,
        default=AskAtPageEnd.NEVER,
        help_text="Ask the children something about the page they have just heard; they may skip it.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="classroom_name_once_per_school"),
            models.UniqueConstraint(
                fields=["school", "sourced_id"],
                condition=~Q(sourced_id=""),
                name="classroom_sourced_id_once_per_school",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Student(ScopedModel):
    """A child, known by a first name and an animal."""

    scope = Scope("classroom__school", "classroom")

    classroom = models.ForeignKey(Classroom, on_delete=models.CASCADE, related_name="students")
    name = models.CharField(max_length=60)
    animal = models.CharField(
        max_length=20, default="owl", help_text="The child's picture: static/animals/NAME.svg."
    )
    reading_band = models.CharField(
        max_length=20,
        blank=True,
        choices=[(band, band) for band in BAND_GRADES],
        help_text="How well the child reads: answers are in such words. Empty: as hard as the book.",
    )
    # Kept readable, like the number on a library card: a teacher prints them, and tells them a child again.
    pictures = models.CharField(
        max_length=60, default=new_pictures, editable=False, help_text="The child's secret, in its order."
    )
    badge_key = models.CharField(max_length=22, unique=True, default=new_badge_key, editable=False)
    ticket_version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Goes up to end the child's sign-ins."
    )
    sourced_id = models.CharField(
        max_length=255,
        blank=True,
        help_text="Its id in the school's own system; by it imports know it again.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["classroom", "name"], name="student_name_once_per_class"),
            # Imports look to it that an id stands once in a school.
            models.UniqueConstraint(
                fields=["classroom", "sourced_id"],
                condition=~Q(sourced_id=""),
                name="student_sourced_id_once_per_class",
            ),
        ]
        permissions = [
            ("export_student", "Downloads all that is kept of a child"),
            ("erase_student", "Erases a child and all that is kept of it"),
        ]

    def __str__(self) -> str:
        return self.name

    def grade_for(self, book: "Book") -> float | None:
        """Return the grade that answers about a book should have; None where nothing is known."""
        return BAND_GRADES.get(self.reading_band, book.level)


class Book(ScopedModel):
    """One book; shared by every school, or one school's own."""

    scope = Scope("school", shared=True)

    school = models.ForeignKey(
        School,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="books",
        help_text="Empty: every school may read it.",
    )
    content_hash = models.CharField(max_length=64, editable=False)
    title = models.CharField(max_length=300)
    author = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, default="en", help_text="BCP 47, for example en or pt-BR.")
    licence = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    level = models.FloatField(null=True, help_text="Flesch-Kincaid grade; empty where it has no meaning.")
    word_count = models.PositiveIntegerField(editable=False)
    page_count = models.PositiveIntegerField(editable=False)
    cover_svg = models.TextField(blank=True, help_text="Cover art; empty: drawn from the title.")
    glossary = models.JSONField(default=dict, blank=True, help_text="Word -> a child's explanation.")
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["level", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "content_hash"], name="book_content_once_per_school", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.title


class Page(ScopedModel):
    """What one screen shows and one audio file speaks: whole sentences of one chapter.

    `text` separates paragraphs by an empty line; its words are those of `sessions.words.split`,
    numbered through the whole book from `first_word`.
    """

    scope = Scope("book__school", shared=True)

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField(help_text="From 1.")
    chapter = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    first_word = models.PositiveIntegerField()
    word_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["book", "number"]
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="page_number_once_per_book")]

    def __str__(self) -> str:
        return f"{self.book}, page {self.number}"


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


class StaffIdentity(models.Model):
    """Who a grown-up is to the school's own sign-in, noted when the mail address was first believed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.URLField(max_length=255)
    subject = models.CharField(max_length=255)
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "staff identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="staff_identity_once"),
            # An address that was given to somebody else later opens nothing of the one who had it.
            models.UniqueConstraint(fields=["user", "issuer"], name="staff_identity_once_per_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class AuditEntry(ScopedModel):
    """What a grown-up looked at or did, written by `sessions.audit`; without a child's name and words."""

    scope = Scope("school")

    class Action(models.TextChoices):
        """What was done."""

        LOOKED = "looked at", "looked at"
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"
        ACTED = "acted on", "acted on"
        EXPORTED = "exported", "exported"
        ERASED = "erased", "erased"
        SIGNED_IN = "signed in", "signed in"
        NOT_SIGNED_IN = "could not sign in", "could not sign in"

    at = models.DateTimeField("when", default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="who"
    )
    username = models.CharField(
        "who", max_length=150, blank=True, help_text="Kept when the account is deleted; empty: a command."
    )
    action = models.CharField(max_length=20, choices=Action.choices)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, verbose_name="kind")
    object_id = models.CharField("number", max_length=40, blank=True, help_text="Empty: a list, or no thing.")
    thing = GenericForeignKey()
    school = models.ForeignKey(School, on_delete=models.SET_NULL, null=True, related_name="+")
    classroom = models.CharField("class", max_length=120, blank=True, help_text="Its name at that time.")
    details = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["-at"], name="audit_newest"),
            models.Index(fields=["content_type", "object_id"], name="audit_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.username or 'a command'} {self.action} {self.what}".strip()

    @property
    def what(self) -> str:
        """The kind of thing and its number, which name nobody: for example "student 17"."""
        if self.content_type is None:
            return ""
        model = self.content_type.model_class()
        if model is None:  # of a part that is no longer installed
            return f"{self.content_type.model} {self.object_id}".strip()
        kind = model._meta
        return (
            f"{kind.verbose_name} {self.object_id}"
            if self.object_id
            else f"list of {kind.verbose_name_plural}"
        )
