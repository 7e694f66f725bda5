"""The reading level, computed offline."""

import pytest

from sessions import level

SYLLABLES = {
    1: "the home homes walked eye tree there were eyes miles stopped tongue quick queen league thought boy I",
    2: "table apples horses wanted giggled hundred people question lion quiet princess didn't going flying"
    " wishes fairies pigeon every something evening million friendly witches beyond",
    3: "banana elephant animal idea created curious various museum happier delicious position September",
    4: "variety obedient necessary television",
}


def test_syllables_of_the_words_children_read_are_counted_mostly_right():
    expected = {word: count for count, text in SYLLABLES.items() for word in text.split()}
    wrong = {word for word, count in expected.items() if level.syllable_count(word) != count}
    assert len(wrong) <= len(expected) // 20, wrong


def test_a_word_without_vowels_has_one_syllable():
    assert level.syllable_count("hmm") == level.syllable_count("x") == 1


def test_the_grade_is_the_formula_of_flesch_and_kincaid():
    # lit-tle and hap-py have two syllables.
    text = "The little owl sat in a tree. It was happy."
    words, sentences, syllables = 10, 2, 12
    expected = 0.39 * words / sentences + 11.8 * syllables / words - 15.59
    assert level.grade(text) == round(expected, 1)


def test_simple_text_has_a_lower_grade_than_difficult_text():
    simple = "The cat sat. The dog ran. They had fun. A big red hen saw them."
    difficult = (
        "Nevertheless, the distinguished ambassador considered the extraordinary proposition"
        " impossible, notwithstanding every opportunity that civilisation presented to him."
    )
    assert level.grade(simple) == 0.0
    assert level.grade(difficult) > 12


@pytest.mark.parametrize("text", ["", "…", "24 1999", "😀"])
def test_text_without_words_of_letters_has_no_grade(text):
    assert level.grade(text) is None


@pytest.mark.parametrize(("language", "graded"), [("en-GB", True), ("EN", True), ("fr", False), ("", False)])
def test_only_english_has_a_grade(language, graded):
    assert (level.grade("The owl sat.", language) is not None) is graded


@pytest.mark.parametrize(
    ("grade", "band"),
    [
        (None, ""),
        (0, "First steps"),
        (2.4, "First steps"),
        (2.5, "Growing"),
        (4.9, "Growing"),
        (9, "Confident"),
    ],
)
def test_children_see_a_band_not_a_number(grade, band):
    assert level.band(grade) == band
