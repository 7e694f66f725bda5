"""What rules decide while Prometheus is there or away, and how long questions wait for workers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readerai.env import PROJECT
from readerai.simulated_day.answers import Worker, answer
from readerai.simulated_day.autoscaler import Bounds, Direction, Policy
from readerai.simulated_day.curve import SCHOOL_DAY, Curve
from readerai.simulated_day.days import OVERLAYS, RULES, answers, days, overlays, worker
from readerai.simulated_day.kustomization import NoRules
from readerai.simulated_day.rules import ANSWERS, Fallback, Rules, read_rules
from readerai.simulated_day.seen import CONNECTIONS, CPU, QUEUE, SQS
from readerai.simulated_day.steering import Away, Steering
from tests.manifests import KEDA, WEB, manifests
from tests.test_kubernetes import at_once

MIDNIGHT = datetime(2026, 9, 7, tzinfo=UTC)
AT_ONCE = Bounds(1, 50, down=Direction(0, (Policy("Pods", 50, 15),)))
EIGHT = Away(480, 540)
RULES_OF_THREE = Rules(
    "KEDA", AT_ONCE, {CPU: 70, CONNECTIONS: 100}, (), 0.5, fallback=Fallback(45, 6, "currentReplicasIfHigher")
)
BUSY_FOR_FOUR = {CPU: 280.0, CONNECTIONS: 100.0}
SLOW = Worker(
    threads=4, seconds=2, answer_cpu=0.1, checkpoint_cpu=0, most_checkpoint_cpu=0, questions_every=100,
    start=45, lag=0,
)  # fmt: skip


def decide(rules: Rules, current: int, known: dict[str, float], now: int) -> int:
    return Steering(rules, MIDNIGHT, EIGHT).decide(now, current, known)


# --- While Prometheus is away ------------------------------------------------------------------
def test_kubernetes_still_knows_the_cpu_and_takes_nobody_away():
    idle, nine = {CPU: 0.0, CONNECTIONS: 900.0}, 480 * 60
    assert decide(RULES_OF_THREE, 3, idle, nine - 15) == 7  # as fast as it may
    assert decide(RULES_OF_THREE, 3, idle, nine) == 3
    assert decide(RULES_OF_THREE, 3, BUSY_FOR_FOUR, nine) == 4
    assert decide(RULES_OF_THREE, 3, {CPU: 0.0, CONNECTIONS: 0.0}, nine - 15) == 1


@pytest.mark.parametrize(
    ("behavior", "current", "replicas"),
    [
        ("static", 4, 6), ("static", 9, 6), ("currentReplicas", 4, 4),
        ("currentReplicasIfHigher", 4, 6), ("currentReplicasIfHigher", 9, 9),
        ("currentReplicasIfLower", 4, 4), ("currentReplicasIfLower", 9, 6),
    ],
)  # fmt: skip
def test_keda_falls_back_once_it_has_asked_in_vain(behavior, current, replicas):
    rules = replace(RULES_OF_THREE, fallback=Fallback(45, 6, behavior))
    idle = {CPU: 0.0, CONNECTIONS: 0.0}
    assert decide(rules, current, idle, 480 * 60 + 30) == current
    assert decide(rules, current, idle, 480 * 60 + 45) == replicas
    assert decide(rules, current, idle, 540 * 60) == 1


def test_the_fallback_is_read_from_the_manifest(tmp_path):
    keda = KEDA.replace(
        "spec:\n", "spec:\n  pollingInterval: 20\n  fallback: {failureThreshold: 3, replicas: 5}\n"
    )
    manifests(tmp_path)
    (tmp_path / "steering.yaml").write_text(keda)
    [rules] = read_rules([tmp_path])
    assert rules.fallback == Fallback(60, 5, "static")
    assert [each.fallback for each in read_rules(RULES)] == [None, Fallback(45, 4, "currentReplicasIfHigher")]


@pytest.mark.parametrize("name", overlays())
def test_children_of_an_overlay_have_room_and_answers_without_prometheus(name):
    curve, rules, away = SCHOOL_DAY.scaled(at_once(f"overlays/{name}")), [OVERLAYS / name], Away(470, 540)
    [day], [workers] = days(curve, rules, away=away), answers(curve, rules, away=away)
    assert (day.without_room, workers.minutes_late) == (0, 0)


# --- Workers -----------------------------------------------------------------------------------
def test_workers_rules_are_read_with_their_queue_wherever_it_is(tmp_path):
    assert [each.targets for each in read_rules(RULES, ANSWERS)] == [{CPU: 70}, {CPU: 70, QUEUE: 8}]
    folder = tmp_path / "overlay"
    folder.mkdir()
    base, *components = (PROJECT / "k8s" / name for name in ("base", "components/keda", "components/sqs"))
    (folder / "kustomization.yaml").write_text(
        f"kind: Kustomization\nresources: [{base}]\ncomponents: [{', '.join(map(str, components))}]"
    )
    [sqs] = read_rules([folder], ANSWERS)
    assert sqs.targets == {CPU: 70, SQS: 8}
    (tmp_path / "web.yaml").write_text(f"{WEB}---{KEDA}".replace("websocket-server", "llm-worker"))
    with pytest.raises(NoRules, match="not simulated for it: websocket_connections"):
        read_rules([tmp_path / "web.yaml"], ANSWERS)


def test_where_there_are_no_workers_none_are_played(tmp_path):
    assert answers(SCHOOL_DAY, [manifests(tmp_path)]) == []


@pytest.mark.parametrize("name", overlays())
def test_no_question_waits_for_a_worker_on_an_overlays_day(name):
    [day] = answers(SCHOOL_DAY.scaled(at_once(f"overlays/{name}")), [OVERLAYS / name])
    assert day.longest_wait == 0
    assert day.hours < 24 * day.most_workers


def test_the_base_adds_workers_by_their_cpu_alone():
    plain = answers(SCHOOL_DAY.scaled(10_000))[0]
    assert (plain.rules, plain.minutes_late) == ("HPA", 0)
    assert plain.most_workers > 2


def test_too_few_workers_let_questions_wait_until_they_are_enough():
    curve = Curve(((480, 1_000), (500, 0)), rush=1)  # ten questions a second; a worker answers two
    day = answer(curve, Rules("HPA", Bounds(2, 2), {QUEUE: 8}, (), 0.5), SLOW, MIDNIGHT)
    # Six a second too many for twenty minutes, and four answered.
    assert day.longest_wait == pytest.approx(6 * 1_200 / 4, rel=0.05)
    assert day.minutes[-1].wait == 0
    quick = answer(curve, Rules("HPA", Bounds(2, 9), {QUEUE: 8}, (), 0.5), SLOW, MIDNIGHT)
    assert quick.longest_wait < day.longest_wait / 10


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 4), st.integers(4, 20), st.integers(100, 3_000))
def test_workers_keep_their_bounds_and_answer_what_they_can(fewest, most, children):
    rules = Rules("HPA", Bounds(fewest, most), {CPU: 70, QUEUE: 8}, (), 0.2)
    day = answer(Curve(((480, children), (600, 0))), rules, SLOW, MIDNIGHT)
    for minute in day.minutes:
        assert fewest <= minute.workers + minute.starting <= most
    if children / SLOW.questions_every <= fewest * SLOW.threads / SLOW.seconds:
        assert day.longest_wait == 0


def test_a_worker_is_what_was_measured():
    assert worker().threads / worker().seconds * worker().answer_cpu == pytest.approx(0.386, abs=0.001)
