"""Which way a language is written."""

import pytest

from sessions.languages import direction, guess


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("fa_IR", "rtl"), ("ja", "ltr"),
        ("az-Arab", "rtl"), ("ar-Latn", "ltr"), ("UR-pk", "rtl"), ("", "ltr"), ("zh-Hant-TW", "ltr"),
    ],
)  # fmt: skip
def test_the_direction_follows_the_script_then_the_language(tag, expected):
    assert direction(tag) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The owl sat. Привет!", "en"), ("كان يا ما كان", "ar"), ("היה היה פעם", "he"),
        ("むかし、井戸がありました。", "ja"), ("從前有一口井。", "zh"), ("옛날 옛적에", "ko"),
        ("Жила-была сова.", "ru"),
        ("Μια φορά", "el"), ("", "en"), ("123 🦉 …", "en"),
    ],
)  # fmt: skip
def test_a_text_that_does_not_say_its_language_is_guessed_by_its_script(text, expected):
    assert guess(text) == expected
