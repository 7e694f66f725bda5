"""The capacity model: what it promises whatever is asked, and what it prints."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from readerai.capacity import Mix, need, one_server, per_server, server_request
from readerai.env import PROJECT
from readerai.measured import Measured, facts
from readerai.prices import BadPrices, bill, read_prices
from sessions import protocol

MEASURED = Measured()
STUDENTS = st.integers(1, 300_000)


def plan(*arguments: str) -> str:
    """Return what the command prints."""
    output = StringIO()
    call_command("capacity_plan", *arguments, stdout=output)
    return output.getvalue()


@given(STUDENTS, st.integers(0, 50_000))
def test_more_students_never_need_less(students, more):
    few, many = (need(number, MEASURED, Mix()) for number in (students, students + more))
    for name in ("servers", "server_cpu", "llm_workers", "redis_memory", "redis_cpu", "bandwidth", "sound"):
        assert getattr(many, name) >= getattr(few, name)


@given(STUDENTS, st.integers(0, 3), st.floats(0.1, 10), st.floats(10, 3_600))
def test_there_is_room_for_all_when_as_many_die_as_may(students, spare, progress_every, questions_every):
    mix = Mix(spare_servers=spare, progress_every=progress_every, questions_every=questions_every)
    found = need(students, MEASURED, mix)
    each = -(-found.at_once // (found.servers - spare))
    assert each <= found.per_server.children
    assert one_server(each, MEASURED, mix).cpu <= mix.busy + 1e-9


def test_the_strictest_limit_counts_and_says_its_name():
    found = per_server(MEASURED, Mix())
    assert (found.children, found.limit) == (5_000, "tried")
    found = per_server(replace(MEASURED, server_most_children=1e9), Mix(rush=5))
    assert found.limit == "by_rush"
    assert found.children == found.by_rush < 5_000
    cpu = one_server(found.children, MEASURED, Mix()).cpu
    assert cpu + found.children / 5 * MEASURED.server_connect_cpu / 1e6 <= 0.7
    assert per_server(MEASURED, Mix(come_back=1)).limit == "by_return"


def test_a_pod_asks_for_what_its_children_take_while_they_come():
    cpu, memory = server_request(5_000, MEASURED, Mix())
    coming = one_server(5_000, MEASURED, Mix()).cpu + 5_000 / 60 * MEASURED.server_connect_cpu / 1e6
    assert coming / cpu == pytest.approx(0.7, rel=0.15)
    assert coming <= 0.7 * cpu
    assert memory >= one_server(5_000, MEASURED, Mix()).memory > memory - 16 * 2**20


def test_more_children_than_one_checkpoint_can_write_are_written_less_often():
    few, many = (need(number, MEASURED, Mix()) for number in (1_000, 1_000_000))
    assert few.checkpoint_cpu < many.checkpoint_cpu == Mix().busy
    assert few.checkpoint_seconds == Mix().checkpoint_every < many.checkpoint_seconds
    assert many.postgres_wal < 1_000 * few.postgres_wal


def test_the_first_estimates_case_needs_far_less():
    found = need(10_000, MEASURED, Mix())
    assert found.servers <= 3
    web = bill(found, MEASURED, Mix(), read_prices()["us-east"], protocol.MSGPACK, cdn=True).web
    assert web < 100


def test_a_cdn_takes_pages_voices_away_and_no_answers():
    quiet, asking = Mix(questions_every=1e12), Mix()
    assert need(1_000, MEASURED, quiet).sound_past_cdn == pytest.approx(
        0.05 * need(1_000, MEASURED, quiet).sound
    )
    more = need(1_000, MEASURED, asking).sound - need(1_000, MEASURED, quiet).sound
    past = need(1_000, MEASURED, asking).sound_past_cdn - need(1_000, MEASURED, quiet).sound_past_cdn
    assert past == pytest.approx(more) and more > 0


def test_every_figure_says_its_unit_and_where_it_is_from():
    for figures in (MEASURED, Mix()):
        found = facts(figures)
        assert len(found) == len(vars(figures))
        assert all(fact.unit and fact.source for fact in found)


def test_the_command_prints_what_docs_capacity_says():
    page = (PROJECT / "docs" / "capacity.md").read_text()
    assert plan("--students", "30000").strip() in page


def test_as_json_it_is_the_same_plan():
    data = json.loads(plan("--students", "10000", "--json", "--questions-every", "60"))
    assert data["need"]["students"] == 10_000
    assert data["need"]["servers"] == data["first_estimate"]["ours"]["servers"]
    assert {"name": "questions every", "value": 60.0, "unit": "s"}.items() <= data["assumed"][2].items()
    assert set(data["dollars_a_month"]) == set(read_prices())


def test_ones_own_prices(tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text("\n".join(["[home]", *(f"{name} = 1" for name in vars_of_prices())]))
    assert "| home |" in plan("--prices", str(prices), "--region", "home")
    with pytest.raises(CommandError, match="no region us-east: there are home"):
        plan("--prices", str(prices))
    prices.write_text("[home]\ncore_hour = 'cheap'")
    with pytest.raises(CommandError, match="prices.toml: .*core_hour"):
        plan("--prices", str(prices))
    with pytest.raises(BadPrices):
        read_prices(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    "nonsense", [("--students", "0"), ("--busy", "1.5"), ("--rush", "0"), ("--spare-servers", "-1")]
)
def test_options_that_make_no_sense_are_refused(nonsense):
    with pytest.raises(CommandError, match="above 0, shares between 0 and 1"):
        plan(*nonsense)


def vars_of_prices() -> list[str]:
    """Return what a region's table must hold."""
    return list(read_prices()["us-east"].__struct_fields__)
