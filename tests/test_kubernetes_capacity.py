"""The numbers of k8s/ are those of the capacity model, and its rules have room for every child."""

import contextlib
from dataclasses import replace
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from readerai.capacity import Mix, children_per_server, need, server_request
from readerai.env import PROJECT
from readerai.measured import Measured
from readerai.simulated_day.curve import SCHOOL_DAY
from readerai.simulated_day.days import OVERLAYS, RULES, days, overlays, server
from readerai.simulated_day.rules import cores, read_rules
from readerai.simulated_day.seen import CONNECTIONS, CPU, SOON
from tests.test_kubernetes import at_once

MEASURED, MIX = Measured(), Mix()
UNITS = {"Mi": 2**20, "Gi": 2**30}


@pytest.fixture(scope="module")
def rules():
    """The rules of k8s/, by their kind."""
    return {each.name: each for each in read_rules(RULES)}


@pytest.fixture(scope="module")
def requested():
    """What the web server's container asks for: cores and bytes."""
    documents = yaml.safe_load_all((PROJECT / "k8s" / "base" / "websocket-server.yaml").read_text())
    deployment = next(each for each in documents if each["kind"] == "Deployment")
    found = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    return cores(found["cpu"]), int(found["memory"][:-2]) * UNITS[found["memory"][-2:]]


def test_servers_are_added_at_seven_tenths_of_what_was_measured(rules):
    for each in rules.values():
        assert each.targets[CONNECTIONS] == MIX.busy * children_per_server(MEASURED, MIX)
        assert each.targets[CPU] == 100 * MIX.busy
    assert rules["KEDA"].targets[SOON] == children_per_server(MEASURED, MIX)


def test_a_web_server_asks_for_what_its_children_take(requested):
    cpu, memory = requested
    for children in (children_per_server(MEASURED, MIX) * MIX.busy, children_per_server(MEASURED, MIX)):
        wanted_cpu, wanted_memory = server_request(int(children), MEASURED, MIX)
        assert wanted_cpu <= cpu <= 2 * wanted_cpu
        assert wanted_memory <= memory <= 2 * wanted_memory


def test_thirty_thousand_children_are_within_the_bounds(rules):
    for each in rules.values():
        assert each.bounds.fewest <= need(30_000, MEASURED, MIX).servers <= each.bounds.most


def test_there_is_room_in_each_minute_of_a_school_day():
    for outcome in days(SCHOOL_DAY):
        assert (outcome.without_room, outcome.without_spare) == (0, 0), outcome.rules


@pytest.mark.parametrize(("peak", "rush"), [(10_000, 2), (20_000, 5), (30_000, 3), (30_000, 5), (50_000, 5)])
def test_more_than_the_floors_are_for_have_room_too_and_cost_less_than_a_fixed_fleet(peak, rush):
    curve = replace(SCHOOL_DAY.scaled(peak), rush=rush)
    keda = days(curve)[-1]
    assert (keda.rules, keda.without_room, keda.without_spare) == ("KEDA", 0, 0)
    assert peak < 20_000 or keda.saved > 0.25


def test_servers_that_start_slowly_and_are_seen_late_come_in_time():
    for like in (server(start=90), server(start=45, lag=45)):
        keda = days(SCHOOL_DAY.scaled(30_000), like=like)[-1]
        assert (keda.without_room, keda.without_spare) == (0, 0)


@pytest.mark.parametrize("name", overlays())
def test_each_overlay_has_room_for_as_many_as_it_is_for(name):
    children = at_once(f"overlays/{name}")
    [outcome] = days(SCHOOL_DAY.scaled(children), [OVERLAYS / name])
    assert (outcome.rules, outcome.without_room, outcome.without_spare) == ("KEDA", 0, 0)


def test_docs_capacity_shows_what_the_command_prints():
    page = (PROJECT / "docs" / "capacity.md").read_text()
    for arguments in ((), ("--peak", "30000"), ("--peak", "30000", "--overlay", "region-eu")):
        output = StringIO()
        with contextlib.suppress(SystemExit):  # with so many, metrics alone come too late
            call_command("simulate_school_day", *arguments, stdout=output)
        assert output.getvalue().partition("\n\n")[2].strip() in page, arguments
