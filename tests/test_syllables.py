"""A word without what stands around it, and the pieces it is said in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.syllables import bare, syllables

LANGUAGES = ["en", "en-US", "EN_gb", "de", "es", "pt-BR", "ru", "xx", ""]


@pytest.mark.parametrize(
    ("displayed", "word"),
    [
        ("lantern", "lantern"),
        ("“Lantern!”", "Lantern"),
        ("o'clock—", "o'clock"),
        ("he —", "he"),
        ("« Oui", "Oui"),
        ("mother-in-law…", "mother-in-law"),
        ("$24.50,", "$24.50"),
        ("किताबें।", "किताबें"),
        ("灯。", "灯"),
        ("🦊!", "🦊"),
        ("—", "—"),
    ],
)
def test_a_word_leaves_its_punctuation_on_the_page(displayed, word):
    assert bare(displayed) == word


@pytest.mark.parametrize(
    ("word", "language", "pieces"),
    [
        ("river", "en", ["riv", "er"]),
        ("river", "en-GB", ["river"]),
        ("lantern", "en-GB", ["lan", "tern"]),
        ("Butterfly", "en", ["But", "ter", "fly"]),
        ("grandmother's", "en", ["grand", "moth", "er's"]),
        ("don't", "en", ["don't"]),
        ("cat", "en", ["cat"]),
        ("mother-in-law", "en", ["moth", "er-", "in-", "law"]),
        ("Laterne", "de", ["La", "ter", "ne"]),
        ("Schmetterling", "de-AT", ["Schmet", "ter", "ling"]),
        ("papillon", "fr", ["pa", "pillon"]),
        ("mariposa", "es", ["ma", "ri", "po", "sa"]),
        ("24.50", "en", ["24.50"]),
        ("3rd", "en", ["3rd"]),
        ("🦊", "en", ["🦊"]),
    ],
)
def test_a_word_is_said_in_pieces(word, language, pieces):
    assert list(syllables(word, language)) == pieces


@pytest.mark.parametrize("language", ["xx", "ja", "", "-"])
def test_where_nobody_knows_how_a_language_is_divided_the_word_is_whole(language):
    assert syllables("lantern", language) == ("lantern",)


stories = st.text(min_size=1, max_size=30) | st.from_regex(
    r"[A-Za-zÀ-ž]{1,12}([-’'][A-Za-zß]{1,8}|[0-9.]{0,3}){0,3}", fullmatch=True
)


@given(stories, st.sampled_from(LANGUAGES))
def test_the_pieces_are_the_word_and_none_is_empty(word, language):
    pieces = syllables(word, language)
    assert "".join(pieces) == word
    assert all(pieces)


@given(st.text(alphabet="aeiourstlnmbk", min_size=2, max_size=20), st.sampled_from(["en", "de", "es"]))
def test_no_word_begins_or_ends_with_a_letter_alone(word, language):
    pieces = syllables(word, language)
    assert len(pieces[0]) > 1
    assert len(pieces[-1]) > 1


@given(st.text(min_size=1, max_size=20))
def test_what_is_bare_has_nothing_more_to_leave(displayed):
    word = bare(displayed)
    assert word
    assert word in displayed
    assert bare(word) == word
