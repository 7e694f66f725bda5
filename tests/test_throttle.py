"""Wrong tries are counted, paused and forgotten; a right one costs nothing."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from math import perm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import throttle
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.pictures import LENGTH, PICTURES
from sessions.throttle import ADDRESS, CLASSROOM, STUDENT, Limit, Tries
from tests.setting_up import flush_redis

SMALL = Limit("small", free=3, first_pause=10, longest_pause=35, memory=100)
ADA, BEN = Tries(SMALL, "ada"), Tries(SMALL, "ben")


class Clock:
    """The time that tries are counted by, in seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_000_000.0
        monkeypatch.setattr(throttle, "now", lambda: round(self.seconds * 1000))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    flush_redis()
    return Clock(monkeypatch)


def test_a_pause_doubles_up_to_the_longest():
    assert SMALL.pauses == [0, 0, 10, 20, 35]


@given(
    st.builds(
        Limit, st.just("any"), st.integers(1, 100), st.integers(1, 60), st.integers(60, 3_600), st.just(1)
    )
)
def test_pauses_begin_after_the_free_tries_and_never_get_shorter(limit):
    pauses = limit.pauses
    assert pauses.count(0) == limit.free - 1 and pauses == sorted(pauses)
    assert pauses[-1] == limit.longest_pause


def test_all_secrets_of_one_child_take_three_weeks():
    tries, seconds = 0, 0
    for pause in chain(STUDENT.pauses, repeat(STUDENT.longest_pause)):
        if seconds > STUDENT.memory:
            break
        tries, seconds = tries + 1, seconds + pause
    assert perm(len(PICTURES), LENGTH) / tries > 21


def test_a_child_may_be_wrong_a_few_times_and_waits_longer_each_time_after_that(clock):
    waited = []
    for _ in range(6):
        waited.append(wait := throttle.take(ADA))
        if wait:
            clock.seconds += wait
            assert throttle.take(ADA) == 0
    assert waited == [0, 0, 0, 10, 20, 35]


def test_who_waits_is_told_how_long_still_and_a_try_meanwhile_does_not_count(clock):
    for _ in range(3):
        throttle.take(ADA)
    clock.seconds += 4.5
    assert [throttle.take(ADA) for _ in range(3)] == [6, 6, 6]
    clock.seconds += 6
    assert throttle.take(ADA) == 0
    assert throttle.take(ADA) == 20


def test_one_child_does_not_wait_for_another(clock):
    for _ in range(3):
        throttle.take(ADA)
    assert (throttle.take(ADA), throttle.take(BEN)) == (10, 0)


def test_a_right_try_is_given_back_with_the_pause_it_would_have_begun(clock):
    for _ in range(20):
        assert throttle.take(ADA) == 0
        throttle.give_back(ADA)
    throttle.take(ADA), throttle.take(ADA), throttle.take(ADA)
    throttle.give_back(ADA)
    assert [throttle.take(ADA), throttle.take(ADA)] == [0, 10]


def test_where_one_has_to_wait_the_others_are_not_counted(clock):
    for _ in range(3):
        throttle.take(BEN)
    assert [throttle.take(ADA, BEN) for _ in range(5)] == [10] * 5
    assert [throttle.take(ADA) for _ in range(3)] == [0, 0, 0]


def test_a_teacher_can_end_a_pause(clock):
    for _ in range(3):
        throttle.take(ADA)
    throttle.forget(ADA)
    assert throttle.take(ADA) == 0


def test_tries_are_forgotten_in_time_but_no_pause_is_cut_short(clock, state_ttl):
    throttle.take(ADA)
    assert 99 <= state_ttl(ADA.key) <= 100
    short = Tries(Limit("short", free=1, first_pause=50, longest_pause=50, memory=5), "ada")
    throttle.take(short)
    assert 49 <= state_ttl(short.key) <= 50


@pytest.fixture
def state_ttl():
    """How many seconds a key of the state Redis has left."""

    async def left(key: str) -> float:
        return await client().pttl(key) / 1000

    return lambda key: run(left(key))


def test_a_hundred_tries_at_once_are_no_way_around(clock):
    with ThreadPoolExecutor(20) as crowd:
        waits = list(crowd.map(lambda _: throttle.take(ADA), range(100)))
    assert waits.count(0) == SMALL.free


@pytest.mark.parametrize("limit", [STUDENT, CLASSROOM, ADDRESS])
def test_the_limits_that_are_used_end_in_a_pause(clock, limit):
    whose = Tries(limit, 7)
    assert [throttle.take(whose) for _ in range(limit.free + 1)] == [0] * limit.free + [limit.first_pause]
