"""The admin's page of a school day: for who runs the servers, with the rules there are."""

import json

import pytest
from django.urls import reverse

from readerai.simulated_day import views
from tests.manifests import manifests

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    views._outcomes.cache_clear()
    yield
    views._outcomes.cache_clear()


@pytest.fixture
def ask(client, noor):
    """Noor, who runs the servers, asks for the page."""
    client.force_login(noor)
    return lambda **query: client.get(reverse("simulated-day"), query)


def test_servers_stand_against_children_for_each_kind_of_rules(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(views, "RULES", (manifests(tmp_path),))
    page = ask(peak="20000")
    chart = json.loads(page.context["chart"])
    assert [line["label"] for line in chart["datasets"]] == [
        "children", "places of servers, HPA", "places of servers, KEDA",
    ]  # fmt: skip
    assert len(chart["labels"]) == len(chart["datasets"][0]["data"]) == 24 * 6
    assert max(chart["datasets"][0]["data"]) == 20_000
    text = page.content.decode()
    assert "<td>HPA</td>" in text and "a fixed fleet" in text


def test_without_rules_the_page_says_where_they_belong(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(views, "RULES", (tmp_path,))
    assert "They are in k8s/" in ask().content.decode()


@pytest.mark.parametrize("peak", ["0", "-1", "many", "999999", "١٢"])
def test_a_number_of_children_that_makes_no_sense_is_not_found(ask, peak):
    assert ask(peak=peak).status_code == 404
