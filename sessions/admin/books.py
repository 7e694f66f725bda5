"""The library's books and their pages."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from sessions import level
from sessions.admin.book_upload import BookUploadForm
from sessions.admin.scope import ScopedAdmin
from sessions.models import Book, Page


class PageInline(TabularInline):
    """A book's pages, to look at: the text is what was narrated, so it only changes by a new import."""

    model = Page
    fields = ["number", "chapter", "text"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    per_page = 20
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only an import makes pages."""
        return False


class BookForm(forms.ModelForm):
    """Lets a book have no level: a grade has no meaning outside English."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "level" in self.fields:  # not there for who may only look
            self.fields["level"].required = False


@admin.register(Book)
class BookAdmin(ScopedAdmin):
    """The library's books: the shared ones and each school's own."""

    form = BookForm
    list_display = [
        "heading",
        "shelf",
        "grade",
        "language",
        "word_count",
        "page_count",
        "readers",
        "asked",
        "owner",
    ]
    list_select_related = ["school"]
    list_filter = ["language", ("school", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["title", "author"]
    when_empty = "There are no books yet."
    autocomplete_fields = ["school"]
    readonly_fields = ["word_count", "page_count", "imported_at", "content_hash"]
    inlines = [PageInline]
    fieldsets = [
        (None, {"fields": ["title", "author", "language", "level", "summary", "school"]}),
        ("Art and words", {"fields": ["cover_svg", "glossary"], "classes": ["tab"]}),
        (
            "Where it comes from",
            {
                "fields": ["licence", "imported_at", "word_count", "page_count", "content_hash"],
                "classes": ["tab"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        """Count in the same query."""
        return (
            super()
            .get_queryset(request)
            .annotate(reader_count=Count("reading_sessions__student", distinct=True))
            .defer("cover_svg", "glossary")
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a book file: a book is its pages, and no form makes those."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BookUploadForm(request.user, request.POST or None, request.FILES or None)
        if form.is_valid():
            result = form.store()
            if result.book is not None:
                self.log_addition(request, result.book, f"uploaded: {result.status}")
                self.message_user(request, f"{result.book}: {result.status}.", messages.SUCCESS)
                return redirect("admin:reading_book_change", result.book.pk)
            form.add_error("file", f"This file {result.reason}.")
        context = {**self.admin_site.each_context(request), "title": "Add a book", "form": form}
        return render(request, "admin/reading/book_upload.html", context)

    def has_change_permission(self, request: HttpRequest, obj: Book | None = None) -> bool:
        """A shared book is every school's: only a superuser changes it."""
        shared = obj is not None and obj.school_id is None
        return super().has_change_permission(request, obj) and (request.user.is_superuser or not shared)

    def has_delete_permission(self, request: HttpRequest, obj: Book | None = None) -> bool:
        """The same as for changing it."""
        return super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)

    @display(description="book", header=True, ordering="title")
    def heading(self, book: Book) -> list[str]:
        """The title above its author."""
        return [book.title, book.author]

    @display(
        description="level",
        label={level.FIRST_STEPS: "success", level.GROWING: "info", level.CONFIDENT: "warning"},
        ordering="level",
    )
    def shelf(self, book: Book) -> str | None:
        """The shelf on which children find it."""
        return level.band(book.level) or None

    @display(description="grade", ordering="level")
    def grade(self, book: Book) -> float | None:
        """Flesch-Kincaid."""
        return book.level

    @display(description="readers", ordering="reader_count")
    def readers(self, book: Book) -> int:
        """How many children have opened it."""
        return book.reader_count

    @display(description="what is hard")
    def asked(self, book: Book) -> str:
        """Where children asked most."""
        return format_html('<a href="{}">Questions</a>', reverse("hard-places", args=[book.pk]))

    @display(description="who may read it", ordering="school__name")
    def owner(self, book: Book) -> str:
        """One school, or all."""
        return book.school.name if book.school else "every school"
