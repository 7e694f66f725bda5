"""Words are compared without their endings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.stems import stems


@pytest.mark.parametrize(
    "forms",
    [
        "fox foxes Fox's FOX",
        "hope hopes hoped hoping",
        "stop stopped stopping stops",
        "cry cried cries crying",
        "call calls called calling",
        "house houses",
        "glass glasses",
        "go goes went gone going",
        "bring brought brings bringing",
        "child children child's children’s",
        "quick quickly",
        "his",
        "is",
        "bus",
    ],
)
def test_the_forms_of_a_word_are_one(forms):
    assert len(set(stems(forms))) == 1


@pytest.mark.parametrize("pair", ["king kin", "ring ran", "bed be", "red reed", "need knee", "was wa"])
def test_different_words_stay_different(pair):
    assert len(set(stems(pair))) == 2


@pytest.mark.parametrize(
    ("language", "forms"),
    [("de-AT", "Haus Häuser Hauses"), ("fr", "renard renards l'renard"), ("es-MX", "zorro zorros zorra")],
)
def test_other_languages_have_their_own_endings(language, forms):
    assert len(set(stems(forms, language))) == 1


def test_a_language_without_endings_of_its_own_compares_whole_words():
    assert stems("Foxes hoped", "tlh") == ["foxes", "hoped"]


@given(st.text(), st.sampled_from(["en", "de", "fr", "es", "ja", "tr", ""]))
def test_any_text_has_stems(text, language):
    assert all(stems(text, language))


@given(st.text(alphabet="abcdeingsy' ’", max_size=20))
def test_neither_case_nor_the_shape_of_an_apostrophe_matters(text):
    assert stems(text.upper()) == stems(text) == stems(text.replace("’", "'"))
