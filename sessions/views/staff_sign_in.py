"""Grown-ups sign in through their school's own sign-in, where one is configured."""

import logging

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from sessions import single_sign_on
from sessions.single_sign_on import Cancelled, ProviderAway, SignInFailed
from sessions.staff_identity import account_of

logger = logging.getLogger(__name__)

_NEXT = "staff_sign_in_next"
_BACKEND = "django.contrib.auth.backends.ModelBackend"

_UNKNOWN = (
    "Your school has no account for you yet",
    "Ask your head for one: it needs the mail address of your school's sign-in.",
)
_AWAY = (
    "Your school does not answer",
    "Please try again in a moment. If you have a password here, it works all the same.",
)
_CANCELLED = ("You are not signed in", "Your school's sign-in was left before its end.")
_FAILED = ("That did not work", "This sign-in cannot be used, or no longer. Please begin again.")


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the school's sign-in; `next` is where to go afterwards."""
    _only_if_configured()
    request.session[_NEXT] = request.GET.get("next", "")
    try:
        return single_sign_on.ask(request, request.build_absolute_uri(reverse("staff-sign-in-back")))
    except ProviderAway as error:
        return _refused(request, _AWAY, 503, error)


@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the school's sign-in, and the grown-up in."""
    _only_if_configured()
    try:
        identity = single_sign_on.answer(request)
    except ProviderAway as error:
        return _refused(request, _AWAY, 503, error)
    except Cancelled as error:
        return _refused(request, _CANCELLED, 403, error)
    except SignInFailed as error:
        return _refused(request, _FAILED, 403, error)
    user = account_of(identity)
    if user is None:
        return _refused(request, _UNKNOWN, 403, SignInFailed("no account"))
    wanted = request.session.pop(_NEXT, "")
    login(request, user, _BACKEND)
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else "admin:index")


def _only_if_configured() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _refused(request: HttpRequest, words: tuple[str, str], status: int, error: SignInFailed) -> HttpResponse:
    logger.warning("single sign-on failed: %s", error)
    heading, text = words
    return render(request, "staff_sign_in.html", {"heading": heading, "text": text}, status=status)
