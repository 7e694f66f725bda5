"""The stream is cut at sentence ends, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.sentences import SentenceCutter, cut

STORIES = [
    ["The fox ran. ", "She was fast."],
    ["Mr. Owl met Dr. Smith at 3.5 miles. ", "They spoke."],
    ['"Oh!" cried Mia. ', '"Who is there?" she asked.'],
    ["“Wait…” said the hare. ", "“I am coming!” ", "He came."],
    ["He waited… ", "Then he left."],
    ["J. K. Fox and I. ", "We laughed."],
    ["It was e.g. a lantern. ", "It shone."],
    ["What?! ", "Really?"],
    ["(It was late.) ", "Nobody came."],
    ["1. First we look. ", "2. Then we jump."],
    ["The Hare\n\n", "Once upon a time.\n\n", "The end."],
    ["Lines of a poem\nmay stand alone. ", "Yes."],
    ["狐は走った。", "「速い！」", "と言った。"],
    ["Der Fuchs, z. B. Herr Rot, lief. ", "Er war schnell."],
    ["هل نام الثعلب؟ ", "نعم."],
    ["हाँ। ", "वह सोया।"],
    ["No end in sight"],
    [],
]

# Made of what decides about cuts, so that few characters meet many cases.
telling = st.text(alphabet='aB .!?…"”’()。」\n3\u00a0Mr', max_size=60)


@pytest.mark.parametrize("sentences", STORIES, ids=lambda sentences: "".join(sentences)[:20] or "nothing")
def test_a_text_is_cut_at_its_sentence_ends(sentences):
    assert list(cut(["".join(sentences)])) == sentences


@pytest.mark.parametrize("sentences", STORIES, ids=lambda sentences: "".join(sentences)[:20] or "nothing")
def test_character_by_character_gives_the_same_sentences(sentences):
    assert list(cut("".join(sentences))) == sentences


@given(st.lists(telling | st.text(max_size=10)))
def test_nothing_is_lost_repeated_or_changed(pieces):
    assert "".join(cut(pieces)) == "".join(pieces)


@given(telling, st.lists(st.integers(0, 60)))
def test_the_cuts_do_not_depend_on_the_pieces(text, places):
    edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    pieces = [text[start:end] for start, end in zip(edges, edges[1:], strict=False)]
    assert list(cut(pieces)) == list(cut([text]))


def test_a_sentence_is_given_out_with_the_first_letter_of_the_next():
    cutter = SentenceCutter()
    assert cutter.feed("The fox ran.") == []
    assert cutter.feed(" ") == []
    assert cutter.feed("S") == ["The fox ran. "]
    assert cutter.finish() == ["S"]
    assert cutter.finish() == []


@pytest.mark.parametrize("unit", [" ", ".", '."', "\n", "\n ", ". a", "。」", "a. "])
def test_no_text_is_slow_to_cut(unit):
    text = unit * 50_000
    assert "".join(cut([text])) == text
