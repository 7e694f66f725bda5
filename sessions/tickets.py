"""The signed ticket: who a child is, readable by every process without a database."""

from collections.abc import Callable
from functools import cache, wraps
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from sessions.models import Student

COOKIE = "readerai_student"
LIFETIME_SECONDS = 12 * 3600  # a school day
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


def of(student: Student) -> Ticket:
    """Return what a student's ticket says."""
    return Ticket(student.pk, student.classroom_id, student.classroom.school_id, student.name, student.animal)


def sign(ticket: Ticket) -> str:
    """Return the cookie's value."""
    return _signer().sign_object(list(ticket))


def issue(response: HttpResponse, student: Student) -> None:
    """Sign the student in on this browser."""
    response.set_cookie(
        COOKIE,
        sign(of(student)),
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


class StudentRequest(HttpRequest):
    """A request of a signed-in child."""

    student: Ticket


def student_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only a signed-in child in, as `request.student`; pages redirect to sign-in, /api/ answers 401."""

    @wraps(view)
    def wrapped(request: StudentRequest, *args, **kwargs) -> HttpResponse:
        ticket = read(request.COOKIES.get(COOKIE))
        if ticket is None:
            if request.path.startswith("/api/"):
                return JsonResponse(
                    {"error": "not_signed_in", "message": "Please sign in again."}, status=401
                )
            return redirect("sign-in")
        request.student = ticket
        return view(request, *args, **kwargs)

    return wrapped
