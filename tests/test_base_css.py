"""The design tokens: readable in both themes, and the same dark however it was chosen."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static/css/base.css").read_text()
TEXT, LARGE_OR_EDGE = 4.5, 3.0  # the least contrast that WCAG 2.2 AA asks for

PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "primary", "coral", "good", "bad")
      for ground in ("paper", "surface")],
    ("ink", "sunken", TEXT),
    ("ink-soft", "sunken", TEXT),
    *[(f"on-{name}", name, TEXT) for name in ("primary", "primary-soft", "highlight", "highlight-soft")],
    *[(f"on-{name}", name, TEXT) for name in ("coral", "coral-soft", "good-soft", "bad-soft")],
    ("on-primary", "primary-strong", TEXT),
    *[(edge, ground, LARGE_OR_EDGE) for edge in ("line-strong", "focus") for ground in ("paper", "surface")],
    ("primary", "sunken", LARGE_OR_EDGE),
]  # fmt: skip


def tokens(selector: str) -> dict[str, str]:
    """Return the custom properties and color-scheme of the rule that begins with `selector`."""
    block = CSS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"^\s*([\w-]+): ([^;]+);", block, re.M))


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [":root", ':root[data-theme="dark"]'])
def test_every_pair_of_colours_is_readable(theme):
    colours = tokens(theme)
    too_weak = {
        f"{ink} on {ground}": round(contrast(colours[f"--{ink}"], colours[f"--{ground}"]), 2)
        for ink, ground, least in PAIRS
        if contrast(colours[f"--{ink}"], colours[f"--{ground}"]) < least
    }
    assert too_weak == {}


def test_dark_by_the_device_is_dark_by_choice():
    assert tokens(':root:not([data-theme="light"])') == tokens(':root[data-theme="dark"]')


def test_dark_recolours_everything_that_light_colours():
    light = {name for name, value in tokens(":root").items() if value.startswith(("#", "rgb"))}
    assert light <= tokens(':root[data-theme="dark"]').keys()


def test_the_admins_two_style_sheets_share_one_palette():
    admin, staff = (
        (Path(settings.BASE_DIR) / f"static/css/{name}.css").read_text() for name in ("admin", "staff")
    )
    given, also_given = (set(re.findall(r"^\s*(--[\w-]+):", css, re.M)) for css in (admin, staff))
    used = set(re.findall(r"var\((--[\w-]+)", admin + staff))
    assert given & also_given == set()
    assert {name for name in used if not name.startswith(("--color-", "--radius-"))} == given | also_given
