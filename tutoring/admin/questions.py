"""What children asked: as a list, and as the transcript of a reading session."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter
from unfold.decorators import display

from sessions.admin.export import CsvExport
from sessions.admin.readings import ReadingSessionAdmin
from sessions.admin.scope import ScopedAdmin
from sessions.models import Book, Classroom, ReadingSession, Student, without_art
from tutoring.models import Question


def as_heard(question: Question) -> str:
    """Return the answer; what the child did not hear any more is struck out."""
    if question.heard_sentences is None or not question.unheard:
        return question.answer
    return format_html('{} <s title="not heard">{}</s>', question.heard, question.unheard)


@admin.register(Question)
class QuestionAdmin(CsvExport, ScopedAdmin):
    """What children asked and what they were answered."""

    list_display = ["asked_at", "student", "classroom", "book", "question", "told", "state", "source"]
    list_select_related = ["session__student__classroom", "session__book"]
    list_filter = [
        ("session__student__classroom", AutocompleteSelectFilter),
        ("session__book", AutocompleteSelectFilter),
        "outcome",
        "source",
        ("asked_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    exclude = ["answer"]
    readonly_fields = ["told"]
    search_fields = ["question", "answer", "session__student__name", "session__book__title"]
    date_hierarchy = "asked_at"
    when_empty = "Nobody has asked anything yet. Questions appear here when their answers are over."
    csv_columns = {
        "asked at": lambda question: question.asked_at,
        "class": lambda question: question.session.student.classroom.name,
        "child": lambda question: question.session.student.name,
        "book": lambda question: question.session.book.title,
        "word": lambda question: question.word_index,
        "question": lambda question: question.question,
        "answer": lambda question: question.answer,
        "sentences heard": lambda question: question.heard_sentences,
        "outcome": lambda question: question.outcome,
        "source": lambda question: question.source,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Leave the books' art where it is."""
        return without_art(super().get_queryset(request), "session__book")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only children ask."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was asked and answered stays as it was."""
        return False

    @display(description="student", ordering="session__student__name")
    def student(self, question: Question) -> Student:
        """Who asked."""
        return question.session.student

    @display(description="class", ordering="session__student__classroom__name")
    def classroom(self, question: Question) -> Classroom:
        """The child's class."""
        return question.session.student.classroom

    @display(description="book", ordering="session__book__title")
    def book(self, question: Question) -> Book:
        """What was being read."""
        return question.session.book

    @display(
        description="state",
        label={"Answered": "success", "Cancelled": "info", "Failed": "danger"},
        ordering="outcome",
    )
    def state(self, question: Question) -> str:
        """How the turn ended."""
        return question.get_outcome_display()

    @display(description="answer", ordering="answer")
    def told(self, question: Question) -> str:
        """The answer as far as it was heard."""
        return as_heard(question)


class TranscriptInline(TabularInline):
    """What was asked in one reading session, and what was heard in answer."""

    model = Question
    verbose_name_plural = "transcript"
    fields = ["asked_at", "word_index", "question", "told", "outcome"]
    readonly_fields = fields
    ordering = ["asked_at"]
    extra = 0
    per_page = 20
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only children ask."""
        return False

    @display(description="answer")
    def told(self, question: Question) -> str:
        """The answer as far as it was heard."""
        return as_heard(question)


admin.site.unregister(ReadingSession)


@admin.register(ReadingSession)
class TranscribedSessionAdmin(ReadingSessionAdmin):
    """Who reads what, with what was asked."""

    inlines = [TranscriptInline]
