"""Signing in: the class's code first, then the child's own name and animal."""

import unicodedata

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sessions import tickets
from sessions.models import Classroom

CODE_LETTERS = 6

# Remembers the class on this tablet, so that the next child only taps a name. It holds the code
# itself, signed: a teacher who changes the code closes the old door everywhere.
CLASS_COOKIE = "readerai_class"
_SALT = "readerai.class"

# Codes have no I, L, O and no digits; whoever types one saw the letter that looks like it.
_LOOK_ALIKES = str.maketrans("0OIL1245689", "QQJJJZASGBG")


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
    """Ask for the code, then for the child.

    POST `code` opens a class on this browser; POST `student` (an id in that class) signs the child in.
    `?other-class` asks for a code although a class is open.
    """
    if request.method == "POST" and "code" in request.POST:
        return _open_class(request)
    classroom = _opened_class(request)
    if request.method == "POST":
        return _choose_student(request, classroom)
    if tickets.read(request.COOKIES.get(tickets.COOKIE)) is not None:
        return redirect("library")
    if classroom is None or "other-class" in request.GET:
        return _ask_code(request)
    return render(
        request,
        "reading/sign_in.html",
        {"classroom": classroom, "students": classroom.students.all()},
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the child out; the class stays open on this browser for the next one."""
    response = redirect("sign-in")
    tickets.void(response)
    return response


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
    classroom = find_classroom(request.POST["code"])
    if classroom is None:
        return _ask_code(request, error=_what_is_wrong(request.POST["code"]), status=400)
    response = redirect("sign-in")
    response.set_signed_cookie(
        CLASS_COOKIE,
        classroom.join_code,
        salt=_SALT,
        max_age=tickets.LIFETIME_SECONDS,
        httponly=True,
        secure=not settings.DEBUG,
        samesite="Lax",
    )
    return response


def _what_is_wrong(typed: str) -> str:
    code = plain_code(typed)
    if not code:
        return "Type the letters of your class code first."
    if len(code) < CODE_LETTERS:
        missing = CODE_LETTERS - len(code)
        return f"Nearly! A class code has {CODE_LETTERS} letters: {missing} more to go."
    if len(code) > CODE_LETTERS:
        return f"That is a bit too long. A class code has just {CODE_LETTERS} letters."
    return "No class has that code. Look at it again, or ask your teacher."


def _opened_class(request: HttpRequest) -> Classroom | None:
    code = request.get_signed_cookie(CLASS_COOKIE, None, salt=_SALT, max_age=tickets.LIFETIME_SECONDS)
    return Classroom.objects.filter(join_code=code).first() if code else None


def _choose_student(request: HttpRequest, classroom: Classroom | None) -> HttpResponse:
    if classroom is None:
        return _ask_code(request, error="Please type your class code once more.", status=400)
    wanted = request.POST.get("student", "")
    student = (
        classroom.students.select_related("classroom").filter(pk=wanted).first()
        if wanted.isdecimal() and len(wanted) < 19
        else None
    )
    if student is None:
        return redirect("sign-in")
    response = redirect("library")
    tickets.issue(response, student)
    return response
