"""`{{ name|picture_url }}`: the address of a picture of a child's secret."""

from django import template
from django.templatetags.static import static

from sessions.pictures import picture_path

register = template.Library()


@register.filter
def picture_url(name: str) -> str:
    """Return the address of the picture."""
    return static(picture_path(name))
