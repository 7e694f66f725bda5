"""Schools, classes and the children in them."""

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.level import BAND_GRADES
from sessions.pictures import new_pictures
from sessions.scope import Scope, ScopedModel

if TYPE_CHECKING:
    from sessions.models.books import Book

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
