"""Live sessions: who reads what right now, and what a grown-up does about it."""

from collections.abc import Coroutine
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from redis.exceptions import RedisError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from readerai.staff.readings import PER_PAGE, Reading, lists_for, readings, search
from sessions import audit, steering
from sessions.admin.page import show, staff_page
from sessions.audit import Action
from sessions.live.blocking import run
from sessions.models import Classroom, ReadingSession
from sessions.protocol import MAX_CLASS_MESSAGE_CHARACTERS
from sessions.way_back import own_path

VIEW, STEER = "reading.view_live_sessions", "reading.steer_live_sessions"
_AWAY = "The server of live sessions cannot be reached just now. This page looks again by itself."


class ClassFilter(forms.Form):
    """Which class is looked at, and which page."""

    classroom = forms.ModelChoiceField(
        Classroom.objects.none(), required=False, empty_label="All classes", widget=UnfoldAdminSelectWidget
    )
    q = forms.CharField(max_length=100, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000, required=False)

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        classes = Classroom.objects.visible_to(user).select_related("school").order_by("school__name", "name")
        self.fields["classroom"].queryset = classes
        self.fields["classroom"].label_from_instance = lambda one: f"{one.name}, {one.school.name}"


class MessageForm(forms.Form):
    """What is said to a class."""

    text = forms.CharField(
        max_length=MAX_CLASS_MESSAGE_CHARACTERS,
        label="Say something to the class",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Two more minutes!"}),
    )


@require_GET
@staff_page(VIEW)
def live_sessions(request: HttpRequest) -> HttpResponse:
    """The page; with `?part=rows` only what it fetches every few seconds."""
    form = ClassFilter(request.user, request.GET)
    if not form.is_valid():
        raise Http404
    classroom, number = form.cleaned_data["classroom"], form.cleaned_data["page"] or 1
    query = form.cleaned_data["q"]
    fetched_again = request.GET.get("part") == "rows"
    if not fetched_again:
        audit.looked(request.user, classroom or ReadingSession, "live")
    context = {
        "classroom": classroom,
        "number": number,
        "may_steer": request.user.has_perm(STEER),
        "back": request.get_full_path().replace("part=rows", "").rstrip("?&"),
        "query": query,
        **_seen(request.user, classroom, number, query),
    }
    if fetched_again:
        return render(request, "staff/live_rows.html", context)
    return show(request, "staff/live.html", "Live sessions", form=form, message_form=MessageForm(), **context)


def _seen(user: User, classroom: Classroom | None, number: int, query: str) -> dict[str, object]:
    try:
        if query:
            rows = search(user, classroom, query)
            total = len(rows)
        else:
            total, rows = readings(user, lists_for(user, classroom), number)
        paused = run(steering.paused_classes())
    except RedisError:
        return {"away": _AWAY, "rows": [], "total": 0, "at": timezone.localtime()}
    return {
        "rows": rows,
        "total": total,
        "paused": classroom is not None and classroom.pk in paused,
        "more": total > number * PER_PAGE,
        "shown": _shown(rows, number),
        "at": timezone.localtime(),
    }


def _shown(rows: list[Reading], number: int) -> str:
    first = (number - 1) * PER_PAGE + 1
    return f"{first:,} to {first + len(rows) - 1:,}" if rows else "none"


@require_POST
@staff_page(STEER)
def end_reading(request: HttpRequest, session_id: str) -> HttpResponse:
    """Close the book on one child's tablet."""
    session = get_object_or_404(ReadingSession.objects.visible_to(request.user), pk=session_id)
    audit.record(request.user, Action.ACTED, session, "reading ended")
    _do(
        request,
        steering.end(str(session.pk)),
        "The reading has been ended. The child's place is kept.",
        otherwise="Nobody has this book open any more.",
    )
    return _back(request)


@require_POST
@staff_page(STEER)
def pause_class(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Let the narration of a class rest; it ends by itself after half an hour."""
    classroom = _class_of(request, classroom_id)
    audit.record(request.user, Action.ACTED, classroom, "class paused")
    _do(request, steering.pause(classroom.pk), f"{classroom} is paused, for half an hour at most.")
    return _back(request)


@require_POST
@staff_page(STEER)
def let_class_go_on(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """End a class's pause."""
    classroom = _class_of(request, classroom_id)
    audit.record(request.user, Action.ACTED, classroom, "class went on")
    _do(request, steering.go_on(classroom.pk), f"{classroom} goes on.")
    return _back(request)


@require_POST
@staff_page(STEER)
def say_to_class(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Have the tablets of a class show a line of text."""
    classroom = _class_of(request, classroom_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        audit.record(request.user, Action.ACTED, classroom, "message to the class")
        said = steering.say_to_class(classroom.pk, form.cleaned_data["text"])
        _do(request, said, f"All who read in {classroom} see it now.")
    else:
        messages.error(request, f"Write one to {MAX_CLASS_MESSAGE_CHARACTERS} characters.")
    return _back(request)


def _class_of(request: HttpRequest, classroom_id: int) -> Classroom:
    return get_object_or_404(Classroom.objects.visible_to(request.user), pk=classroom_id)


def _do(request: HttpRequest, work: Coroutine[Any, Any, Any], done: str, otherwise: str = "") -> None:
    """Do it and say so; `otherwise`: what to say where it returns False."""
    try:
        result = run(work)
    except (RedisError, OSError):
        messages.error(request, "The server of live sessions cannot be reached just now: try again.")
    else:
        if result is False:
            messages.info(request, otherwise)
        else:
            messages.success(request, done)


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the list as it was filtered."""
    return redirect(own_path(request.POST.get("back", "")) or "live-sessions")
