"""The admin's menu: what a teacher needs most comes first."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from sessions.models import Classroom
from tutoring.admin.flags import FlagAdmin

_CLASSES_SHOWN = 8

# Groups of (model, Material Symbol)
_GROUPS = {
    "Children": [
        ("reading.Classroom", "groups"),
        ("reading.Student", "face"),
        ("reading.ReadingSession", "auto_stories"),
        ("tutoring.Question", "forum"),
        ("tutoring.Flag", "flag"),
    ],
    "Library": [("reading.Book", "menu_book"), ("tutoring.CachedAnswer", "offline_bolt")],
    "School": [
        ("reading.School", "school"),
        ("auth.User", "person"),
        ("auth.Group", "badge"),
        ("axes.AccessAttempt", "lock"),
        ("reading.AuditEntry", "history"),
    ],
}


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return unfold's sidebar for this grown-up: only what they may open."""
    groups = [_classes(request)]
    groups += [
        {"title": title, "items": [item for name, icon in models if (item := _item(request, name, icon))]}
        for title, models in _GROUPS.items()
    ]
    if request.user.has_perm("reading.view_capacity"):
        groups[-1]["items"][:0] = [
            {"title": "Capacity", "icon": "monitoring", "link": reverse("capacity")},
            {"title": "Simulated day", "icon": "avg_pace", "link": reverse("simulated-day")},
        ]
    return [group for group in groups if group["items"]]


def _classes(request: HttpRequest) -> dict[str, Any]:
    """Return who reads right now, the classes this grown-up teaches, and who has read how long."""
    may = request.user.has_perm
    items = []
    if may("reading.view_live_sessions"):
        items.append({"title": "Live sessions", "icon": "sensors", "link": reverse("live-sessions")})
    if may("reading.view_classroom") and may("reading.view_student"):
        taught = Classroom.objects.visible_to(request.user).filter(teachers=request.user)[:_CLASSES_SHOWN]
        items += [
            {"title": each.name, "icon": "cottage", "link": reverse("class-page", args=[each.pk])}
            for each in taught
        ]
    if may("reading.view_readingsession") and may("reading.view_student"):
        items.append({"title": "Reading time", "icon": "timer", "link": reverse("reading-times")})
    return {"title": "My classes", "items": items}


def _item(request: HttpRequest, name: str, icon: str) -> dict[str, Any] | None:
    model = apps.get_model(name)
    pages = admin.site.get_model_admin(model)
    if not pages.has_view_or_change_permission(request):
        return None
    item = {
        "title": str(model._meta.verbose_name_plural).capitalize(),
        "icon": icon,
        "link": reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"),
    }
    if isinstance(pages, FlagAdmin) and (waiting := pages.waiting(request)):
        item["badge"] = waiting
    return item
