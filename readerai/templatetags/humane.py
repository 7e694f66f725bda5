"""Figures as people read them."""

from django import template

register = template.Library()

_STEP = 1024


@register.filter(name="bytes")
def in_bytes(number: int) -> str:
    """Return bytes in the unit that fits, for example "12.0 KB"."""
    size = float(number)
    for unit in ("B", "KB", "MB"):
        if size < _STEP:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= _STEP
    return f"{size:,.1f} GB"


@register.filter
def milliseconds(number: int | None) -> str:
    """Return milliseconds, as seconds where they are many; None: nothing has been measured."""
    if number is None:
        return "none yet"
    return f"{number} ms" if number < 1000 else f"{number / 1000:.1f} s"
