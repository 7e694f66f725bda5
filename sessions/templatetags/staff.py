"""What the grown-ups' sign-in page knows of the school's own sign-in."""

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def single_sign_on(context: template.Context) -> dict[str, str] | None:
    """Return `name` and `url` of the school's sign-in, which comes back to `next`; None: there is none."""
    if not settings.OIDC_ISSUER:
        return None
    wanted = context.get("next", "")
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return {"name": settings.OIDC_NAME, "url": reverse("staff-sign-in") + query}
