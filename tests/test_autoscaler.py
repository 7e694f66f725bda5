"""The autoscaler decides as Kubernetes documents it."""

from hypothesis import given
from hypothesis import strategies as st

from readerai.simulated_day.autoscaler import SYNC_SECONDS, Autoscaler, Bounds, Direction, Policy, wanted

AT_ONCE = Direction(0, (Policy("Percent", 100_000, 15), Policy("Pods", 1_000, 15)))
CALM = Direction(300, (Policy("Percent", 100, 15),))


def run(bounds: Bounds, asked: list[int], current: int) -> list[int]:
    """Return the replicas after each decision, one each quarter of a minute."""
    scaler, found = Autoscaler(bounds), []
    for tick, desired in enumerate(asked):
        current = scaler.decide(SYNC_SECONDS * tick, current, desired)
        found.append(current)
    return found


def test_the_largest_of_all_metrics_counts_rounded_up():
    assert wanted(4, {"cpu": 400, "connections": 20_001}, {"cpu": 70, "connections": 3_500}) == 6
    assert wanted(4, {"cpu": 490, "connections": 3_500}, {"cpu": 70, "connections": 3_500}) == 7


def test_a_tenth_more_or_less_changes_nothing():
    assert wanted(10, {"connections": 38_400}, {"connections": 3_500}) == 10
    assert wanted(10, {"connections": 38_600}, {"connections": 3_500}) == 12
    assert wanted(10, {"connections": 31_600}, {"connections": 3_500}) == 10
    assert wanted(10, {"connections": 31_400}, {"connections": 3_500}) == 9


def test_without_replicas_there_is_nothing_to_compare():
    assert wanted(0, {"connections": 100}, {"connections": 10}) == 0
    assert wanted(3, {}, {}) == 3


def test_more_comes_at_once_and_less_waits_for_the_window():
    bounds = Bounds(1, 50, AT_ONCE, CALM)
    asked = [20, *[2] * 21]
    assert run(bounds, asked, 2) == [20] * 20 + [2, 2]  # 300 s are 20 decisions


def test_a_window_for_more_waits_until_all_of_it_asks_for_more():
    bounds = Bounds(1, 50, Direction(60, AT_ONCE.policies), CALM)
    assert run(bounds, [9, 2, 9, 9, 9, 9], 2) == [2 + 7, 9, 9, 9, 9, 9]
    assert run(bounds, [2, 9, 9, 9, 9, 9], 2) == [2, 2, 2, 2, 9, 9]


def test_the_policy_that_allows_most_is_taken_unless_the_least_is_wanted():
    policies = (Policy("Pods", 4, 30), Policy("Percent", 100, 30))
    assert run(Bounds(1, 50, Direction(0, policies)), [50] * 5, 3) == [7, 7, 14, 14, 28]
    assert run(Bounds(1, 50, Direction(0, policies, "Min")), [50] * 3, 3) == [6, 6, 10]
    assert run(Bounds(1, 50, Direction(0, policies, "Disabled")), [50] * 3, 3) == [3, 3, 3]


def test_one_pod_in_two_minutes_goes_when_the_policy_says_so():
    slowly = Direction(0, (Policy("Pods", 1, 120),))
    assert run(Bounds(1, 50, AT_ONCE, slowly), [1] * 17, 5) == [4] * 8 + [3] * 8 + [2]
    assert run(Bounds(1, 50, AT_ONCE, Direction(0, (Policy("Percent", 10, 60),))), [1] * 5, 50) == [
        45, 45, 45, 45, 40,
    ]  # fmt: skip
    assert run(Bounds(1, 50, AT_ONCE, Direction(0, (), "Disabled")), [1] * 3, 5) == [5, 5, 5]


DIRECTIONS = st.builds(
    Direction,
    st.sampled_from([0, 30, 300]),
    st.lists(
        st.builds(
            Policy, st.sampled_from(["Pods", "Percent"]), st.integers(1, 200), st.sampled_from([15, 60, 120])
        ),
        max_size=2,
    ).map(tuple),
    st.sampled_from(["Max", "Min", "Disabled"]),
)


@given(DIRECTIONS, DIRECTIONS, st.integers(1, 5), st.lists(st.integers(0, 100), max_size=40))
def test_never_below_the_fewest_nor_above_the_most_nor_further_than_asked(up, down, fewest, asked):
    current = 4
    bounds = Bounds(fewest, 20, up, down)
    scaler = Autoscaler(bounds)
    for tick, desired in enumerate(asked):
        before, current = current, scaler.decide(SYNC_SECONDS * tick, current, desired)
        assert fewest <= current <= 20
        if current > before:
            assert before < fewest or desired >= current
        if current < before:
            window = asked[max(0, tick - max(0, down.window - 1) // SYNC_SECONDS) : tick + 1]
            assert current >= min(20, max(window))
