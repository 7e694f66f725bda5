"""A simulated school day: nobody is made up or lost, and the rules of k8s/ have room for everybody."""

import contextlib
import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from readerai.simulated_day.autoscaler import Bounds
from readerai.simulated_day.curve import SCHOOL_DAY, BadCurve, Curve, read_curve
from readerai.simulated_day.days import MONDAY, server
from readerai.simulated_day.kustomization import NoRules
from readerai.simulated_day.rules import Rules, cores, read_rules
from readerai.simulated_day.seen import CONNECTIONS, CPU, SOON, Ahead, Seen, predict
from readerai.simulated_day.simulation import Server, simulate
from tests.manifests import HPA, KEDA, WEB, manifests

MIDNIGHT = datetime(2026, 9, 7, tzinfo=ZoneInfo("Europe/Berlin"))
SMALL = Server(
    most_children=100, base_cpu=0.01, child_cpu=0.001, connect_cpu=0.01, start=45, drain=20, lag=30
)


@pytest.fixture
def willows_rules(tmp_path):
    """Willow School's manifests: a Deployment, an HPA, and KEDA with a floor before eight."""
    return manifests(tmp_path)


def day(*arguments: str) -> str:
    """Return what the command prints, whether everybody had room or not."""
    output = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("simulate_school_day", *arguments, stdout=output)
    return output.getvalue()


# --- The day -----------------------------------------------------------------------------------
def test_children_come_and_go_within_five_minutes_of_a_bell():
    assert [SCHOOL_DAY.at(minute) for minute in (0, 360, 365, 480, 482.5, 485, 600, 605)] == [
        0, 0, 500, 500, 2_750, 5_000, 5_000, 3_000,
    ]  # fmt: skip
    assert SCHOOL_DAY.scaled(30_000).at(700) == 18_000


def test_a_day_of_ones_own_is_read_from_lines():
    assert read_curve(["time,children", "08:00,50", "", "12:30,0"], 1) == Curve(((480, 50), (750, 0)), 1)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["eight,50"], "is not a time and a number"), (["08:00"], "is not a time and a number"),
        (["25:00,50"], "is no time"), (["08:00,-1"], "is no time"), (["08:00,0"], "nobody comes"),
        (["09:00,5", "08:00,5"], "in order"), (["08:00,5", "08:00,6"], "each one once"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_read_says_why(lines, why):
    with pytest.raises(BadCurve, match=why):
        read_curve(lines, 5)


# --- The rules ---------------------------------------------------------------------------------
def test_both_kinds_of_rules_are_read_from_their_manifests(willows_rules):
    plain, keda = sorted(read_rules([willows_rules]), key=lambda rules: rules.name)
    assert (plain.name, keda.name) == ("HPA", "KEDA")
    assert plain.targets == keda.targets == {CPU: 70, CONNECTIONS: 70}
    assert plain.cpu_request == 0.5
    assert plain.bounds == Bounds(2, 20)
    assert keda.bounds.down.policies[0].period == 120
    assert [floor.replicas for floor in keda.floors] == [14]


def test_a_trigger_may_look_ahead(willows_rules):
    soon = (
        'query: \'predict_linear(sum(websocket_connections{namespace="w"})[2m:15s], 240)\', threshold: "100"'
    )
    trigger = f"    - {{type: prometheus, metadata: {{{soon}}}}}\n"
    (willows_rules / "steering.yaml").write_text(KEDA + trigger)
    [keda] = read_rules([willows_rules])
    assert keda.ahead == Ahead(window=120, seconds=240)
    assert keda.targets == {CPU: 70, CONNECTIONS: 70, SOON: 100}


def test_a_rule_that_is_not_simulated_is_refused(willows_rules):
    for old, new in (("type: cron", "type: kafka"), ("type: Resource", "type: Object"), ("0 10 *", "soon *"),
                     ("sum(websocket_connections)", "max(websocket_connections)")):  # fmt: skip
        (willows_rules / "steering.yaml").write_text(f"{HPA}---{KEDA}".replace(old, new))
        with pytest.raises(NoRules):
            read_rules([willows_rules])


def test_manifests_without_rules_say_what_is_missing(tmp_path):
    with pytest.raises(NoRules, match="no Deployment websocket-server"):
        read_rules([tmp_path])
    (tmp_path / "web.yaml").write_text(WEB)
    with pytest.raises(NoRules, match="neither a HorizontalPodAutoscaler nor a ScaledObject"):
        read_rules([tmp_path])
    (tmp_path / "web.yaml").write_text("a: [")
    with pytest.raises(NoRules, match="cannot be read"):
        read_rules([tmp_path])


def test_quantities_of_cpu():
    assert (cores("250m"), cores("2"), cores(1)) == (0.25, 2, 1)


# --- The simulation ----------------------------------------------------------------------------
@settings(max_examples=5)
@given(
    st.lists(st.tuples(st.integers(0, 1_300), st.integers(0, 1_500)), min_size=1, max_size=6),
    st.integers(1, 4), st.integers(4, 20), st.sampled_from([15, 45, 300]), st.sampled_from([0, 20, 60]),
)  # fmt: skip
def test_no_child_is_lost_or_made_up_and_servers_keep_their_bounds(points, fewest, most, start, drain):
    curve = Curve(tuple(sorted(dict(points).items())), rush=2)
    rules = Rules("any", Bounds(fewest, most), {CPU: 70, CONNECTIONS: 70}, (), 0.5)
    like = Server(100, 0.01, 0.001, 0.01, start, drain, 30)
    for minute in simulate(curve, rules, like, MIDNIGHT):
        assert minute.connected <= minute.children
        assert minute.children - minute.connected <= minute.waiting
        assert minute.servers + minute.starting <= most
        assert minute.servers + minute.starting >= fewest
        assert 0 <= minute.connected <= 100 * (minute.servers + minute.draining)


def test_a_floor_before_the_bell_has_room_where_metrics_alone_come_late(willows_rules):
    curve = SCHOOL_DAY.scaled(1_000)
    found = {rules.name: simulate(curve, rules, SMALL, MIDNIGHT) for rules in read_rules([willows_rules])}
    eight = slice(8 * 60, 8 * 60 + 10)
    assert max(minute.waiting for minute in found["HPA"][eight]) > 0
    assert max(minute.waiting for minute in found["KEDA"][eight]) == 0
    assert [minute.servers for minute in found["KEDA"][7 * 60 + 39 : 7 * 60 + 43]] == [2, 6, 14, 14]


def test_who_looks_ahead_has_servers_before_they_are_full(willows_rules):
    plain, _ = sorted(read_rules([willows_rules]), key=lambda rules: rules.name)
    ahead = replace(plain, targets={**plain.targets, SOON: 100}, ahead=Ahead(60, 240))
    curve = Curve(((480, 600),), 5)
    late, in_time = (simulate(curve, rules, SMALL, MIDNIGHT) for rules in (plain, ahead))
    assert sum(minute.waiting > 0 for minute in late) > 0
    assert sum(minute.waiting > 0 for minute in in_time) == 0


def test_a_floor_knows_its_time_zone_and_the_weekend(willows_rules):
    _, keda = sorted(read_rules([willows_rules]), key=lambda rules: rules.name)
    saturday = MIDNIGHT.replace(day=12)
    nobody = Curve(((480, 1),))
    assert max(minute.servers for minute in simulate(nobody, keda, SMALL, saturday)) == 2
    london = MIDNIGHT.replace(tzinfo=ZoneInfo("Europe/London"))
    first = next(minute for minute in simulate(nobody, keda, SMALL, london) if minute.servers == 14)
    assert first.minute == 6 * 60 + 41  # its servers double every quarter of a minute


def test_servers_go_only_when_the_window_is_over_and_let_their_children_back_in(willows_rules):
    plain, _ = sorted(read_rules([willows_rules]), key=lambda rules: rules.name)
    minutes = simulate(Curve(((480, 1_000), (540, 300)), 2), plain, SMALL, MIDNIGHT)
    assert minutes[535].servers == 15
    calm = next(minute for minute in minutes if minute.minute > 540 and minute.draining)
    assert calm.minute >= 540 + 5
    assert all(minute.waiting == 0 for minute in minutes[500:])
    assert minutes[-1].connected == 300


# --- What is seen -----------------------------------------------------------------------------
@given(st.floats(0, 1e5), st.floats(-100, 100), st.integers(1, 9), st.sampled_from([0, 120, 240]))
def test_who_comes_evenly_is_foreseen_exactly(first, a_second, count, seconds):
    samples = [first + a_second * 15 * place for place in range(count)]
    expected = samples[-1] + (a_second * seconds if count > 1 else 0)
    assert predict(samples, seconds) == pytest.approx(expected, abs=1e-3)


def test_what_servers_do_is_seen_late_and_foreseen_from_what_is_seen():
    seen = Seen(Ahead(60, 120), lag=30)
    known = [seen.add({CPU: 0.0, CONNECTIONS: 15.0 * place}) for place in range(8)]
    assert [each[CONNECTIONS] for each in known] == [0, 0, 0, 15, 30, 45, 60, 75]
    assert [each[SOON] for each in known] == pytest.approx([0, 0, 0, 135, 150, 165, 180, 195])
    assert SOON not in Seen(None).add({CPU: 0.0, CONNECTIONS: 1.0})


# --- The command -------------------------------------------------------------------------------
def test_the_command_prints_the_day_and_draws_it(willows_rules, tmp_path):
    own = tmp_path / "day.csv"
    own.write_text("08:00,9000\n12:00,0\n")
    picture = tmp_path / "day.png"
    printed = day("--csv", str(own), "--rules", str(willows_rules), "--png", str(picture))
    assert "| 08:06 | 9,000 |" in printed
    assert "| servers at most |" in printed
    image = Image.open(BytesIO(picture.read_bytes()))
    colors = {color for _, color in image.getcolors(1 << 20)}
    assert image.size == (1200, 620)
    assert {(245, 158, 11), (37, 99, 235), (5, 150, 105)} <= colors


def test_as_json_it_has_every_minute(willows_rules):
    plain, keda = json.loads(day("--rules", str(willows_rules), "--json", "--floor", "5", "--peak", "100"))
    assert len(plain["minutes"]) == 24 * 60
    assert (plain["rules"], keda["rules"]) == ("HPA", "KEDA")
    assert max(minute["servers"] for minute in keda["minutes"][465:480]) == 5


def test_the_command_plays_prometheus_away_and_tells_of_answers():
    here, away = (
        json.loads(day("--json", *arguments))[1] for arguments in ((), ("--metrics-away", "12:00-13:00"))
    )

    def noon(found):
        return [minute["servers"] + minute["starting"] for minute in found["minutes"][720:780]]

    assert min(noon(here)) < min(noon(away))  # nobody is taken away
    assert here["answers"]["longest_wait"] == 0 < here["answers"]["most_workers"]
    assert "| seconds that one waited, at most |" in day()
    with pytest.raises(CommandError, match="metrics-away"):
        day("--metrics-away", "09:00-08:00")


def test_the_command_fails_if_a_child_finds_no_room(willows_rules):
    rules = str(willows_rules)
    with pytest.raises(SystemExit):
        call_command("simulate_school_day", "--rules", rules, "--peak", "200000", stdout=StringIO())
    call_command("simulate_school_day", "--rules", rules, "--peak", "100", stdout=StringIO())


def test_a_command_that_cannot_begin_says_why(tmp_path):
    with pytest.raises(CommandError, match="no Deployment"):
        day("--rules", str(tmp_path))
    with pytest.raises(CommandError, match="No such file"):
        day("--csv", str(tmp_path / "nowhere.csv"))


def test_a_server_is_what_was_measured():
    assert MONDAY.isoweekday() == 1
    assert server().most_children == 5_000
    assert 0.05 < server().base_cpu + 5_000 * server().child_cpu < 0.7
