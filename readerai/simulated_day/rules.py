"""The rules that add and remove web servers, read from Kubernetes manifests: an HPA, or KEDA's ScaledObject.

Only what decides is read; a rule that this simulation does not know is an error, never left out in silence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab

from readerai.simulated_day.autoscaler import DOWN, UP, Bounds, Direction, Policy
from readerai.simulated_day.kustomization import NoRules, read
from readerai.simulated_day.seen import CONNECTIONS, CPU, QUEUE, SOON, SQS, Ahead

WEB, ANSWERS = "websocket-server", "llm-worker"
_KNOWN = {WEB: {CPU, CONNECTIONS, SOON}, ANSWERS: {CPU, QUEUE, SQS}}
_NOW = re.compile(rf"sum\({CONNECTIONS}(\{{[^}}]*\}})?\)")
_AHEAD = re.compile(rf"predict_linear\({_NOW.pattern}\[(?P<window>\d+)m:\d+s\], *(?P<seconds>\d+)\)")
_QUEUE = re.compile(rf'max\({QUEUE}\{{queue="llm"\}}\)')


class NoDeployment(NoRules):
    """The manifests do not have this Deployment at all."""


@dataclass(frozen=True)
class Floor:
    """No fewer than `replicas` from each `start` to each `end`, as cron has them, in this time zone."""

    zone: ZoneInfo
    start: crontab
    end: crontab
    replicas: int


@dataclass(frozen=True)
class Fallback:
    """What KEDA wants when Prometheus has been away for `after` seconds; `behavior` is KEDA's own word."""

    after: int
    replicas: int
    behavior: str


@dataclass(frozen=True)
class Rules:
    """How the pods of a Deployment are added and removed.

    `targets`: CPU in percent of what a pod requests; connections a pod now and `ahead`, or waiting questions.
    `cpu_request` is in cores.
    """

    name: str
    bounds: Bounds
    targets: Mapping[str, float]
    floors: tuple[Floor, ...]
    cpu_request: float
    ahead: Ahead | None = None
    fallback: Fallback | None = None

    def with_floors(self, replicas: int) -> "Rules":
        """Return the same rules, whose floors are so high."""
        return replace(self, floors=tuple(replace(each, replicas=replicas) for each in self.floors))


def read_rules(paths: Iterable[Path], deployment: str = WEB) -> list[Rules]:
    """Return a Deployment's rules in these files and folders. Raises NoRules, NoDeployment."""
    found = [each for path in paths for each in read(path)]
    deployments = [each for each in found if _is(each, "Deployment") and _name(each) == deployment]
    if not deployments:
        raise NoDeployment(f"no Deployment {deployment} in these manifests: its CPU request is needed")
    container = deployments[0]["spec"]["template"]["spec"]["containers"][0]
    request = cores(container["resources"]["requests"]["cpu"])
    steering = [each for each in found if _steers(each, deployment)]
    rules = [_horizontal(each, request) for each in steering if _is(each, "HorizontalPodAutoscaler")]
    rules += [_keda(each, request) for each in steering if _is(each, "ScaledObject")]
    if not rules:
        raise NoRules(f"neither a HorizontalPodAutoscaler nor a ScaledObject of {deployment} is in them")
    if strange := {name for each in rules for name in each.targets} - _KNOWN[deployment]:
        raise NoRules(f"{deployment} is steered by what is not simulated for it: {', '.join(strange)}")
    return rules


def cores(quantity: str | float) -> float:
    """Return a Kubernetes quantity of CPU in cores: 250m is a quarter."""
    text = str(quantity)
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


def matches(when: crontab, moment: datetime) -> bool:
    """Does cron's line name this minute?"""
    return (
        moment.minute in when.minute
        and moment.hour in when.hour
        and moment.day in when.day_of_month
        and moment.month in when.month_of_year
        and moment.isoweekday() % 7 in when.day_of_week
    )


def _is(document: Mapping[str, Any], kind: str) -> bool:
    return document.get("kind") == kind


def _name(document: Mapping[str, Any]) -> str:
    return str(document.get("metadata", {}).get("name"))


def _steers(document: Mapping[str, Any], deployment: str) -> bool:
    target = (document.get("spec") or {}).get("scaleTargetRef") or {}
    return target.get("name") == deployment


def _horizontal(document: Mapping[str, Any], request: float) -> Rules:
    spec = document["spec"]
    targets = {}
    for metric in spec["metrics"]:
        if metric["type"] == "Resource" and metric["resource"]["name"] == CPU:
            targets[CPU] = float(metric["resource"]["target"]["averageUtilization"])
        elif metric["type"] == "Pods" and metric["pods"]["metric"]["name"] == CONNECTIONS:
            targets[CONNECTIONS] = float(metric["pods"]["target"]["averageValue"])
        else:
            raise NoRules(f"the HorizontalPodAutoscaler has a metric that is not simulated: {metric}")
    bounds = _bounds(spec.get("minReplicas", 1), spec["maxReplicas"], spec.get("behavior"))
    return Rules("HPA", bounds, targets, (), request)


def _keda(document: Mapping[str, Any], request: float) -> Rules:
    spec = document["spec"]
    targets: dict[str, float] = {}
    floors, ahead = [], None
    for trigger in spec["triggers"]:
        kind, about = trigger["type"], trigger["metadata"]
        average = trigger.get("metricType", "AverageValue") == "AverageValue"
        query = about.get("query", "") if average else ""
        if kind == CPU:
            targets[CPU] = float(about["value"])
        elif kind == "prometheus" and _NOW.fullmatch(query):
            targets[CONNECTIONS] = float(about["threshold"])
        elif kind == "prometheus" and (looks := _AHEAD.fullmatch(query)):
            targets[SOON] = float(about["threshold"])
            ahead = Ahead(60 * int(looks["window"]), int(looks["seconds"]))
        elif kind == "prometheus" and _QUEUE.fullmatch(query):
            targets[QUEUE] = float(about["threshold"])
        elif kind == "aws-sqs-queue" and average:
            targets[SQS] = float(about["queueLength"])
        elif kind == "cron":
            floors.append(_floor(about))
        else:
            raise NoRules(f"the ScaledObject has a trigger that is not simulated: {trigger}")
    behavior = (
        spec.get("advanced", {}).get("horizontalPodAutoscalerConfig", {}).get("behavior")
    )  # KEDA hands it to the HPA that it makes
    bounds = _bounds(spec.get("minReplicaCount", 0), spec.get("maxReplicaCount", 100), behavior)
    return Rules("KEDA", bounds, targets, tuple(floors), request, ahead, _fallback(spec))


def _fallback(spec: Mapping[str, Any]) -> Fallback | None:
    if "fallback" not in spec:
        return None
    said = spec["fallback"]
    after = int(said["failureThreshold"]) * int(spec.get("pollingInterval", 30))
    return Fallback(after, int(said["replicas"]), said.get("behavior", "static"))


def _floor(about: Mapping[str, Any]) -> Floor:
    try:
        start, end = (crontab.from_string(about[name]) for name in ("start", "end"))
    except (ParseException, ValueError) as error:
        raise NoRules(f"a cron trigger cannot be read: {error}") from None
    return Floor(ZoneInfo(about["timezone"]), start, end, int(about["desiredReplicas"]))


def _bounds(fewest: int, most: int, behavior: Mapping[str, Any] | None) -> Bounds:
    behavior = behavior or {}
    return Bounds(
        int(fewest),
        int(most),
        _direction(behavior.get("scaleUp"), UP),
        _direction(behavior.get("scaleDown"), DOWN),
    )


def _direction(said: Mapping[str, Any] | None, default: Direction) -> Direction:
    if said is None:
        return default
    policies = tuple(
        Policy(each["type"], int(each["value"]), int(each["periodSeconds"]))
        for each in said.get("policies", ())
    )
    return Direction(
        int(said.get("stabilizationWindowSeconds", default.window)),
        policies or default.policies,
        said.get("selectPolicy", "Max"),
    )
