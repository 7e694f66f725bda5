"""Reading time: neither the night between two visits nor a page that was turned."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.reading_time import seconds_read

seconds = st.floats(min_value=0, max_value=1e6)
words = st.integers(min_value=-10_000, max_value=100_000)


def test_a_minute_of_reading_is_a_minute():
    assert seconds_read(120, 60) == 60


def test_a_page_that_was_turned_took_as_long_as_it_took():
    assert seconds_read(200, 2) == 2


def test_the_night_between_two_visits_is_not_read():
    assert seconds_read(10, 14 * 3600) == 15


def test_going_back_takes_no_time():
    assert seconds_read(-50, 20) == 0


@given(words, seconds)
def test_it_is_never_more_than_the_time_there_was(words, seconds):
    assert 0 <= seconds_read(words, seconds) <= seconds
