"""The schedule of simulated children, and the figures made of what they saw."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from readerai.loadtest.figures import Sample, Spread, Tally, cost, drift_percent, memory_each, spread, tally
from readerai.loadtest.inbox import Faults
from readerai.loadtest.ledger import Ledger
from readerai.loadtest.schedule import Action, Pace, Schedule
from readerai.loadtest.stamp import published_at, stamped

NOTHING = Pace(read=0, ask=0, drop=0)


@given(
    children=st.integers(1, 60),
    looks=st.lists(st.floats(0.001, 3), min_size=1, max_size=20),
    pace=st.builds(Pace, st.just(1.0), st.sampled_from([0.0, 2.0, 300.0]), st.sampled_from([0.0, 5.0])),
)
def test_everything_that_is_due_is_returned_once_and_in_order_however_seldom_one_looks(children, looks, pace):
    often, seldom = (Schedule(range(children), of=children, pace=pace, seed=3) for _ in range(2))
    seen, now = [], 0.0
    for pause in looks:
        now += pause
        seen += often.due(now)
    assert seen == sorted(seen)
    assert all(due.when <= now for due in seen)
    assert seldom.due(now) == seen


@given(children=st.integers(1, 200), seconds=st.integers(1, 10))
def test_reading_children_report_each_second_and_evenly(children, seconds):
    schedule = Schedule(range(children), of=children, pace=NOTHING._replace(read=1.0))
    reads = schedule.due(seconds - 1e-9)
    assert Counter(due.child for due in reads) == dict.fromkeys(range(children), seconds)
    bursts = Counter(int(due.when * 10 + 1e-6) for due in reads)
    assert max(bursts.values()) <= children // 10 + 1


def test_children_dealt_to_processes_do_together_what_one_process_would():
    pace = Pace(ask=7.0, drop=11.0)
    whole = Schedule(range(9), of=9, pace=pace, seed=5).due(60)
    parts = [Schedule(range(first, 9, 2), of=9, pace=pace, seed=5).due(60) for first in (0, 1)]
    assert sorted(parts[0] + parts[1]) == whole


def test_questions_come_as_often_as_is_asked_for():
    asked = Schedule(range(100), of=100, pace=NOTHING._replace(ask=10.0)).due(200)
    assert {due.action for due in asked} == {Action.ASK}
    assert 1_800 < len(asked) < 2_200
    assert Schedule(range(100), of=100, pace=NOTHING).due(10_000) == []


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_a_percentile_is_a_case_that_so_many_percent_do_not_exceed(values):
    found = spread(values)
    rounded = sorted(round(value, 3) for value in values)
    assert found.cases == len(values)
    assert found.longest == rounded[-1]
    for percent, value in ((50, found.p50), (95, found.p95), (99, found.p99)):
        assert value in rounded
        assert sum(other <= value for other in rounded) >= len(values) * percent / 100
        assert sum(other < value for other in rounded) <= len(values) * percent / 100


def test_where_nothing_was_measured_there_is_no_figure():
    assert spread([]) is None
    assert drift_percent([5]) is None
    before = Sample(0.0, 1.0, 1000)
    assert memory_each(before, before, 0) is None
    assert cost(before, Sample(2.0, 1.5, 1000), 0).cpu_microseconds_each is None


def test_cost_is_all_that_the_server_used_shared_among_the_frames():
    found = cost(Sample(10.0, 1.0, 0), Sample(20.0, 1.45, 0), 10_000)
    assert found == (10.0, 10_000, 0.45, 4.5, 45.0)
    assert memory_each(Sample(0, 0, 50_000_000), Sample(9, 9, 60_240_000), 400) == 25_600
    assert drift_percent([100, 103, 98]) == 3.0


def test_the_tally_of_many_ledgers_is_their_sum():
    ledgers = []
    for number in range(3):
        ledger = Ledger(100)
        ledger.connecting(1.0)
        ledger.hello(1.0)
        ledger.ask(str(number), "Why?", 2.0)
        ledger.faults.duplicated = number
        ledger.closes[1006] += 1
        ledger.publish_ms.append(float(number))
        ledgers.append(ledger)
    together = Tally()
    for ledger in ledgers:
        together += tally([ledger], answers=False)
    assert together == tally(ledgers, answers=False)
    assert together.children == together.questions == together.lost == together.not_restored == 3
    assert together.faults == Faults(duplicated=3)
    assert together.closes == {1006: 3}
    assert together.publish_to_frame == [0.0, 1.0, 2.0]
    assert ledgers[0].publish_ms == [0.0], "the ledgers themselves are left as they were"
    assert not together.sound
    assert Tally().sound


def test_a_spread_is_told_in_whole_microseconds():
    assert spread([1.23456]) == Spread(1, 1.235, 1.235, 1.235, 1.235)


@given(st.integers(0, 2**63))
def test_a_stamped_sentence_tells_when_it_left(nanoseconds):
    assert published_at(stamped(nanoseconds)) == nanoseconds / 1e9
    assert published_at("The fox left at 5 nanoseconds.") is None
