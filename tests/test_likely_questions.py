"""What a class is likely to ask, and from which word on it can be answered."""

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.shelf import PageText
from sessions.words import split
from tutoring.likely_questions import WHAT_HAPPENED, Likely, from_lines, likely_questions

TEXTS = [
    "A young fox called Tiva lived under a mill. Every evening Tiva carried her lantern.",
    "At the river Tiva met the heron Zanzibar. An extraordinary key was lost. Then Zanzibar cried on Monday.",
    "“Look!” said Old Tom. Tiva and Old Tom found it under the lantern.",
]
GLOSSARY = {"lantern": "a lamp", "owl": "a bird"}


def book(texts=TEXTS) -> list[PageText]:
    counts = [len(split(text)) for text in texts]
    return [
        PageText(number, number, "", text, end - count, count)
        for number, (text, count, end) in enumerate(zip(texts, counts, accumulate(counts), strict=True), 1)
    ]


def last_word(likely: Likely) -> str:
    """Return the word at which a question is asked."""
    return [word.text for text in TEXTS for word in split(text)][likely.word_index]


def asked(page: int) -> dict[str, str]:
    """Return what is asked on a page, and at which word."""
    return {
        likely.question: last_word(likely)
        for likely in likely_questions(book(), GLOSSARY, "en")
        if likely.page == page
    }


def test_somebody_is_asked_for_when_the_sentence_that_names_them_ends_and_later_at_once():
    assert asked(1)["Who is Tiva?"] == "mill."
    assert asked(2)["Who is Tiva?"] == "At"
    assert asked(2)["Who is Zanzibar?"] == "Zanzibar."
    assert asked(3)["Who is Tiva?"] == "“Look!”"


def test_a_name_may_have_two_words_and_no_day_or_common_word_is_one():
    names = {question for page in (1, 2, 3) for question in asked(page) if question.startswith("Who")}
    assert names == {"Who is Tiva?", "Who is Zanzibar?", "Who is Old Tom?"}


def test_a_title_belongs_to_the_name_and_is_none_itself():
    pages = book(
        ["Mrs Lund saw Mr. Owl. The owl saw Mrs Lund and nodded. “Mrs Lund!” “Miss!” he said to the Miss."]
    )
    names = [each.question for each in likely_questions(pages, {}, "en") if each.question.startswith("Who")]
    assert names == ["Who is Mrs Lund?"]


def test_words_of_the_glossary_and_long_ones_are_asked_as_soon_as_they_are_read():
    assert asked(1)["What does lantern mean?"] == "lantern."
    assert asked(3)["What does lantern mean?"] == "lantern."
    assert asked(2)["What does extraordinary mean?"] == "extraordinary"
    assert not any(
        "owl" in question or "zanzibar mean" in question for page in (1, 2, 3) for question in asked(page)
    )


def test_a_long_word_is_asked_where_it_is_new_and_if_a_child_may_not_know_it():
    pages = book(["Everything was extraordinary.", "Extraordinary cucumbers grew on Saturday."])
    asked = [
        (each.page, each.question) for each in likely_questions(pages, {}, "en") if "mean" in each.question
    ]
    assert asked == [(1, "What does extraordinary mean?"), (2, "What does cucumbers mean?")]


def test_what_happened_is_asked_in_a_page_s_last_sentence():
    assert [asked(page)[WHAT_HAPPENED] for page in (1, 2, 3)] == ["Every", "Then", "Tiva"]


def test_of_a_book_in_another_language_nothing_is_guessed():
    assert list(likely_questions(book(), GLOSSARY, "de")) == []


def lines(*questions: str) -> list[tuple[int, str, str]]:
    return [(each.page, last_word(each), each.question) for each in from_lines(questions, book(), "en")]


def test_a_question_is_asked_from_the_page_on_where_the_story_has_named_all_it_asks_for():
    assert lines("Why did Zanzibar lose the key?", "") == [
        (2, "lost.", "Why did Zanzibar lose the key?"),
        (3, "“Look!”", "Why did Zanzibar lose the key?"),
    ]


def test_words_that_the_book_does_not_have_are_not_waited_for():
    assert lines("Is the mill haunted?")[0] == (1, "mill.", "Is the mill haunted?")


def test_a_question_that_names_nothing_is_asked_in_the_last_sentence():
    assert [word for _, word, _ in lines("What happened?")] == ["Every", "Then", "Tiva"]


def test_a_question_with_a_number_is_asked_on_that_page_alone():
    assert lines("2: Who is Tiva?", "1: Who is Zanzibar?") == [
        (1, "A", "Who is Zanzibar?"),  # "we do not know yet"
        (2, "At", "Who is Tiva?"),
    ]


def test_a_page_that_the_book_does_not_have_is_named_with_its_line():
    with pytest.raises(ValueError, match="line 3: the book has no page 4"):
        lines("Who is Tiva?", "", "4: Who is Tiva?")


prose = st.lists(
    st.sampled_from(["Tiva", "Zanzibar", "tom.", "extraordinary", "“Oh!”", "lantern", "Mr.", "—", "\n\n"]),
    min_size=1,
).map(" ".join)


@given(st.lists(prose.filter(lambda text: split(text)), min_size=1, max_size=4))
def test_each_question_stands_on_its_page_and_after_what_it_names(texts):
    pages = book(texts)
    for likely in (*likely_questions(pages, GLOSSARY, "en"), *from_lines(["Who is Tiva?"], pages, "en")):
        page = pages[likely.page - 1]
        assert page.first_word <= likely.word_index < page.first_word + page.word_count
        name = likely.question.removeprefix("Who is ").removesuffix("?")
        if likely.question.startswith("Who is ") and any(name in text for text in texts):
            heard = [word.text for text in texts for word in split(text)][: likely.word_index + 1]
            assert name in " ".join(re.findall(r"\w+", " ".join(heard)))
