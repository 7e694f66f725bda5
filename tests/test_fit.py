"""Fit for the child: short sentences, in words that it reads with ease or has just met in the story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring import fit

FIVE, EIGHT, ELEVEN = 1.0, 3.5, 7.0  # grades of a child of about that age
STORY = "Tiva met the heron Zanzibar, who had lost his golden key by the lighthouse."


@pytest.mark.parametrize(
    "sentence",
    [
        "Tiva is a young fox who lived under the old mill.",
        "She is sad because she lost her friend.",
        "A lantern is a lamp that you can carry in your hand.",
        "Yes!",
    ],
)
def test_plain_sentences_are_fit_for_the_youngest(sentence):
    assert fit.is_fit(sentence, "en", FIVE, fit.known_words(STORY))


@pytest.mark.parametrize(
    "sentence, too_hard_for",
    [
        ("Foxes are nocturnal animals, which means they are active at night.", [FIVE]),
        (
            "The antagonist demonstrates considerable determination throughout the narrative.",
            [FIVE, EIGHT, ELEVEN],
        ),
        ("Evaporation is responsible for the disappearance of the water.", [FIVE, EIGHT, ELEVEN]),
        (" ".join(["and the fox ran on"] * 4), [FIVE]),  # 20 words
        (" ".join(["and the fox ran on"] * 5), [FIVE, EIGHT]),  # 25
        (" ".join(["and the fox ran on"] * 7), [FIVE, EIGHT, ELEVEN]),  # 35
    ],
)
def test_hard_or_long_sentences_are_not_for_everybody(sentence, too_hard_for):
    known = fit.known_words(STORY)
    assert [
        grade for grade in (FIVE, EIGHT, ELEVEN) if not fit.is_fit(sentence, "en", grade, known)
    ] == too_hard_for


def test_words_of_the_story_are_easy_however_long():
    sentence = "Zanzibar sat by the lighthouse."
    assert fit.grade_of(sentence, fit.known_words(STORY)) < fit.grade_of(sentence)


def test_where_the_formula_has_no_meaning_length_alone_decides():
    long_words = "Donaudampfschifffahrtsgesellschaften verschifften Kartoffelpuffer."
    assert fit.is_fit(long_words, "de", FIVE, ())
    assert not fit.is_fit(long_words, "en", FIVE, ())
    assert not fit.is_fit(" ".join(["ja"] * 17), "de", FIVE, ())


@given(st.text(), st.floats(0, 20), st.sampled_from(["en", "en-GB", "de", "ja", "ar"]))
def test_any_text_is_judged_and_whoever_reads_better_is_served_by_all_that_serves_the_others(
    text, grade, language
):
    if fit.is_fit(text, language, grade, ()):
        assert fit.is_fit(text, language, grade + 5, ())


@given(
    st.lists(st.sampled_from(["fox", "lighthouse", "determination", "a", "night"]), min_size=1, max_size=12)
)
def test_knowing_more_words_never_makes_a_sentence_harder(spoken):
    sentence = " ".join(spoken)
    assert fit.grade_of(sentence, frozenset(spoken)) <= fit.grade_of(sentence, frozenset(spoken[:1]))
    assert fit.grade_of(sentence, frozenset(spoken[:1])) <= fit.grade_of(sentence)
