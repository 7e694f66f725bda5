"""Where on a page something is named, and where its sentence ends."""

import pytest

from sessions.shelf import PageText
from sessions.words import split
from tutoring.page_words import PageWords

TEXT = "Old Tom's boats were small. “Who took my boat?” Tom asked the heron. Nobody answered."
PAGE = PageWords(PageText(1, 4, "", TEXT, 100, len(split(TEXT))), "en")


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("boat", 2),
        ("Boats", 2),
        ("Old Tom", 1),
        ("the heron", 12),
        ("heron", 12),
        ("owl", None),
        ("Tom Old", None),
    ],
)
def test_a_term_is_found_whatever_its_ending(term, word):
    assert PAGE.first_mention(term) == word


def test_several_stems_are_heard_with_the_last_of_them():
    assert PAGE.heard_all({"tom", "heron"}) == 12
    assert PAGE.heard_all({"tom"}) == 1
    assert PAGE.heard_all(set()) == 0
    assert PAGE.heard_all({"tom", "owl"}) is None


def test_a_sentence_ends_with_its_last_word():
    ends = [PAGE.end_of_sentence(word) for word in range(len(PAGE.words))]
    assert [PAGE.words[end].text for end in dict.fromkeys(ends)] == [
        "small.",
        "boat?”",
        "heron.",
        "answered.",
    ]
    assert all(end >= word for word, end in enumerate(ends))
