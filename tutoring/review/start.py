"""Where a grown-up's day begins: the own classes, and what waits for grown-up eyes."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.utils import timezone

from sessions.models import Classroom, ReadingTime
from tutoring.models import Flag, Question

_SHOWN = 24


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to unfold's start page what this grown-up may see. A constant number of queries."""
    user = request.user
    classes = _classes(user) if user.has_perms(["reading.view_classroom", "reading.view_student"]) else []
    count = Classroom.objects.visible_to(user).count() if len(classes) == _SHOWN else len(classes)
    return {
        **context,
        "title": "Today",
        "classes": classes,
        "class_count": count,
        "more_classes": count > len(classes),
        "flags_waiting": admin.site.get_model_admin(Flag).waiting(request),
    }


def _classes(user: User) -> list[Classroom]:
    """Return the first classes, each with `student_count` and what happened `today`."""
    classes = list(
        Classroom.objects.visible_to(user)
        .select_related("school")
        .annotate(student_count=Count("students"))
        .order_by("school__name", "name")[:_SHOWN]
    )
    today = timezone.localdate()
    seconds = dict(
        ReadingTime.objects.filter(day=today, session__student__classroom__in=classes)
        .values_list("session__student__classroom")
        .annotate(total=Sum("seconds"))
        .order_by()
    )
    questions = dict(
        Question.objects.filter(asked_at__date=today, session__student__classroom__in=classes)
        .values_list("session__student__classroom")
        .annotate(total=Count("id"))
        .order_by()
    )
    for classroom in classes:
        classroom.minutes = round(seconds.get(classroom.pk, 0) / 60)
        classroom.questions = questions.get(classroom.pk, 0)
    return classes
