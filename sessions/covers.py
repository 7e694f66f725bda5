"""Book covers: the art that came with a book, or one drawn from its title."""

import hashlib
import unicodedata
from html import escape

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import MD5, Concat, Left

from sessions.models import Book

# Part of every cover's address, which browsers keep for ever: raise it when `draw` changes.
_DESIGN = "1"

# sky, sun, far hill, near hill, ground, letters
_PALETTES = (
    ("#f9d9b0", "#fff3d6", "#e8a87c", "#c3705a", "#6d3b47", "#4a2530"),
    ("#cfe6e4", "#fff6dc", "#8fbfb4", "#4f8f86", "#1f5a57", "#123c3c"),
    ("#d9dcf3", "#fff2cf", "#a9aede", "#6f74b5", "#3d4179", "#272a55"),
    ("#f6d5d3", "#fff1e0", "#e2a0a4", "#b5616f", "#6c2f45", "#4a1d30"),
    ("#dcebc8", "#fff8d8", "#a8c686", "#6d9553", "#3a5c34", "#233d20"),
    ("#fbe6a9", "#fff9e6", "#efbf62", "#c98a3b", "#7a4f22", "#4d3013"),
)
_LINE_WIDTH = 12  # in Latin letters; a Chinese or Japanese one is as wide as two
_LINES = 4


def with_cover_fingerprint(books: QuerySet[Book]) -> QuerySet[Book]:
    """Return the books with `cover_fingerprint`: 16 characters that change with what the cover shows."""
    content = Concat(Value(_DESIGN), "title", "cover_svg", output_field=TextField())
    return books.annotate(cover_fingerprint=Left(MD5(content), 16))


def cover_svg(book: Book) -> str:
    """Return the book's own art, or a cover drawn from its title."""
    return book.cover_svg or draw(book.title)


def draw(title: str) -> str:
    """Return an SVG cover, 600 by 800: hills, a low sun, and the title. The same title, the same cover."""
    digest = hashlib.sha256(title.encode()).digest()
    sky, sun, far, near, ground, letters = _PALETTES[digest[0] % len(_PALETTES)]
    sun_x, sun_radius = 120 + digest[1] * 360 // 255, 60 + digest[2] * 50 // 255
    far_y, near_y, ground_y = (base + digest[i] * 60 // 255 for i, base in ((3, 460), (4, 540), (5, 640)))
    lines = _lines(title)
    size = 84 if max(map(_width, lines)) <= 10 else 70
    text = "".join(
        f'<text x="300" y="{150 + number * size * 1.2:.0f}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800">'
        f'<rect width="600" height="800" fill="{sky}"/>'
        f'<circle cx="{sun_x}" cy="{far_y - 20}" r="{sun_radius}" fill="{sun}"/>'
        f'<path d="M0 {far_y}q150-90 300-20t300-40V800H0z" fill="{far}"/>'
        f'<path d="M0 {near_y + 40}q180-120 340-40t260-30V800H0z" fill="{near}"/>'
        f'<path d="M0 {ground_y}q220-50 360 10t240-10V800H0z" fill="{ground}"/>'
        f'<g fill="{letters}" font-family="Lexend, Segoe UI, sans-serif" font-weight="700" '
        f'font-size="{size}" text-anchor="middle">{text}</g></svg>'
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "FW" else 1 for letter in text)


def _pieces(word: str) -> list[str]:
    """Cut a word that is wider than a line."""
    pieces = [""]
    for letter in word:
        if _width(pieces[-1] + letter) > _LINE_WIDTH:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _lines(title: str) -> list[str]:
    """Break a title into at most four short lines; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in title.split():
        first, *rest = _pieces(word)
        if lines and _width(lines[-1]) + 1 + _width(first) <= _LINE_WIDTH:
            lines[-1] += f" {first}"
        else:
            lines.append(first)
        lines += rest
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _LINE_WIDTH // 2]}…"]
    return lines or [""]
