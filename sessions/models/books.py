"""Books and their pages."""

from django.db import models
from django.utils import timezone

from sessions.models.people import School
from sessions.scope import Scope, ScopedModel


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


def without_art(rows: models.QuerySet, path: str) -> models.QuerySet:
    """Leave what only a book's own page needs where it is; `path` leads from the rows to the book."""
    return rows.defer(*(f"{path}__{name}" for name in ("cover_svg", "glossary", "summary")))
