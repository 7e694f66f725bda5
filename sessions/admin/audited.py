"""What every page of the admin leaves in the audit log, without being asked.

The log takes the place of Django's own, which holds names. Whoever adds a page or an action that is no change
of a row calls `sessions.audit.record`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from sessions import audit
from sessions.audit import Action
from sessions.models import AuditEntry

_HISTORY = 100  # lines


class _Line(NamedTuple):
    """An entry under the names of the page "History"."""

    action_time: datetime
    user: User | None
    get_change_message: str


class AuditedAdmin(ModelAdmin):
    """Pages whose being looked at and used is recorded."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Record a look at the list: by what it was filtered, and that it was searched, not for what."""
        answer = super().changelist_view(request, extra_context)
        if request.method == "GET" and answer.status_code == 200:
            audit.looked(request.user, self.model, self._narrowed_by(request))
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Record a look at a thing."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and answer.status_code == 200:
            audit.looked(request.user, self._thing(object_id))
        return answer

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what our log knows of a thing."""
        entries = AuditEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(self.model), object_id=unquote(object_id)
        ).select_related("user")[:_HISTORY]
        lines = [
            _Line(entry.at, entry.user, f"{entry.action} {entry.details}".strip().capitalize())
            for entry in entries
        ]
        page = Paginator(lines, _HISTORY).get_page(1)
        return super().history_view(request, object_id, {"action_list": page, **(extra_context or {})})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Record each run of an action on ticked rows; what deletes them is recorded as that."""
        return {
            name: (func if name == "delete_selected" else _recorded(name, func), name, description)
            for name, (func, _, description) in super().get_actions(request).items()
        }

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Record what is new."""
        audit.record(request.user, Action.ADDED, obj, described(message))

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Record which fields were changed, not to what."""
        audit.record(request.user, Action.CHANGED, obj, described(message))

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:
        """Record what will be gone."""
        audit.record_many(request.user, Action.DELETED, queryset)

    def _thing(self, object_id: str) -> Model:
        return self.model(pk=self.opts.pk.to_python(unquote(object_id)))

    def _narrowed_by(self, request: HttpRequest) -> str:
        names = sorted(name for name, value in request.GET.items() if value and len(name) > 1)
        searched = ["searched"] if request.GET.get("q") else []
        return ", ".join([*searched, *names])


def _recorded(name: str, func: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(func)
    def run(pages: AuditedAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        numbers = " ".join(str(pk) for pk in queryset.values_list("pk", flat=True))
        audit.record(request.user, Action.ACTED, pages.model, f"{name}: {numbers}")
        return func(pages, request, queryset)

    return run


def described(message: Any) -> str:
    """Return what Django says of a change, without rows' names: "Name, Animal; 2 × student added".

    A text is our own, of an action, and names nobody.
    """
    if isinstance(message, str):
        return message
    fields: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    for change in message:
        for verb, what in change.items():
            if "name" in what:
                counts[verb, str(what["name"])] += 1
            else:
                fields += map(str, what.get("fields", []))
    rows = [f"{count} × {name} {verb}" for (verb, name), count in counts.items()]
    return "; ".join(filter(None, [", ".join(fields), *rows]))
