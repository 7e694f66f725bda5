"""`{{ student.animal|animal_url }}`: the address of a child's picture."""

from django import template
from django.templatetags.static import static

from sessions.animals import picture

register = template.Library()


@register.filter
def animal_url(animal: str) -> str:
    """Return the address of the animal's picture."""
    return static(picture(animal))
