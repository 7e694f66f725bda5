"""The numbers of k8s/ are those of the capacity model, and its rules have room for every child."""

import contextlib
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from readerai.capacity import Mix, children_per_server, need, server_request
from readerai.env import PROJECT
from readerai.measured import Measured
from readerai.simulated_day.curve import SCHOOL_DAY
from readerai.simulated_day.days import RULES, days
from readerai.simulated_day.rules import CONNECTIONS, CPU, cores, read_rules

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


def test_the_floors_have_room_for_ten_thousand_at_the_bell():
    outcomes = {each.rules: each for each in days(SCHOOL_DAY.scaled(10_000))}
    assert outcomes["KEDA"].without_room == outcomes["KEDA"].without_spare == 0


def test_docs_capacity_shows_what_the_command_prints():
    page = (PROJECT / "docs" / "capacity.md").read_text()
    for arguments in ((), ("--peak", "30000"), ("--peak", "30000", "--floor", "10")):
        output = StringIO()
        with contextlib.suppress(SystemExit):  # with so many, metrics alone come too late
            call_command("simulate_school_day", *arguments, stdout=output)
        assert output.getvalue().partition("\n\n")[2].strip() in page, arguments
