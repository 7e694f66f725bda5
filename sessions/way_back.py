"""Where a child was when it had to sign in again, so that it comes back there and not to the library."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETER = "next"


def own_path(path: str) -> str:
    """Return a path of this site as it is; "" for any other place, which somebody else may have put there."""
    own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if own else ""


def way_back(request: HttpRequest) -> str:
    """Return the path that `?next=` names, "" where there is none; never a place on another site."""
    return own_path(request.GET.get(PARAMETER, ""))


def with_way_back(name: str, path: str, *args: str) -> str:
    """Return the address of the view `name` that leads on to `path`; the library needs no telling."""
    address = reverse(name, args=args)
    if path in ("", reverse("library")):
        return address
    return f"{address}?{urlencode({PARAMETER: path})}"
