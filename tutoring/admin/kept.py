"""Answers that were got ahead."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from sessions.admin.scope import ScopedAdmin
from sessions.models import without_art
from tutoring.models import CachedAnswer


@admin.register(CachedAnswer)
class CachedAnswerAdmin(ScopedAdmin):
    """Answers that were got ahead: to look at, and to delete where one should not be given."""

    list_display = ["book", "page", "question", "answer", "reading_band", "model", "answered_at"]
    list_select_related = ["book"]
    list_filter = [("book", AutocompleteSelectFilter), "reading_band", "model"]
    list_filter_submit = True
    when_empty = "No answers were got ahead. `manage.py warm_answers BOOK` gets them for a popular book."
    search_fields = ["question", "sentences", "book__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CachedAnswer]:
        """Leave the books' art where it is."""
        return without_art(super().get_queryset(request), "book")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from `manage.py warm_answers`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a model has said is given as it is, or not at all."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CachedAnswer | None = None) -> bool:
        """The answers to a shared book are every school's: only a superuser deletes one."""
        shared = obj is not None and obj.book.school_id is None
        return super().has_delete_permission(request, obj) and (request.user.is_superuser or not shared)

    @display(description="answer")
    def answer(self, answer: CachedAnswer) -> str:
        """Its sentences."""
        return " ".join(answer.sentences)
