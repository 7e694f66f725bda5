"""A model that fails is left alone, for longer and longer; one turn at a time tries if it has recovered."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.health import FAILURES, FIRST_REST, JITTER, LONGEST_REST, Health

PROBE_SECONDS = 30.0


class Clock:
    """A clock that moves when it is told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock) -> Health:
    """Without jitter."""
    return Health(clock, lambda: 0.0, PROBE_SECONDS)


def fails(health: Health, times: int = 1, **how: float) -> float:
    """Admit a turn that fails, and another; return the last rest."""
    rest = 0.0
    for _ in range(times):
        ticket = health.admit()
        assert ticket is not None
        rest = health.failed(ticket, **how)
    return rest


def succeeds(health: Health) -> None:
    ticket = health.admit()
    assert ticket is not None
    health.succeeded(ticket)


def test_a_single_failure_is_forgiven(health):
    assert fails(health, FAILURES - 1) == 0
    assert health.well
    assert not health.resting


def test_several_in_a_row_are_not(health):
    assert fails(health, FAILURES) == FIRST_REST
    assert health.resting
    assert not health.well
    assert health.admit() is None


def test_failures_with_a_success_between_are_not_in_a_row(health):
    for _ in range(5):
        assert fails(health, FAILURES - 1) == 0
        succeeds(health)


def test_what_no_waiting_heals_needs_no_second_failure(health):
    assert fails(health, at_once=True) == FIRST_REST


def test_after_the_rest_exactly_one_turn_tries(health, clock):
    fails(health, FAILURES)
    clock.now += FIRST_REST
    assert not health.resting
    assert health.admit() is not None
    assert health.resting
    assert health.admit() is None


def test_a_success_of_the_one_that_tries_heals(health, clock):
    assert not health.succeeded(health.admit())
    fails(health, FAILURES)
    clock.now += FIRST_REST
    assert health.succeeded(health.admit())
    assert health.well
    assert fails(health, FAILURES - 1) == 0
    assert fails(health) == FIRST_REST


def test_each_rest_is_twice_as_long_until_they_are_long_enough(health, clock):
    rests = [fails(health, FAILURES)]
    for _ in range(2_000):
        clock.now += rests[-1]
        rests.append(fails(health))
    assert rests[:6] == [2, 4, 8, 16, 32, LONGEST_REST]
    assert set(rests[6:]) == {LONGEST_REST}


@pytest.mark.parametrize(
    ("asked", "rest"), [(1, FIRST_REST), (17, 17), (86_400, LONGEST_REST), (float("inf"), LONGEST_REST)]
)
def test_who_asks_to_be_left_alone_is_up_to_a_limit(health, asked, rest):
    assert fails(health, retry_after=asked) == rest


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_rests_differ_a_little_so_that_servers_do_not_come_back_together(clock, chance):
    health = Health(clock, lambda: chance, PROBE_SECONDS)
    assert fails(health, FAILURES) == FIRST_REST * (1 - JITTER * chance)


def test_turns_from_before_the_rest_say_nothing_of_the_time_after_it(health, clock):
    early = [health.admit() for _ in range(16)]
    for ticket in early[:FAILURES]:
        health.failed(ticket)
    for ticket in early[FAILURES:8]:
        assert health.failed(ticket, at_once=True) == 0
    for ticket in early[8:]:
        health.succeeded(ticket)
        health.abandoned(ticket)
    assert health.resting
    clock.now += FIRST_REST
    assert not health.resting


def test_a_turn_that_ended_before_it_could_show_anything_leaves_the_try_to_the_next(health, clock):
    fails(health, FAILURES)
    clock.now += FIRST_REST
    health.abandoned(health.admit())
    assert not health.resting
    assert health.admit() is not None


def test_a_try_that_is_never_heard_of_again_is_given_up(health, clock):
    fails(health, FAILURES)
    clock.now += FIRST_REST
    assert health.admit() is not None
    clock.now += PROBE_SECONDS - 0.1
    assert health.admit() is None
    clock.now += 0.2
    assert health.admit() is not None


def test_of_many_threads_one_tries(health, clock):
    fails(health, FAILURES)
    clock.now += FIRST_REST
    together = threading.Barrier(16)
    admitted: list[int | None] = []

    def turn() -> None:
        together.wait()
        admitted.append(health.admit())

    threads = [threading.Thread(target=turn) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert admitted.count(None) == 15


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 70)),
        st.tuples(st.just("admit"), st.none()),
        st.tuples(st.sampled_from(["succeed", "abandon", "fail", "refuse"]), st.integers(0, 7)),
        st.tuples(st.just("busy"), st.integers(0, 7)),
    ),
    max_size=60,
)


@given(steps, st.floats(0, 1))
def test_in_whatever_order_turns_end_nobody_is_let_in_during_a_rest_and_one_at_a_time_after_it(steps, chance):
    clock = Clock()
    health = Health(clock, lambda: chance, PROBE_SECONDS)
    running: list[int] = []  # tickets
    closed_until = 0.0  # by what the reports returned and when tries began
    for step, argument in steps:
        if step == "wait":
            clock.now += argument
        elif step == "admit":
            ticket = health.admit()
            assert (ticket is None) == (not health.well and clock.now < closed_until)
            if ticket is not None:
                running.append(ticket)
                closed_until = closed_until if health.well else clock.now + PROBE_SECONDS
        elif running:
            ticket = running.pop(argument % len(running))
            was_well, newest = health.well, health.admit() if health.well else None
            if step == "succeed":
                health.succeeded(ticket)
                assert health.well or not was_well
            elif step == "abandon":
                resting = health.resting
                health.abandoned(ticket)
                assert health.well == was_well
                if resting and not health.resting:
                    closed_until = clock.now
            else:
                how = {"fail": {}, "refuse": {"at_once": True}, "busy": {"retry_after": 40.0}}[step]
                rest = health.failed(ticket, **how)
                assert rest == 0 or FIRST_REST * (1 - JITTER) <= rest <= LONGEST_REST
                if was_well and ticket == newest and step != "fail":
                    assert rest
                if rest:
                    assert not health.well
                    closed_until = clock.now + rest
