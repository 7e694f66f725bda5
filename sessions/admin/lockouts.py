"""Grown-ups who typed a wrong password too often: whoever may delete the row lets them try again at once."""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from sessions.admin.audited import AuditedAdmin
from sessions.scope import colleagues


@admin.register(AccessAttempt)
class AccessAttemptAdmin(AuditedAdmin):
    """Wrong passwords of the last while, by name and address; what was typed is not kept."""

    list_display = ["username", "ip_address", "attempt_time", "failures_since_start", "locked_out"]
    search_fields = ["username", "ip_address"]
    fields = ["username", "ip_address", "user_agent", "attempt_time", "failures_since_start"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAttempt]:
        """Return those of colleagues; names that nobody has are for superusers."""
        attempts = super().get_queryset(request)
        if request.user.is_superuser:
            return attempts
        return attempts.filter(username__in=colleagues(request.user).values("username"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only signing in writes here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only signing in writes here."""
        return False

    @display(description="locked out", boolean=True)
    def locked_out(self, attempt: AccessAttempt) -> bool:
        """Whether the next try is refused, the password right or wrong."""
        return attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT
