"""A page of our own in the admin's frame, for grown-ups who have certain permissions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def staff_page(*permissions: str) -> Callable[[View], View]:
    """Let only signed-in grown-ups with these permissions in; others sign in, or are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perms(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(admin.site.admin_view(wrapped))

    return decorate


def show(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """Return a page with the admin's menu."""
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})
