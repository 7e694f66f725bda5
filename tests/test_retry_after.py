"""When a server says how long to leave it alone."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.retry_after import seconds

dates = st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [-+]?\w+", fullmatch=True)


@pytest.mark.parametrize(
    ("header", "asked"),
    [("20", 20), (" 7 ", 7), ("0", 0), ("", 0), ("soon", 0), ("-3", 0), ("1e3", 0), ("٣", 0)],
)
def test_it_may_be_a_number_of_seconds_and_nothing_else_counts(header, asked):
    assert seconds(header) == asked


def test_it_may_be_a_moment():
    assert 95 < seconds(formatdate(time.time() + 100, usegmt=True)) <= 100


def test_a_moment_that_has_passed_asks_for_nothing():
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@given(st.text(max_size=30) | dates)
def test_no_header_makes_it_fail(header):
    assert seconds(header) >= 0
