"""Capacity: how many read, what room is left, and whether everything behind it is well."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from readerai import school_day
from readerai.staff import figures
from sessions import curve, heartbeat
from sessions.admin.page import show, staff_page
from sessions.live.blocking import run
from sessions.live.records import Doing
from sessions.models import Student
from sessions.scope import EVERY_SCHOOL, schools_of


@require_GET
@staff_page("reading.view_capacity")
def capacity(request: HttpRequest) -> HttpResponse:
    """The page; with `?part=figures` only what it fetches every few seconds."""
    user = request.user
    of_all = user.has_perm(EVERY_SCHOOL)
    context: dict[str, Any] = {"of_all": of_all, "at": timezone.localtime()}
    schools = [curve.ALL] if of_all else [str(pk) for pk in schools_of(user).values_list("pk", flat=True)]
    try:
        context |= _live(schools)
    except RedisError:
        context["away"] = "The server of live sessions cannot be reached just now."
    context["answers"] = figures.answers(user)
    if of_all:
        context |= {
            "queues": figures.queues(),
            "redis": figures.redis_health(),
            "postgres": figures.postgres_health(),
        }
    if request.GET.get("part") == "figures":
        return render(request, "staff/capacity_figures.html", context)
    return show(request, "staff/capacity.html", "Capacity", chart=json.dumps(chart(user, schools)), **context)


def _live(schools: list[str]) -> dict[str, Any]:
    servers = run(heartbeat.servers())
    states = run(curve.states(schools))
    return {
        "servers": servers,
        "headroom": school_day.headroom(sum(server.room for server in servers), len(servers)),
        "states": [(doing.value, states[doing.value]) for doing in Doing],
        "connected": states.total() - states[Doing.AWAY.value],
    }


def chart(user: User, schools: list[str]) -> dict[str, Any]:
    """Return today's curve beside the expected one, as chart.js takes it."""
    minutes = school_day.hours_shown(settings.SCHOOL_DAY)
    try:
        counted = run(curve.day(schools, timezone.localtime()))
    except RedisError:
        counted = {}
    share = _share(user)
    return {
        "labels": [f"{minute // 60}:{minute % 60:02}" for minute in minutes],
        "datasets": [
            _line("reading now", school_day.in_steps(counted, minutes), "primary-500"),
            _line(
                "expected",
                [round(school_day.expected(settings.SCHOOL_DAY, minute) * share) for minute in minutes],
                "base-400",
                dashed=True,
            ),
        ],
    }


def _share(user: User) -> float:
    """Return which part of all children are this grown-up's: so much of the expected curve is theirs."""
    if user.has_perm(EVERY_SCHOOL):
        return 1.0
    theirs = Student.objects.filter(classroom__school__in=schools_of(user)).count()
    return theirs / max(1, Student.objects.count())


def _line(label: str, data: Sequence[int | None], colour: str, *, dashed: bool = False) -> dict[str, Any]:
    return {
        "label": label,
        "data": data,
        "borderColor": f"var(--color-{colour})",
        "borderDash": [6, 4] if dashed else [],
        "displayYAxis": True,
        "maxTicksXLimit": 14,
    }
