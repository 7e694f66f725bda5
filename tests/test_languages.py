"""Which way a language is written."""

import pytest

from sessions.languages import direction


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("fa_IR", "rtl"), ("ja", "ltr"),
        ("az-Arab", "rtl"), ("ar-Latn", "ltr"), ("UR-pk", "rtl"), ("", "ltr"), ("zh-Hant-TW", "ltr"),
    ],
)  # fmt: skip
def test_the_direction_follows_the_script_then_the_language(tag, expected):
    assert direction(tag) == expected
