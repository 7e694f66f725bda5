"""Signing in with a badge: its link leads here, and one tap signs the child in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sessions import tickets
from sessions.models import Student
from sessions.views.sign_in import remember_class
from sessions.way_back import way_back, with_way_back


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: HttpRequest, key: str) -> HttpResponse:
    """Ask "Is it you?"; the answer signs in. Opening the link alone does not: previews open links too.

    Keys are 128 random bits, so guesses need not be counted.
    """
    student = Student.objects.select_related("classroom").filter(badge_key=key).first()
    if student is None:
        return render(request, "reading/badge_void.html", status=404)
    if request.method == "POST":
        response = redirect(way_back(request) or "library")
        remember_class(response, student.classroom)
        tickets.issue(response, tickets.of(student))
        return response
    context = {"student": student, "other_name": with_way_back("sign-in", way_back(request))}
    return render(request, "reading/badge.html", context)
