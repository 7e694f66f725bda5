"""What Prometheus is given: metrics it finds well formed, rules and alerts that it evaluates itself."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from readerai import env, queues
from readerai.simulated_day import days
from readerai.simulated_day.rules import read_rules
from readerai.simulated_day.seen import predict
from sessions import metrics as session_metrics
from tests import promtool
from tests.prometheus_scenarios import QUIET, REASONS
from tutoring import cache_metrics
from tutoring import metrics as answer_metrics

RULES = env.PROJECT / "deploy" / "prometheus" / "rules.yml"
OPERATIONS = env.PROJECT / "docs" / "operations.md"
PROMISED = {
    "websocket_connections_total", "websocket_connections_per_server", "message_queue_depth",
    "llm_response_time_p95", "memory_usage_per_connection",
}  # fmt: skip
OF_OTHERS = {
    "up", "process_resident_memory_bytes", "process_cpu_seconds_total",
    "django_http_responses_total_by_status_total",
}  # fmt: skip


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def ask(*arguments: str | Path, told: bytes = b"") -> str:
    """Return what promtool says; fails where it is not content."""
    done = subprocess.run([promtool.program(), *arguments], input=told, capture_output=True)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


def told_metrics() -> list[str]:
    """Return the name of each metric of our own, as Prometheus knows it."""
    names = []
    for module in (session_metrics, answer_metrics, cache_metrics, queues):
        for metric in vars(module).values():
            if isinstance(metric, MetricWrapperBase):
                [described] = metric.describe()
                names.append(f"{described.name}_total" if described.type == "counter" else described.name)
    return sorted(set(names))


def used_metrics(expression: str) -> set[str]:
    """Return the metrics that an expression of PromQL reads."""
    for left_out in (r'"[^"]*"', r"\{[^}]*\}", r"\[[^]]*\]", r"\b(by|without|on|ignoring)\s*\([^)]*\)"):
        expression = re.sub(left_out, "", expression)
    words = re.findall(r"[a-z_][a-z0-9_:]*(?![a-z0-9_:]*\s*\()", expression)
    return {re.sub(r"_(bucket|count|sum)$", "", word) for word in words} - {"and", "or", "unless"}


def known_metrics() -> set[str]:
    return {*told_metrics(), *OF_OTHERS, *(rule["record"] for rule in rules() if "record" in rule)}


def evaluate(tmp_path: Path, *tests: dict[str, Any]) -> None:
    """Let promtool play these scenarios, one minute after the other, with our rules."""
    script = tmp_path / "scenarios.yml"
    script.write_text(
        yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": list(tests)})
    )
    ask("test", "rules", script)


def scenario(name: str, series: dict[str, str | None], *expected: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "interval": "1m",
        "input_series": [
            {"series": series_name, "values": values} for series_name, values in series.items() if values
        ],
        "promql_expr_test": list(expected),
    }


def gives(expression: str, *samples: tuple[str, float]) -> dict[str, Any]:
    found = [{"labels": labels, "value": value} for labels, value in samples]
    return {"expr": expression, "eval_time": "58m", "exp_samples": found}


FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})'


def test_promtool_finds_nothing_wrong_with_what_a_process_tells():
    told = generate_latest(REGISTRY)
    assert b"websocket_closes_total" in told and b"llm_response_time_seconds" in told
    assert ask("check", "metrics", told=told) == ""


def test_promtool_finds_nothing_wrong_with_the_rules():
    assert "SUCCESS" in ask("check", "rules", "--lint=all", "--lint-fatal", RULES)


def test_promtool_finds_nothing_wrong_with_the_example():
    assert "SUCCESS" in ask("check", "config", "--lint-fatal", RULES.with_name("prometheus.yml"))


def test_operators_find_the_names_they_were_promised():
    assert {rule["record"] for rule in rules() if "record" in rule} >= PROMISED


def test_operators_find_every_metric_in_the_documentation():
    page = OPERATIONS.read_text()
    names = told_metrics()
    assert len(names) > 30
    assert [name for name in names if f"`{name}" not in page] == []


def test_rules_read_only_what_is_told():
    assert {name for rule in rules() for name in used_metrics(rule["expr"])} - known_metrics() == set()


def test_on_a_quiet_day_the_promised_names_have_their_values_and_no_alert_fires(tmp_path):
    series: dict[str, str | None] = dict(QUIET)
    series['message_queue_depth{instance="a",queue="llm"}'] = "40+0x10 2+0x50"
    evaluate(
        tmp_path,
        scenario(
            "quiet",
            series,
            gives(FIRING),
            gives("websocket_connections_total", ("websocket_connections_total", 1000)),
            gives(
                "websocket_connections_per_server",
                ('websocket_connections_per_server{server="a:1"}', 600),
                ('websocket_connections_per_server{server="b:1"}', 400),
            ),
            gives(
                'message_queue_depth{instance="",queue="llm"}', ('message_queue_depth{queue="llm"}', 3)
            ),  # it has fallen again
            gives("round(llm_response_time_p95, 0.001)", ("{}", 3.9)),
            gives("memory_usage_per_connection", ('memory_usage_per_connection{instance="a"}', 40_000)),
            gives("round(positions_coalesced:ratio_rate5m, 0.001)", ("{}", 0.75)),
            gives("round(answer_cache_hits:ratio_rate5m, 0.001)", ("{}", 0.75)),
            gives("round(tts_seconds_per_second, 0.001)", ('{kind="at_once"}', 30)),
        ),
    )


def test_each_alert_fires_for_its_reason_and_no_other_with_it(tmp_path):
    assert alerts().keys() == REASONS.keys()
    evaluate(
        tmp_path,
        *(
            scenario(name, {**QUIET, **reason}, gives(FIRING, (f'{{alertname="{name}"}}', 1)))
            for name, reason in REASONS.items()
        ),
    )


def test_each_alert_has_its_line_in_the_runbook():
    rows = re.findall(
        r"^\| `(ReaderAI\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", OPERATIONS.read_text(), re.MULTILINE
    )
    written = [
        (
            name,
            ", ".join(filter(None, (rule["labels"]["severity"], rule.get("for")))),
            rule["annotations"]["summary"].rstrip("."),
            rule["annotations"]["runbook"],
        )
        for name, rule in alerts().items()
    ]
    assert rows == written


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ('sum by (le) (rate(wake_lag_seconds_bucket{le="+Inf"}[5m])) > 1', {"wake_lag_seconds"}),
        ("1 - sum(a_total) / sum without (server) (b:ratio_rate5m)", {"a_total", "b:ratio_rate5m"}),
    ],
)
def test_what_an_expression_reads_is_found(expression, metrics):
    assert used_metrics(expression) == metrics


def test_prometheus_foresees_as_many_children_as_the_simulated_day(tmp_path):
    keda = (env.PROJECT / "k8s" / "components" / "keda" / "keda.yaml").read_text()
    [query] = re.findall(r"predict_linear.*", keda)
    [ahead] = [each.ahead for each in read_rules(days.RULES) if each.ahead]
    servers = {"a": (0, 100, 900, 2_000, 2_100), "b": (50, 60, 70, 80, 1_000)}
    name = 'websocket_connections{{namespace="readerai",server="{}"}}'
    series = {name.format(server): " ".join(map(str, told)) for server, told in servers.items()}
    # Between two samples: whether the very first one counts is told differently by Prometheus 2 and 3.
    samples = [sum(both) for both in zip(*servers.values(), strict=True)][-ahead.window // 15 :]
    expected = gives(f"round({query})", ("{}", round(predict(samples, ahead.seconds + 7)))) | {
        "eval_time": "1m7s"
    }
    evaluate(tmp_path, scenario("the bell", series, expected) | {"interval": "15s"})
