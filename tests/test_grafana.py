"""The dashboard for Grafana: each panel asks Prometheus what it can know, in words it understands."""

import json
from typing import Any

import yaml

from readerai import env
from tests.test_prometheus import PROMISED, ask, known_metrics, used_metrics

DASHBOARD = json.loads((env.PROJECT / "deploy" / "grafana" / "readerai.json").read_text())
COLUMNS = 24


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def test_promtool_understands_every_expression(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": each} for number, each in enumerate(expressions())]
    asked = tmp_path / "panels.yml"
    asked.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    assert f"{len(rules)} rules found" in ask("check", "rules", asked)


def test_panels_read_only_what_is_told():
    read = {name for expression in expressions() for name in used_metrics(expression)}
    assert read - known_metrics() == set()
    assert read >= PROMISED


def test_every_panel_says_what_it_shows_and_asks_the_chosen_prometheus():
    [variable] = DASHBOARD["templating"]["list"]
    for panel in panels():
        assert panel["title"] and panel["description"].endswith(".")
        asked = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {each["uid"] for each in asked} == {f"${{{variable['name']}}}"}


def test_no_panel_lies_on_another():
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }  # fmt: skip
        assert not taken & cells
        assert at["x"] + at["w"] <= COLUMNS
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
