"""What is for a grown-up's eyes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter
from unfold.decorators import display

from sessions.admin.export import CsvExport
from sessions.admin.scope import ScopedAdmin
from sessions.models import Book, Classroom, without_art
from tutoring.models import Flag


@admin.register(Flag)
class FlagAdmin(CsvExport, ScopedAdmin):
    """What a child said or was about to be told that is for a grown-up's eyes."""

    list_display = ["created_at", "kind", "student", "classroom", "side", "text", "state", "looked_at_by"]
    list_select_related = ["student__classroom", "looked_at_by"]
    list_filter = [
        "status",
        "category",
        "side",
        ("student__classroom", AutocompleteSelectFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["text", "note", "student__name"]
    date_hierarchy = "created_at"
    fields = [
        "created_at",
        "kind",
        "student",
        "book",
        "side",
        "text",
        "looked_at_by",
        "told_at",
        "status",
        "note",
    ]
    readonly_fields = fields[:-2]
    actions = ["mark_as_seen", "mark_as_closed", *CsvExport.actions]
    when_empty = "Nothing is for your eyes. What children say that should not be left alone appears here."
    csv_columns = {
        "at": lambda flag: flag.created_at,
        "category": lambda flag: flag.get_category_display(),
        "class": lambda flag: flag.student.classroom.name,
        "child": lambda flag: flag.student.name,
        "book": lambda flag: flag.session.book.title if flag.session else "",
        "who said it": lambda flag: flag.get_side_display(),
        "text": lambda flag: flag.text,
        "status": lambda flag: flag.status,
        "looked at by": lambda flag: flag.looked_at_by,
        "note": lambda flag: flag.note,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        """Fetch the book in the same query, without its art."""
        queryset = super().get_queryset(request).select_related("session__book")
        return without_art(queryset, "session__book")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only what is said makes a flag."""
        return False

    def save_model(self, request: HttpRequest, obj: Flag, form: Any, change: bool) -> None:
        """Note who looked at it."""
        obj.looked_at_by = request.user
        super().save_model(request, obj, form, change)

    def waiting(self, request: HttpRequest) -> int:
        """Return how many nobody has looked at, of those that this grown-up may see.

        The menu and the start page say it side by side: it is counted once a request.
        """
        if not self.has_view_or_change_permission(request):
            return 0
        if not hasattr(request, "flags_waiting"):
            new = self.get_queryset(request).filter(status=Flag.Status.NEW)
            request.flags_waiting = new.count()
        return request.flags_waiting

    @admin.action(description="Mark as seen", permissions=["change"])
    def mark_as_seen(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        """Note that somebody has looked at them; what is closed stays closed."""
        queryset.filter(status=Flag.Status.NEW).update(status=Flag.Status.SEEN, looked_at_by=request.user)

    @admin.action(description="Mark as closed", permissions=["change"])
    def mark_as_closed(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        """Note that nothing is left to do."""
        queryset.update(status=Flag.Status.CLOSED, looked_at_by=request.user)

    @display(description="class", ordering="student__classroom__name")
    def classroom(self, flag: Flag) -> Classroom:
        """The child's class."""
        return flag.student.classroom

    @display(description="book")
    def book(self, flag: Flag) -> Book | None:
        """What was being read."""
        return flag.session.book if flag.session else None

    @display(description="category", label={"Self-harm": "danger", "Abuse": "danger"}, ordering="category")
    def kind(self, flag: Flag) -> str:
        """What was found."""
        return flag.get_category_display()

    @display(
        description="state", label={"New": "warning", "Seen": "info", "Closed": "success"}, ordering="status"
    )
    def state(self, flag: Flag) -> str:
        """How far grown-ups are with it."""
        return flag.get_status_display()
