"""Who reads what, and how far they are."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter
from unfold.decorators import display

from sessions.admin.export import CsvExport
from sessions.admin.scope import ScopedAdmin
from sessions.models import Classroom, ReadingSession, without_art
from sessions.views.library import read_percent


def percent(session: ReadingSession) -> str:
    """Return how much of the book is read, for example "40 %"."""
    return f"{read_percent(session, session.book.word_count)} %"


class OwnSessionInline(TabularInline):
    """What a child has been reading."""

    model = ReadingSession
    fields = ["book", "progress", "started_at", "last_active", "finished_at"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadingSession]:
        """Fetch the books in the same query, without their art."""
        return without_art(super().get_queryset(request).select_related("book"), "book")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only reading makes a session."""
        return False

    def progress(self, session: ReadingSession) -> str:
        """How far the child has come."""
        return percent(session)


@admin.register(ReadingSession)
class ReadingSessionAdmin(CsvExport, ScopedAdmin):
    """Who reads what, and how far they are. To look at only: the child's browser moves the position."""

    list_display = ["student", "classroom", "book", "progress", "state", "last_active"]
    list_select_related = ["student__classroom", "book"]
    list_filter = [
        ("student__classroom", AutocompleteSelectFilter),
        ("book", AutocompleteSelectFilter),
        ("last_active", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["student__name", "book__title"]
    date_hierarchy = "last_active"
    when_empty = "Nobody has read yet. Children sign in with their class code; what they read appears here."
    csv_columns = {
        "class": lambda session: session.student.classroom.name,
        "child": lambda session: session.student.name,
        "book": lambda session: session.book.title,
        "read": percent,
        "begun": lambda session: session.started_at,
        "last read": lambda session: session.last_active,
        "finished": lambda session: session.finished_at,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadingSession]:
        """Leave the books' art where it is."""
        return without_art(super().get_queryset(request), "book")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only reading makes a session."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only reading moves a session."""
        return False

    @display(description="class", ordering="student__classroom__name")
    def classroom(self, session: ReadingSession) -> Classroom:
        """The child's class."""
        return session.student.classroom

    @display(description="read so far")
    def progress(self, session: ReadingSession) -> str:
        """How far the child has come."""
        return percent(session)

    @display(description="state", label={"Finished": "success", "Reading": "info"}, ordering="finished_at")
    def state(self, session: ReadingSession) -> str:
        """Whether the end was reached."""
        return "Finished" if session.finished_at else "Reading"
