"""What browsers are told they may do with our pages: Content-Security-Policy and Permissions-Policy."""

import secrets
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

CONTENT = "Content-Security-Policy"
PERMISSIONS = "Permissions-Policy"


def content_policy(nonce: str = "", media_origin: str = "") -> str:
    """Return the policy of a page whose inline styles carry `nonce`; empty: it has none. No script is inline.

    `media_origin` is where narration comes from, if not from here: the player fetches it first, and lets the
    audio element play what it may not read. `blob:` is a page's sound that was loaded whole. Nothing is ever
    evaluated, and no other site may frame us. A socket of our own origin is 'self'.
    """
    inline = f" 'nonce-{nonce}'" if nonce else ""
    media = f" {media_origin}" if media_origin else ""
    directives = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": f"'self'{inline}",
        "img-src": "'self' data:",
        "media-src": f"'self' blob:{media}",
        "connect-src": f"'self'{media}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


# A child may speak its question, and hold a badge before the camera. Nothing else of the tablet is asked for.
OWN_FEATURES = ("autoplay", "camera", "microphone")
NO_FEATURES = (
    "accelerometer", "browsing-topics", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMITTED = ", ".join([*(f"{name}=(self)" for name in OWN_FEATURES), *(f"{name}=()" for name in NO_FEATURES)])


class Nonce:
    """Made when a template first asks for it; until then `value` is empty."""

    value = ""

    def __str__(self) -> str:
        self.value = self.value or secrets.token_urlsafe(16)
        return self.value


@sync_and_async_middleware
def browser_policy(get_response: Callable) -> Callable:
    """Middleware: give each answer the headers, and templates `request.csp_nonce`.

    An answer that has a policy of its own keeps it. Only tags of our templates have the nonce; it is never
    put into finished HTML, where tags of somebody else would get it too.
    """
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            request.csp_nonce = Nonce()
            return _mark(request, await get_response(request))
    else:

        def middleware(request: HttpRequest) -> HttpResponse:
            request.csp_nonce = Nonce()
            return _mark(request, get_response(request))

    return middleware


def _mark(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault(CONTENT, content_policy(request.csp_nonce.value, settings.MEDIA_ORIGIN))
    response.headers.setdefault(PERMISSIONS, PERMITTED)
    return response
