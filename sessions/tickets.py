"""The signed ticket: who a child is, readable by every process without a database.

A ticket is renewed when half its life is over, as long as the child is there, so a child that reads is
never signed out. Its version ends it early: `sessions.renewal` raises the student's.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import Error as DatabaseAway
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from sessions.models import Student
from sessions.way_back import with_way_back

COOKIE = "readerai_student"
LIFETIME_SECONDS = 12 * 3600  # a school day, from when the child was last here
RENEW_SECONDS = LIFETIME_SECONDS // 2
_SALT = "readerai.student"


@cache
def _signer() -> signing.TimestampSigner:
    """Return the one signer of the process: making it costs as much as checking a ticket."""
    return signing.TimestampSigner(salt=_SALT)


class Ticket(NamedTuple):
    """A signed-in child, as the cookie says it."""

    student_id: int
    classroom_id: int
    school_id: int
    name: str
    animal: str
    version: int = 0


def of(student: Student) -> Ticket:
    """Return what a student's ticket says."""
    return Ticket(
        student.pk,
        student.classroom_id,
        student.classroom.school_id,
        student.name,
        student.animal,
        student.ticket_version,
    )


def sign(ticket: Ticket) -> str:
    """Return the cookie's value."""
    return _signer().sign_object(list(ticket))


def issue(response: HttpResponse, ticket: Ticket) -> None:
    """Sign the student in on this browser."""
    response.set_cookie(
        COOKIE,
        sign(ticket),
        max_age=LIFETIME_SECONDS,
        httponly=True,
        secure=not settings.DEBUG,
        samesite="Lax",
    )


def void(response: HttpResponse) -> None:
    """Sign the student out on this browser."""
    response.delete_cookie(COOKIE, samesite="Lax")


def read(cookie: str | None) -> Ticket | None:
    """Return the ticket in a cookie's value; None when it is missing, forged or too old."""
    try:
        return Ticket(*_signer().unsign_object(cookie or "", max_age=LIFETIME_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def is_ageing(cookie: str) -> bool:
    """Tell whether a ticket that is still good should be renewed."""
    try:
        _signer().unsign(cookie, max_age=RENEW_SECONDS)
    except signing.SignatureExpired:
        return True
    return False


def current(ticket: Ticket) -> Ticket | None:
    """Return the ticket as it would be given out now; None: the child has left, or its sign-ins were ended.

    One query. Raises django.db.Error.
    """
    student = Student.objects.select_related("classroom").filter(pk=ticket.student_id).first()
    if student is None or student.ticket_version != ticket.version:
        return None
    return of(student)


class StudentRequest(HttpRequest):
    """A request of a signed-in child."""

    student: Ticket


View = Callable[..., HttpResponse]


def student_required(view: View) -> View:
    """Let only a signed-in child in, as `request.student`; pages redirect to sign-in, /api/ answers 401.

    No SQL, but for a ticket that should be renewed; with PostgreSQL away that waits, and the child goes on.
    """
    return _admitting(view, always_ask=False)


def known_student_required(view: View) -> View:
    """Like `student_required`, and ask PostgreSQL whether the child is still here: where pages are opened.

    What a teacher has changed, a name or the class, is in `request.student` at once.
    """
    return _admitting(view, always_ask=True)


def _admitting(view: View, *, always_ask: bool) -> View:
    @wraps(view)
    def wrapped(request: StudentRequest, *args, **kwargs) -> HttpResponse:
        cookie = request.COOKIES.get(COOKIE, "")
        ticket = now = read(cookie)
        if ticket is None:
            return _turned_away(request)
        renew = is_ageing(cookie)
        if renew or always_ask:
            try:
                now = current(ticket)
            except DatabaseAway:
                if always_ask:
                    raise
                renew = False
        if now is None:
            response = _turned_away(request)
            void(response)
            return response
        request.student = now
        response = view(request, *args, **kwargs)
        if renew or now != ticket:
            issue(response, now)
        return response

    return wrapped


def _turned_away(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"error": "not_signed_in", "message": "Please sign in again."}, status=401)
    return redirect(with_way_back("sign-in", request.path))
