"""How near an answer is, and how sure a figure is."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tutoring.evaluation import measures

said = st.lists(st.sampled_from(["the", "a", "fox", "owl", "ran", "mill", "old", "she"])).map(" ".join)
spoken = said.filter(lambda text: any(word not in {"the", "a"} for word in text.split()))
MEASURES = pytest.mark.parametrize("measure", [measures.token_f1, measures.rouge_l])


@MEASURES
@given(said | st.text(), said | st.text())
def test_it_is_a_share_and_the_same_from_both_sides(measure, one, other):
    assert 0 <= measure(one, other) <= 1
    assert measure(one, other) == pytest.approx(measure(other, one))


@MEASURES
@given(spoken)
def test_an_answer_is_wholly_like_itself_whatever_its_articles_marks_and_case(measure, text):
    assert measure(text, text) == 1
    assert measure(f"The {text.upper()}!", text) == 1


@MEASURES
@pytest.mark.parametrize("nothing", ["", "?!", "the"])
def test_nothing_is_like_nothing(measure, nothing):
    assert measure(nothing, "fox") == measure("fox", nothing) == measure(nothing, nothing) == 0


@given(said, said)
def test_words_in_order_are_never_more_than_words(one, other):
    assert measures.rouge_l(one, other) <= measures.token_f1(one, other) + 1e-9


def test_order_matters_to_rouge_l_alone():
    assert measures.token_f1("old mill fox", "fox mill old") == 1
    assert measures.rouge_l("old mill fox", "fox mill old") == pytest.approx(1 / 3)


def test_a_known_case():
    assert measures.token_f1("the fox lived under the old mill", "under the mill") == pytest.approx(4 / 7)
    assert measures.rouge_l("she ran and the fox slept", "she slept") == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("quote", "answer", "held", "exactly"),
    [
        ("She lived under the old mill.", "under a mill", True, True),
        ("She lived under the old mill.", "under two mills", False, False),
        ("The foxes hid.", "a fox", True, False),
        ("The herons' feathers fell.", "Heron's feather!", True, False),
        ("It was he.", "him", False, False),
        ("He gave it to him.", "to him", True, True),
        ("Anything.", "", False, False),
        ("", "a fox", False, False),
    ],
)
def test_an_answer_is_held_where_all_its_content_words_stand(quote, answer, held, exactly):
    assert measures.holds(quote, answer) is held
    assert measures.holds(quote, answer, exactly=True) is exactly


@given(said, spoken, said)
def test_what_is_said_in_full_is_held(before, answer, after):
    assert measures.holds(f"{before} {answer} {after}", answer, exactly=True)


def test_the_nearest_answer_counts():
    assert measures.best(measures.token_f1, "a fox", ["an owl", "the fox"]) == 1


@pytest.mark.parametrize(
    ("quote", "count"),
    [
        ("", 0),
        ("The fox ran.", 1),
        ("Ran far, far", 1),
        ("far away. The fox", 2),
        ("The FOX ran… “She sang!”", 2),
        ("The fox slept", None),
        ("fo", None),
    ],
)
def test_a_quote_is_made_of_stretches_of_the_story(quote, count):
    assert measures.stretches(quote, "The fox ran far, far away. She sang.") == count


@given(st.lists(st.sampled_from(["fox", "owl", "ran"]), max_size=12), st.data())
def test_any_two_cuts_of_a_story_are_at_most_two_stretches(story, data):
    ends = st.integers(0, len(story))
    cuts = [sorted((data.draw(ends), data.draw(ends))) for _ in range(2)]
    quote = " ".join(word for start, end in cuts for word in story[start:end])
    count = measures.stretches(quote, " ".join(story))
    assert count is not None and count <= 2


def test_words_in_a_row_that_only_the_rest_of_the_story_has_are_told():
    heard, rest = "The fox has an old lantern.", "Then a silver boat came to the old lantern."
    assert measures.tells_of("I think a silver boat came soon", rest, heard, 4)
    assert not measures.tells_of("I think a silver boat came soon", rest, heard, 5)
    assert not measures.tells_of("a silver boat came", rest, f"{heard} Will a silver boat came?", 4)
    assert not measures.tells_of("an old lantern came", f"{rest} An old lantern.", heard, 3)
    assert not measures.tells_of("", rest, heard, 1)


def test_wilson_s_interval_is_the_textbook_s():
    of_ten = measures.share([True] * 3 + [False] * 7)
    assert of_ten == (0.3, pytest.approx(0.1078, abs=1e-4), pytest.approx(0.6032, abs=1e-4), 10)
    none = measures.share([False] * 1000)
    assert (none.value, none.low) == (0, 0) and 0.003 < none.high < 0.005


@given(st.lists(st.booleans()), st.lists(st.floats(0, 1), max_size=20), st.integers(0, 9))
def test_a_figure_lies_within_its_interval(outcomes, values, seed):
    for figure, count in (
        (measures.share(outcomes), len(outcomes)),
        (measures.mean(values, seed), len(values)),
    ):
        assert 0 <= figure.low <= figure.value + 1e-9 and figure.value <= figure.high + 1e-9 <= 1 + 2e-9
        assert figure.of == count


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.integers(0, 9))
def test_the_same_seed_draws_the_same_samples(values, seed):
    assume(len(set(values)) > 1)
    assert measures.mean(values, seed) == measures.mean(values, seed)


def test_percentiles_are_of_all_and_none_has_none():
    assert measures.percentile([3.0, 1.0, 2.0], 50) == 2
    assert measures.percentile([], 95) == 0
