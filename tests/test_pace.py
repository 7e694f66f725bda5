"""How often somebody may do something, on a clock that stands still until it is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.pace import Allowance, Allowances, Places

ADA, BEN = 1, 2

paces = st.tuples(st.integers(1, 20), st.sampled_from([0.25, 0.5, 1.0, 10.0]))
# Quarters of a second are exact in binary, so the sums below are.
waits = st.lists(st.integers(0, 40).map(lambda quarters: quarters / 4), max_size=100)


def times(waits: list[float]) -> list[float]:
    """Return the moments at which somebody tries, with these waits between."""
    now, moments = 1_000.0, []
    for wait in waits:
        now += wait
        moments.append(now)
    return moments


@given(paces, waits)
def test_in_no_stretch_of_time_is_more_done_than_at_once_and_at_the_pace(pace, waits):
    at_once, interval = pace
    allowance = Allowance(at_once, interval)
    done = [moment for moment in times(waits) if allowance.take(moment)]
    for first, start in enumerate(done):
        for last, end in enumerate(done[first:], first):
            assert last - first + 1 <= at_once + (end - start) / interval


@given(paces, waits)
def test_who_was_refused_would_have_done_too_much(pace, waits):
    """What is refused leaves no trace: only what was done counts."""
    at_once, interval = pace
    allowance = Allowance(at_once, interval)
    done: list[float] = []
    for moment in times(waits):
        if allowance.take(moment):
            done.append(moment)
        else:
            stretches = ((len(done) - first + 1, moment - start) for first, start in enumerate(done))
            assert any(count > at_once + length / interval for count, length in stretches)


@given(paces, waits)
def test_who_keeps_the_pace_is_never_refused(pace, waits):
    at_once, interval = pace
    allowance = Allowance(at_once, interval)
    assert all(allowance.take(moment) for moment in times([interval + wait for wait in waits]))


def test_after_a_rest_all_may_be_done_at_once_again():
    allowance = Allowance(3, 10)
    assert [allowance.take(100) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(130) for _ in range(4)] == [True, True, True, False]


def test_without_an_interval_there_is_no_limit():
    allowance, allowances = Allowance(1, 0), Allowances(1, 0)
    assert all(allowance.take(100) and allowances.take(ADA, 100) for _ in range(1_000))


@given(paces, st.lists(st.tuples(st.sampled_from([ADA, BEN]), st.integers(0, 8)), max_size=100))
def test_each_caller_is_allowed_what_it_would_be_alone(pace, tries):
    together = Allowances(*pace, forget_at=1)
    alone = {ADA: Allowance(*pace), BEN: Allowance(*pace)}
    now = 1_000.0
    for caller, quarters in tries:
        now += quarters / 4
        assert together.take(caller, now) == alone[caller].take(now)


@pytest.mark.parametrize("forget_at", [1, 10, 100])
def test_who_is_idle_is_forgotten(forget_at):
    allowances = Allowances(2, 1, forget_at=forget_at)
    for caller in range(1_000):
        assert allowances.take(caller, float(caller))
    assert len(allowances) <= max(forget_at, 4)


def test_places_are_full_while_so_many_are_in():
    places = Places(2)
    with places:
        assert not places.full
        with pytest.raises(ZeroDivisionError), places:
            assert places.full
            raise ZeroDivisionError
        assert not places.full
    assert places.taken == 0
    unlimited = Places(0)
    with unlimited, unlimited:
        assert not unlimited.full
