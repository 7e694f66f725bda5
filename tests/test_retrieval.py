"""The sentences that best answer a question come first."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.retrieval import Passages, content_stems

SENTENCES = [
    "The fox had a red hat.",
    "She wore it all day.",
    "The owl had a blue hat.",
    "Nobody asked why.",
    "The owl was sad because his hat was lost.",
    "Then it rained.",
]


def best(question: str, sentences: list[str] = SENTENCES) -> int:
    return Passages(sentences, "en").search(question)[0].number


def test_the_rarer_words_decide():
    assert best("Who had the red hat?") == 0
    assert best("Who had the blue hat?") == 2


def test_the_kind_of_question_favours_the_kind_of_sentence():
    night = "It was night."
    twins = ["The owl sang so well.", night, "The owl sang at home.", night, "The owl sang again softly."]
    assert best("Where did the owl sing?", twins) == 2
    assert best("When did the owl sing?", twins) == 4


def test_what_was_heard_later_counts_more():
    often = ["The owl sang.", *["It rained."] * 20, "The owl sang.", *["It rained."] * 20]
    early, late = sorted(Passages(often, "en").search("owl sang")[:2])
    assert (early.number, late.number) == (0, 21)
    assert early.score < late.score < 2 * early.score, "a better match long ago still comes first"


def test_of_equal_sentences_the_later_comes_first():
    assert best("owl", ["The owl sang.", "It rained.", "It rained.", "The owl sang."]) == 3


def test_a_neighbour_of_a_match_counts_a_little():
    found = Passages(SENTENCES, "en").search("Did it rain?")
    assert [each.number for each in found] == [5, 4]
    assert found[0].score > found[1].score


def test_coverage_is_the_share_of_the_question_that_is_near():
    passages = Passages(SENTENCES, "en")
    assert passages.search("red hat")[0].coverage == 1
    assert passages.search("red zebra")[0].coverage < 0.5
    assert passages.search("zebra") == []


def test_other_languages_find_a_word_by_its_other_forms_and_not_by_those_that_stand_everywhere():
    sentences = ["Der Fuchs lief in den Wald.", "Die Eule saß in den alten Häusern.", "Der Mond schien."]
    assert [each.number for each in Passages(sentences, "de").search("Wer ist in dem alten Haus?")] == [
        1,
        2,
        0,
    ]
    assert Passages(sentences, "de").search("Warum ist er in der Stadt?") == []


def test_a_language_whose_function_words_nobody_knows_is_searched_too():
    sentences = ["狐は走った", "月が出た", "梟は鳴いた"]
    assert Passages(["ulu ba kana", "ulu ba moro", "ulu ba tiko"], "xx").search("ulu moro sa")[0].number == 1
    assert Passages(sentences, "ja").search("月が出た")[0].number == 1


def test_the_library_under_it_says_nothing_of_what_is_asked(caplog):
    with caplog.at_level(logging.DEBUG):
        Passages(SENTENCES, "en").search("red hat")
    assert caplog.records == []


def test_nothing_to_look_for_finds_nothing():
    assert content_stems("What did they do there?", "en") == []
    assert Passages(SENTENCES, "en").search("What did they do there?") == []
    assert Passages([], "en").search("owl") == []


@given(st.text(), st.lists(st.text(max_size=30), max_size=8))
def test_whatever_is_asked_coverage_is_a_share_and_the_best_comes_first(question, sentences):
    found = Passages(sentences, "en").search(question)
    assert all(0 < each.coverage <= 1.000001 for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
