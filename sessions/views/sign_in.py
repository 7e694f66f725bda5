"""Signing in: the class's code first, then the child's own name and animal, then its three pictures."""

import unicodedata

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from redis.exceptions import RedisError

from sessions import pictures, throttle, tickets
from sessions.addresses import client_address, network_of
from sessions.models import Classroom, SignIn, Student
from sessions.way_back import way_back, with_way_back

CODE_LETTERS = 6

# Remembers the class on this tablet, so that the next child only taps a name. It holds the code
# itself, signed: a teacher who changes the code closes the old door everywhere.
CLASS_COOKIE = "readerai_class"
_SALT = "readerai.class"

# Codes have no I, L, O and no digits; whoever types one saw the letter that looks like it.
_LOOK_ALIKES = str.maketrans("0OIL1245689", "QQJJJZASGBG")

_RETRY_SECONDS = 5  # while Redis, which counts the tries, is away


def plain_code(typed: str) -> str:
    """Return what was typed in capital letters and digits only: " fqx-esa " -> "FQXESA"."""
    capitals = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in capitals if c.isalnum())


def find_classroom(typed: str) -> Classroom | None:
    """Return the class with this code, taking look-alikes for the letters that codes are made of."""
    code = plain_code(typed)
    forgiven = code.translate(_LOOK_ALIKES)
    found = {c.join_code: c for c in Classroom.objects.filter(join_code__in={code, forgiven})}
    return found.get(code) or found.get(forgiven)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then for the child, then for its pictures where the class wants them.

    POST `code` opens a class on this browser; POST `student` (an id in that class), with three times
    `picture`, signs the child in. `?student=` shows that child's pictures, `?other-class` asks for a code
    although a class is open, `?next=` is where the child goes afterwards.
    """
    try:
        if request.method == "POST" and "code" in request.POST:
            return _open_class(request)
        classroom = _opened_class(request)
        if request.method == "POST":
            return _choose_student(request, classroom)
    except RedisError:
        return _one_moment(request)
    if tickets.read(request.COOKIES.get(tickets.COOKIE)) is not None:
        return redirect(way_back(request) or "library")
    if classroom is None or "other-class" in request.GET:
        return _ask_code(request)
    student = _student_of(classroom, request.GET.get("student", ""))
    if student is not None and classroom.sign_in == SignIn.PICTURES:
        return _ask_pictures(request, student)
    context = {"classroom": classroom, "students": classroom.students.all()}
    return render(request, "reading/sign_in.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the child out; the class stays open on this browser for the next one."""
    response = redirect("sign-in")
    tickets.void(response)
    return response


def remember_class(response: HttpResponse, classroom: Classroom) -> None:
    """Open the class on this browser."""
    response.set_signed_cookie(
        CLASS_COOKIE,
        classroom.join_code,
        salt=_SALT,
        max_age=tickets.LIFETIME_SECONDS,
        httponly=True,
        secure=not settings.DEBUG,
        samesite="Lax",
    )


def _ask_code(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    """Show the code's field; at a demo also a way in without one."""
    offered = settings.DEMO_CLASS_CODE
    demo = Classroom.objects.filter(join_code=offered).first() if offered else None
    context = {
        "error": error,
        "typed": request.POST.get("code", ""),
        "demo": demo,
    }
    return render(request, "reading/sign_in.html", context, status=status)


def _open_class(request: HttpRequest) -> HttpResponse:
    typed = request.POST["code"]
    if problem := _what_is_wrong(typed):
        return _ask_code(request, error=problem, status=400)
    tries = _tries_of_address(request)
    if wait := throttle.take(tries):
        return _take_a_break(request, wait)
    classroom = find_classroom(typed)
    if classroom is None:
        error = "No class has that code. Look at it again, or ask your teacher."
        return _ask_code(request, error=error, status=400)
    throttle.give_back(tries)
    response = redirect(with_way_back("sign-in", way_back(request)))
    remember_class(response, classroom)
    return response


def _what_is_wrong(typed: str) -> str:
    """Return what no code can look like, in words for a child; "" where it can be one."""
    code = plain_code(typed)
    if not code:
        return "Type the letters of your class code first."
    if len(code) < CODE_LETTERS:
        missing = CODE_LETTERS - len(code)
        return f"Nearly! A class code has {CODE_LETTERS} letters: {missing} more to go."
    if len(code) > CODE_LETTERS:
        return f"That is a bit too long. A class code has just {CODE_LETTERS} letters."
    return ""


def _opened_class(request: HttpRequest) -> Classroom | None:
    code = request.get_signed_cookie(CLASS_COOKIE, None, salt=_SALT, max_age=tickets.LIFETIME_SECONDS)
    return Classroom.objects.filter(join_code=code).first() if code else None


def _student_of(classroom: Classroom, wanted: str) -> Student | None:
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    return classroom.students.select_related("classroom").filter(pk=wanted).first()


def _choose_student(request: HttpRequest, classroom: Classroom | None) -> HttpResponse:
    if classroom is None:
        return _ask_code(request, error="Please type your class code once more.", status=400)
    student = _student_of(classroom, request.POST.get("student", ""))
    if student is None:
        return redirect(with_way_back("sign-in", way_back(request)))
    if classroom.sign_in == SignIn.NAME:
        return _let_in(request, student)
    picked = [name for name in request.POST.getlist("picture") if name in pictures.PICTURES]
    if len(picked) < pictures.LENGTH:
        return _ask_pictures(request, student, picked=picked)
    address = _tries_of_address(request)
    of_class = throttle.Tries(throttle.CLASSROOM, classroom.pk)
    own = throttle.Tries(throttle.STUDENT, student.pk)
    if wait := throttle.take(address, of_class, own):
        return _take_a_break(request, wait)
    if not pictures.are_right(picked, student.pictures):
        return _ask_pictures(request, student, error="Not quite. Have another go!", status=400)
    throttle.give_back(address, of_class)
    throttle.forget(own)
    return _let_in(request, student)


def _tries_of_address(request: HttpRequest) -> throttle.Tries:
    return throttle.Tries(throttle.ADDRESS, network_of(client_address(request)))


def _let_in(request: HttpRequest, student: Student) -> HttpResponse:
    response = redirect(way_back(request) or "library")
    tickets.issue(response, tickets.of(student))
    return response


def _ask_pictures(
    request: HttpRequest,
    student: Student,
    *,
    picked: list[str] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show all pictures, and those picked so far; at a demo also which are the right ones."""
    demo = student.classroom.join_code == settings.DEMO_CLASS_CODE
    names = with_way_back("sign-in", way_back(request))
    context = {
        "student": student,
        "other_name": names,
        "start_again": f"{names}{'&' if '?' in names else '?'}student={student.pk}",
        "pictures": pictures.PICTURES,
        "picked": picked or [],
        "places": range(len(picked or []), pictures.LENGTH),
        "error": error,
        "hint": student.pictures.split() if demo else [],
    }
    return render(request, "reading/pictures.html", context, status=status)


def _take_a_break(request: HttpRequest, seconds: int) -> HttpResponse:
    how_long = f"{seconds} seconds" if seconds <= 90 else f"{-(-seconds // 60)} minutes"
    context = {"how_long": how_long, "again": request.get_full_path()}
    response = render(request, "reading/take_a_break.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _one_moment(request: HttpRequest) -> HttpResponse:
    message = "We cannot let anybody in just now; try again in a moment."
    context = {"message": message, "again": request.get_full_path()}
    response = render(request, "outage.html", context, status=503)
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response
