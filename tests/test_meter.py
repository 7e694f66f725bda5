"""What a request took: as the endpoint counts it, and guessed where it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.meter import CHARACTERS_PER_TOKEN, Meter

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
usages = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.fixed_dictionaries({}, optional={"prompt_tokens": scalars, "completion_tokens": scalars})
)


def test_a_request_that_was_not_accepted_is_none():
    meter = Meter()
    meter.ended()
    assert meter.reading() is None


def test_tokens_are_those_that_the_endpoint_counted():
    meter = Meter()
    meter.accepted(4_000)
    meter.wrote("Tiva is a fox.")
    meter.counted({"prompt_tokens": 911, "completion_tokens": 5, "total_tokens": 916})
    meter.counted(None)
    reading = meter.reading()
    assert (reading.input_tokens, reading.output_tokens) == (911, 5)


def test_without_a_count_they_are_guessed_from_the_characters():
    meter = Meter()
    meter.accepted(CHARACTERS_PER_TOKEN * 100 + 1)
    for piece in ("Tiva", " is", " a fox."):
        meter.wrote(piece)
    reading = meter.reading()
    assert (reading.input_tokens, reading.output_tokens) == (101, 4)


@given(usages)
def test_whatever_an_endpoint_tells_instead_of_a_count_the_tokens_stay_numbers(usage):
    meter = Meter()
    meter.accepted(40)
    meter.counted(usage)
    reading = meter.reading()
    assert 0 <= reading.input_tokens <= 10_000_000
    assert 0 <= reading.output_tokens <= 10_000_000


@pytest.mark.parametrize("tokens", [-1, 10**400, "12", 1.5, None])
def test_a_count_that_cannot_be_is_not_believed(tokens):
    meter = Meter()
    meter.accepted(8)
    meter.counted({"prompt_tokens": tokens, "completion_tokens": 1})
    assert meter.reading().input_tokens == 2


def test_the_first_token_is_the_first_that_can_be_read():
    meter = Meter()
    meter.accepted(8)
    meter.wrote(" \n")
    assert meter.reading().first_token_seconds is None
    meter.wrote("Tiva")
    reading = meter.reading()
    assert 0 <= reading.first_token_seconds <= reading.seconds


def test_the_time_ends_with_the_text_though_its_count_comes_later():
    meter = Meter()
    meter.accepted(8)
    meter.ended()
    seconds = meter.reading().seconds
    meter.counted({"prompt_tokens": 1, "completion_tokens": 1})
    assert meter.reading().seconds == seconds
