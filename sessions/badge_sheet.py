"""The sheet of badges that a teacher prints: eight on A4, to cut along the dashes and fold in the middle.

On the left whose it is, on the right what opens: a QR code, drawn in lines, and the three pictures.
No database here: whoever wants a sheet says what stands on it.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import segno
from django.contrib.staticfiles import finders
from fontpkg_lexend import ROOT as LEXEND
from fontpkg_noto_sans import ROOT as NOTO_SANS

from sessions.animals import picture
from sessions.pictures import picture_path

if TYPE_CHECKING:
    from fpdf import FPDF

# All lengths in millimetres.
_COLUMNS, _ROWS = 2, 4
_WIDTH, _HEIGHT = 94.0, 68.0
_LEFT, _TOP = (210 - _COLUMNS * _WIDTH) / 2, (297 - _ROWS * _HEIGHT) / 2
_PADDING = 4.0
_HALF = _WIDTH / 2
_ANIMAL, _QR, _PICTURE = 26.0, 37.0, 11.0
_LINE, _INK, _SOFT = "#b5aa9b", "#2b2433", "#62586a"

_NAME_POINTS, _LEAST_POINTS = 22.0, 9.0


class Badge(NamedTuple):
    """What stands on one badge; `link` is what its code opens."""

    name: str
    animal: str
    classroom: str
    pictures: Sequence[str]
    link: str


def draw(badges: Iterable[Badge]) -> bytes:
    """Return the PDF with a page for each eight badges; one that says so where there is none."""
    pdf = _blank()
    for index, badge in enumerate(badges):
        place = index % (_COLUMNS * _ROWS)
        if place == 0:
            pdf.add_page()
        row, column = divmod(place, _COLUMNS)
        _draw_badge(pdf, badge, _LEFT + column * _WIDTH, _TOP + row * _HEIGHT)
    if not pdf.pages:
        pdf.add_page()
        _write(pdf, "Nobody is in this class yet.", 20, 30, 170, 14)
    return bytes(pdf.output())


def _blank() -> "FPDF":
    # A quarter of all that a process imports, for a sheet that is seldom printed.
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title("ReaderAI badges")
    pdf.add_font("Lexend", fname=LEXEND / "files" / "Lexend[wght].ttf")
    pdf.add_font("NotoSans", fname=NOTO_SANS / "files" / "NotoSans[wdth,wght].ttf")
    return pdf


def _draw_badge(pdf: "FPDF", badge: Badge, left: float, top: float) -> None:
    pdf.set_draw_color(_LINE)
    pdf.set_line_width(0.2)
    pdf.set_dash_pattern(dash=2, gap=1.5)
    pdf.rect(left, top, _WIDTH, _HEIGHT)
    pdf.set_dash_pattern(dash=0.2, gap=1.8)
    pdf.line(left + _HALF, top, left + _HALF, top + _HEIGHT)
    pdf.set_dash_pattern()
    room = _HALF - 2 * _PADDING
    animal_left = left + (_HALF - _ANIMAL) / 2
    with pdf.round_clip(animal_left, top + 8, _ANIMAL):  # the library does not read the one in the file
        _draw_svg(pdf, picture(badge.animal), animal_left, top + 8, _ANIMAL)
    pdf.set_text_color(_INK)
    _write(pdf, badge.name, left + _PADDING, top + 39, room, _NAME_POINTS)
    pdf.set_text_color(_SOFT)
    _write(pdf, badge.classroom, left + _PADDING, top + 53, room, 11)
    right = left + _HALF
    _draw_code(pdf, badge.link, right + (_HALF - _QR) / 2, top + 6, _QR)
    gap = (room - len(badge.pictures) * _PICTURE) / max(1, len(badge.pictures) - 1)
    for index, name in enumerate(badge.pictures):
        _draw_svg(pdf, picture_path(name), right + _PADDING + index * (_PICTURE + gap), top + 50, _PICTURE)


def _draw_svg(pdf: "FPDF", static_path: str, x: float, y: float, size: float) -> None:
    pdf.image(finders.find(static_path), x, y, size, size)


def _draw_code(pdf: "FPDF", link: str, x: float, y: float, size: float) -> None:
    """Draw the QR code with its quiet zone, each run of dark modules as one rectangle."""
    rows = list(segno.make_qr(link, error="m").matrix_iter(border=4))
    module = size / len(rows)
    pdf.set_fill_color(0)
    for row, modules in enumerate(rows):
        column = 0
        for dark, run in groupby(modules):
            width = len(list(run))
            if dark:
                pdf.rect(x + column * module, y + row * module, width * module, module, style="F")
            column += width


def _write(pdf: "FPDF", text: str, x: float, y: float, width: float, points: float) -> None:
    """Write one line in the middle, smaller where it is long; a rule to write on where we lack letters."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    family = _family_for(pdf, text)
    if family is None:
        pdf.set_draw_color(_INK)
        pdf.line(x, y + 8, x + width, y + 8)
        return
    while True:
        pdf.set_font(family, size=points)
        if pdf.get_string_width(text) <= width:
            break
        if points > _LEAST_POINTS:
            points -= 1
        else:
            text = text.removesuffix("…")[:-1] + "…"
    pdf.set_xy(x, y)
    pdf.cell(width, 10, text, align="C")


def _family_for(pdf: "FPDF", text: str) -> str | None:
    """Return a font that has all letters; None too for scripts that join or stack their letters."""
    if any(unicodedata.bidirectional(c) in {"R", "AL"} or unicodedata.category(c)[0] == "M" for c in text):
        return None
    known = (
        family for family, font in pdf.fonts.items() if all(ord(character) in font.cmap for character in text)
    )
    return next(known, None)
