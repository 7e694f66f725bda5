"""The audit log, to look at only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from sessions.admin.scope import ScopedAdmin
from sessions.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """What grown-ups looked at and did. Nobody changes or deletes a line; they end with AUDIT_DAYS."""

    list_display = ["at", "username", "verb", "seen", "classroom", "school", "details"]
    list_display_links = None
    list_select_related = ["content_type", "school"]
    list_filter = ["action", ("at", RangeDateTimeFilter), ("content_type", admin.RelatedOnlyFieldListFilter)]
    list_filter_submit = True
    search_fields = ["username", "classroom", "object_id", "details"]
    search_help_text = "A person, a class, or the number of a child or a session"
    date_hierarchy = "at"
    fields = ["at", "username", "verb", "seen", "classroom", "school", "details"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Leave accounts and things where they are: the page links to them."""
        return super().get_queryset(request).select_related("content_type", "school")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only what happens makes a line."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return False

    @display(
        description="what was done",
        label={
            "looked at": "info",
            "added": "success",
            "changed": "warning",
            "acted on": "warning",
            "exported": "warning",
            "deleted": "danger",
            "erased": "danger",
            "could not sign in": "danger",
        },
        ordering="action",
    )
    def verb(self, entry: AuditEntry) -> str:
        """What was done."""
        return entry.action

    @display(description="to what", ordering="object_id")
    def seen(self, entry: AuditEntry) -> str:
        """The thing by its number, as a link: its page says who that is, to whoever may see it."""
        kind = entry.content_type
        if kind is None or not entry.object_id or kind.model_class() not in self.admin_site._registry:
            return entry.what
        if entry.action in (AuditEntry.Action.DELETED, AuditEntry.Action.ERASED):
            return entry.what
        address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, entry.what
        )
