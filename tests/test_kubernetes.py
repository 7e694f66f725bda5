"""The manifests in k8s/: valid, complete, safe, in agreement with what they run and what was measured.

What is looked at is what `kubectl kustomize` makes of them. (No cluster is needed to run these.)
"""

import math
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import kubernetes_validate
import pytest
from celery.schedules import crontab

from readerai import demo, processes, redis_roles
from readerai.capacity import Mix
from readerai.env import PROJECT
from readerai.measured import Measured
from readerai.simulated_day.autoscaler import TOLERANCE
from sessions import hub
from tests import custom_resources, kubectl
from tests.test_settings import documented

Manifest = dict[str, Any]

K8S = PROJECT / "k8s"
KUSTOMIZATIONS = ("base", "overlays/onprem", "overlays/aws", "overlays/region-eu")
OVERLAYS = KUSTOMIZATIONS[1:]
OLDEST, NEWEST = "1.29", "1.37"
OURS = {"websocket-server", "llm-worker", "tts-worker", "beat", "prepare"}
STEERED = {"websocket-server", "llm-worker", "tts-worker"}
PAGE = (PROJECT / "docs" / "kubernetes.md").read_text()


@pytest.fixture(scope="session")
def built() -> dict[str, list[Manifest]]:
    """The manifests of every kustomization."""
    return {name: kubectl.build(K8S / name) for name in KUSTOMIZATIONS}


@pytest.fixture(params=KUSTOMIZATIONS)
def manifests(built, request) -> list[Manifest]:
    """Those of one kustomization."""
    return built[request.param]


@pytest.fixture(params=OVERLAYS)
def overlay(built, request) -> list[Manifest]:
    """Those of one that somebody would apply."""
    return built[request.param]


def of_kind(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    """Return the manifests of these kinds by name."""
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] in kinds}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Return the templates of pods by the name of what makes them."""
    makers = of_kind(manifests, "Deployment", "StatefulSet", "Job")
    return {name: maker["spec"]["template"] for name, maker in makers.items()}


def container(template: Manifest) -> Manifest:
    """Return the one container of a pod."""
    [only] = template["spec"]["containers"]
    return only


def settings(manifests: list[Manifest]) -> dict[str, str]:
    """Return what the processes are told."""
    [shared] = of_kind(manifests, "ConfigMap").values()
    return shared["data"]


def texts(value: Any) -> Iterator[str]:
    """Yield every string in a manifest."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


def quantity(text: str) -> float:
    """Return a quantity of CPU in cores, or of memory in bytes."""
    number, unit = re.fullmatch(r"([\d.]+)(m|Mi|Gi|)", str(text)).groups()
    return float(number) * {"m": 0.001, "Mi": 2**20, "Gi": 2**30, "": 1}[unit]


# --- They are what Kubernetes takes ------------------------------------------------------


@pytest.fixture(scope="module")
def validate():
    """Hold a manifest against the schema of Kubernetes; the files of schemas are large, and read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            kubernetes_validate.utils, "schema_contents", cache(kubernetes_validate.utils.schema_contents)
        )
        yield kubernetes_validate.validate


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_manifest_is_valid_to_the_last_field(manifests, validate, version):
    custom = custom_resources.schemas()
    for manifest in manifests:
        if manifest["kind"] in custom:
            custom_resources.validate(manifest)
        else:
            validate(manifest, version, strict=True)


def test_everything_is_in_one_namespace(manifests):
    cluster_wide = {"Namespace"}
    assert {each["metadata"]["namespace"] for each in manifests if each["kind"] not in cluster_wide} == {
        *of_kind(manifests, "Namespace")
    }


def test_whoever_selects_pods_finds_some(manifests):
    labels = [template["metadata"]["labels"] for template in pods(manifests).values()]
    selecting = of_kind(manifests, "Service", "PodDisruptionBudget", "PodMonitor", "NetworkPolicy")
    for name, manifest in selecting.items():
        spec = manifest["spec"]
        selector = spec.get("podSelector", spec.get("selector"))
        wanted = selector if manifest["kind"] == "Service" else selector.get("matchLabels", {})
        assert any(wanted.items() <= each.items() for each in labels), name


def test_named_ports_exist(manifests):
    named = {
        port["name"] for template in pods(manifests).values() for port in container(template).get("ports", ())
    }
    services = of_kind(manifests, "Service").values()
    offered = {port["name"] for service in services for port in service["spec"]["ports"]}
    for ingress in of_kind(manifests, "Ingress").values():
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                assert path["backend"]["service"]["port"]["name"] in offered
    for service in services:
        assert {port.get("targetPort", port["port"]) for port in service["spec"]["ports"]} <= named | {
            6379,
            16379,
        }
    for monitor in of_kind(manifests, "ServiceMonitor", "PodMonitor").values():
        endpoints = monitor["spec"].get("endpoints") or monitor["spec"]["podMetricsEndpoints"]
        assert {each["port"] for each in endpoints} <= named


# --- They run what `make run` runs ------------------------------------------------------


def test_the_processes_are_those_of_make_run(manifests, monkeypatch):
    monkeypatch.setattr(processes, "TTS_PROCESSES", 2)
    workers = processes.workers(schedule=Path("/tmp/beat"))
    wanted = {
        "websocket-server": processes.web(host="0.0.0.0", port=8000, max_frame_bytes=65_536),
        "llm-worker": workers["worker-llm"],
        "tts-worker": workers["worker-tts"],
        "beat": workers["beat"],
    }
    for name, command in wanted.items():
        told = container(pods(manifests)[name])["command"]
        assert told[: len(command)] == ["python", *command[1:]], name
    assert container(pods(manifests)["prepare"])["command"] == ["python", "manage.py", "prepare"]


def test_settings_that_are_named_exist(manifests):
    example = re.findall(r"^(\w+)=", (K8S / "secrets.env.example").read_text(), re.MULTILINE)
    assert set(settings(manifests)) | set(example) <= set(documented())
    assert {name for name, default in documented().items() if default == "required"} <= set(example)


def test_beat_is_one_and_never_two(manifests):
    beat = of_kind(manifests, "Deployment")["beat"]["spec"]
    assert beat["replicas"] == 1
    assert beat["strategy"] == {"type": "Recreate"}
    assert "beat" not in of_kind(manifests, "PodDisruptionBudget", "HorizontalPodAutoscaler", "ScaledObject")


def test_probes_ask_what_is_meant_for_them(manifests):
    web = container(pods(manifests)["websocket-server"])
    assert web["livenessProbe"]["httpGet"]["path"] == web["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"
    for name, seconds in {"llm-worker": 30, "tts-worker": 30, "beat": 90}.items():
        alive = f"""test -n "$(find {settings(manifests)["ALIVE_FILE"]} -newermt '{seconds} seconds ago')\""""
        for probe in ("startupProbe", "livenessProbe"):
            assert container(pods(manifests)[name])[probe]["exec"]["command"] == ["sh", "-c", alive]


def test_workers_tell_their_metrics_where_they_are_collected(manifests):
    told = settings(manifests)
    for name, setting in (("llm-worker", "WORKER_METRICS_PORT"), ("tts-worker", "NARRATION_METRICS_PORT")):
        [port] = container(pods(manifests)[name])["ports"]
        assert (port["name"], str(port["containerPort"])) == ("metrics", told[setting])
    assert told["WORKER_METRICS_HOST"] == "0.0.0.0"


def test_narration_is_where_all_pods_find_it(built):
    for name in KUSTOMIZATIONS:
        told, volumes = settings(built[name]), of_kind(built[name], "PersistentVolumeClaim")
        assert bool(told.get("MEDIA_BUCKET")) != bool(volumes), name
        for claim in volumes.values():
            assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


# --- Children hardly notice a pod that goes -----------------------------------------------


def test_a_web_server_has_time_to_let_its_children_go(manifests):
    template = pods(manifests)["websocket-server"]
    command = container(template)["command"]
    requests = int(command[command.index("--timeout-graceful-shutdown") + 1])
    [_, noticed] = container(template)["lifecycle"]["preStop"]["exec"]["command"]
    drain = int(settings(manifests)["DRAIN_SECONDS"])
    assert drain == int(documented()["DRAIN_SECONDS"])
    # The page on operation asks for ten seconds more than the drain, which has those for the last requests.
    assert requests < 10
    assert template["spec"]["terminationGracePeriodSeconds"] >= int(noticed) + drain + 10


def test_workers_have_time_to_end_what_they_began(manifests):
    for name in ("llm-worker", "tts-worker"):
        grace = pods(manifests)[name]["spec"]["terminationGracePeriodSeconds"]
        assert grace > int(documented()["ANSWER_SECONDS"])


def test_a_new_web_server_is_ready_before_an_old_one_goes_and_nodes_are_emptied_one_pod_at_a_time(manifests):
    strategy = of_kind(manifests, "Deployment")["websocket-server"]["spec"]["strategy"]
    assert strategy["rollingUpdate"]["maxUnavailable"] == 0
    budgets = of_kind(manifests, "PodDisruptionBudget")
    assert set(budgets) >= STEERED
    assert {budget["spec"]["maxUnavailable"] for budget in budgets.values()} == {1}


def test_no_proxy_ends_a_socket_that_our_servers_keep(overlay):
    [ingress] = of_kind(overlay, "Ingress").values()
    notes = ingress["metadata"]["annotations"]
    if "haproxy.org/timeout-tunnel" in notes:
        assert notes["haproxy.org/timeout-tunnel"] == "1h"
        assert notes["haproxy.org/check-http"] == "/readyz"
        return
    [idle] = re.findall(
        r"idle_timeout.timeout_seconds=(\d+)", notes["alb.ingress.kubernetes.io/load-balancer-attributes"]
    )
    command = container(pods(overlay)["websocket-server"])["command"]
    keep_alive = int(command[command.index("--timeout-keep-alive") + 1])
    assert hub._SILENCE_SECONDS < int(idle) < keep_alive
    target = dict(
        each.split("=") for each in notes["alb.ingress.kubernetes.io/target-group-attributes"].split(",")
    )
    assert target["stickiness.enabled"] == "true"
    grace = pods(overlay)["websocket-server"]["spec"]["terminationGracePeriodSeconds"]
    assert int(target["deregistration_delay.timeout_seconds"]) >= grace
    assert notes["alb.ingress.kubernetes.io/healthcheck-path"] == "/readyz"


def with_components(folder: Path, *names: str) -> list[Manifest]:
    """Return the manifests of an overlay, made in this folder, of the base and these components."""
    base = os.path.relpath(K8S, folder)
    lines = ["namespace: readerai", f"resources: [{base}/base]", "components:"]
    lines += [f"  - {base}/components/{name}" for name in names]
    (folder / "kustomization.yaml").write_text("\n".join(lines))
    return kubectl.build(folder)


def test_nginx_may_take_haproxys_place(tmp_path):
    [ingress] = of_kind(with_components(tmp_path, "ingress-nginx"), "Ingress").values()
    kubernetes_validate.validate(ingress, OLDEST, strict=True)
    notes = ingress["metadata"]["annotations"]
    assert int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"]) > hub._SILENCE_SECONDS
    assert notes["nginx.ingress.kubernetes.io/affinity"] == "cookie"


# --- Nothing may do more than it must -------------------------------------------------------


def test_no_pod_is_root_or_writes_where_it_should_not(manifests):
    for name, template in pods(manifests).items():
        spec, secure = template["spec"], container(template)["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert secure["readOnlyRootFilesystem"] is True, name
        assert secure["allowPrivilegeEscalation"] is False, name
        assert secure["capabilities"] == {"drop": ["ALL"]}, name


def test_our_pods_are_who_the_image_says(manifests):
    [user] = re.findall(r"--uid (\d+)", (PROJECT / "Dockerfile").read_text())
    for name in OURS:
        assert pods(manifests)[name]["spec"]["securityContext"]["runAsUser"] == int(user)


def test_who_is_not_named_reaches_nobody(manifests):
    policies = of_kind(manifests, "NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, policy in policies.items():
        for rule in policy["spec"].get("ingress", ()):
            assert rule["from"] and rule["ports"], name


def test_every_pod_says_what_it_takes_and_none_is_throttled(manifests):
    for name, template in pods(manifests).items():
        resources = container(template)["resources"]
        assert set(resources["requests"]) == {"cpu", "memory"}, name
        assert set(resources["limits"]) == {"memory"}, name
        assert quantity(resources["requests"]["memory"]) <= quantity(resources["limits"]["memory"])


def test_pods_of_one_kind_stand_apart(manifests):
    for name in OURS:
        spread = pods(manifests)[name]["spec"]["topologySpreadConstraints"]
        assert [each["topologyKey"] for each in spread] == [
            "topology.kubernetes.io/zone",
            "kubernetes.io/hostname",
        ]


def test_no_manifest_holds_a_secret(built):
    known = {demo.TEACHER.password, demo.HEAD.password, demo.ADMIN.password, demo.CLASS_CODE}
    for manifests in built.values():
        assert not of_kind(manifests, "Secret")
        assert not {name for name in settings(manifests) if re.search("KEY|PASSWORD|SECRET|TOKEN", name)}
        for text in texts(manifests):
            assert text not in known
            assert not re.search(r"://[^/\s]*:[^/\s]*@", text), text
    assert re.findall(r"^\w+=(.+)$", (K8S / "secrets.env.example").read_text(), re.MULTILINE) == []


def test_redis_never_evicts_and_its_live_sessions_are_a_cluster(built):
    stores = of_kind(built["overlays/onprem"], "StatefulSet")
    commands = {name: container(store["spec"]["template"])["args"][0] for name, store in stores.items()}
    assert set(commands) == {"valkey-state", "valkey-broker", "valkey-channels"}
    for name, command in commands.items():
        assert "--maxmemory-policy noeviction" in command, name
        assert ("--cluster-enabled yes" in command) == (name == "valkey-state")
    assert stores["valkey-state"]["spec"]["replicas"] == 6


# --- They steer by what was measured --------------------------------------------------------


def steering(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Return how each Deployment is steered: bounds, targets by what is measured, behaviour."""
    found = {}
    for name, manifest in of_kind(manifests, "HorizontalPodAutoscaler").items():
        spec, targets = manifest["spec"], {}
        for metric in spec["metrics"]:
            if metric["type"] == "Resource":
                targets["cpu"] = metric["resource"]["target"]["averageUtilization"]
            else:
                targets[metric["pods"]["metric"]["name"]] = int(metric["pods"]["target"]["averageValue"])
        bounds = spec["minReplicas"], spec["maxReplicas"]
        found[name] = {"bounds": bounds, "targets": targets, "behavior": spec.get("behavior")}
    for name, manifest in of_kind(manifests, "ScaledObject").items():
        spec, targets = manifest["spec"], {}
        for trigger in spec["triggers"]:
            if trigger["type"] == "cpu":
                targets["cpu"] = int(trigger["metadata"]["value"])
            elif trigger["type"] == "prometheus":
                query = trigger["metadata"]["query"]
                [metric] = re.findall(r"\((\w+)\{", query)
                soon = " soon" if query.startswith("predict_linear") else ""
                targets[metric + soon] = int(trigger["metadata"]["threshold"])
        advanced = spec.get("advanced", {}).get("horizontalPodAutoscalerConfig", {})
        bounds = spec["minReplicaCount"], spec["maxReplicaCount"]
        found[name] = {"bounds": bounds, "targets": targets, "behavior": advanced.get("behavior")}
    return found


def floors(manifests: list[Manifest], name: str) -> list[Manifest]:
    """Return the hours for which pods are there ahead."""
    triggers = of_kind(manifests, "ScaledObject")[name]["spec"]["triggers"]
    return [trigger["metadata"] for trigger in triggers if trigger["type"] == "cron"]


def test_nothing_is_steered_twice(manifests):
    steerers = [
        each["spec"]["scaleTargetRef"]["name"]
        for each in manifests
        if each["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")
    ]
    assert sorted(steerers) == sorted(STEERED)
    for name in STEERED:
        assert "replicas" not in of_kind(manifests, "Deployment")[name]["spec"]


def test_keda_steers_as_the_base_does_and_adds_queues_and_what_will_be(built):
    base = steering(built["base"])
    for name in OVERLAYS:
        for deployment, rules in steering(built[name]).items():
            queue = rules["targets"].pop("message_queue_depth", None)
            soon = rules["targets"].pop("websocket_connections soon", None)
            assert rules == base[deployment]
            assert (queue is not None) == (deployment != "websocket-server")
            assert (soon is not None) == (deployment == "websocket-server")


def test_sqs_may_take_the_brokers_place(tmp_path):
    with_sqs = with_components(tmp_path, "keda", "sqs")
    for each in of_kind(with_sqs, "ScaledObject", "TriggerAuthentication").values():
        custom_resources.validate(each)
    asked = of_kind(with_sqs, "ScaledObject")
    prefix = redis_roles.broker("sqs://")[1]["queue_name_prefix"]
    for name, queue in {"llm-worker": "llm", "tts-worker": "tts"}.items():
        [trigger] = [each for each in asked[name]["spec"]["triggers"] if each["type"] == "aws-sqs-queue"]
        assert trigger["metadata"]["queueURL"].endswith(f"/{prefix}{queue}")
        assert "message_queue_depth" not in str(asked[name])


def test_web_servers_come_fast_and_go_slowly(built):
    behavior = steering(built["base"])["websocket-server"]["behavior"]
    up, down = behavior["scaleUp"], behavior["scaleDown"]
    assert up["stabilizationWindowSeconds"] == 0
    assert {"type": "Percent", "value": 100, "periodSeconds": 30} in up["policies"]
    assert down["stabilizationWindowSeconds"] >= 600
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]


def figure(name: str) -> float:
    """Return what docs/performance.md measured for uvicorn with MessagePack."""
    page = (PROJECT / "docs" / "performance.md").read_text()
    [found] = re.findall(rf"^\| {re.escape(name)} \| ([\d.]+)", page, re.MULTILINE)
    return float(found)


def test_a_web_server_asks_for_what_its_children_were_measured_to_take(built):
    resources = container(pods(built["base"])["websocket-server"])["resources"]
    rules = steering(built["base"])["websocket-server"]
    children = rules["targets"]["websocket_connections"]
    assert children == 0.7 * int(documented()["WEB_CONNECTIONS_TARGET"])  # measured on one process
    reading = children * figure("the same with questions and drops (µs)") / 1e6
    coming = children / 60 * figure("server CPU per connect + HELLO + restore (µs)") / 1e6
    asked = quantity(resources["requests"]["cpu"])
    # All that come within a minute and read leave room; they are what servers are added by, before CPU is.
    assert reading + coming < rules["targets"]["cpu"] / 100 * asked < 2 * (reading + coming)
    with_all = 101e6 + 5000 * 1024 * figure("memory per live session, after reading (KB)")
    assert with_all < quantity(resources["requests"]["memory"])


def test_a_worker_whose_threads_are_all_taken_counts_as_busy(built):
    asked = quantity(container(pods(built["base"])["llm-worker"])["resources"]["requests"]["cpu"])
    taken = processes.LLM_THREADS * Measured().worker_answer_cpu / 1e6 / Mix().model_seconds
    target = steering(built["base"])["llm-worker"]["targets"]["cpu"] / 100 * asked
    assert taken > (1 + TOLERANCE) * target  # nothing is added within it


def at_once(name: str) -> int:
    """Return for how many children an overlay's floors are meant, as docs/kubernetes.md says."""
    [children] = re.findall(rf"^\| `{name}` \| ([\d,]+) \|", PAGE, re.MULTILINE)
    return int(children.replace(",", ""))


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_morning_rush_finds_servers_and_workers_there(built, name):
    children = at_once(name)
    target = steering(built[name])["websocket-server"]["targets"]["websocket_connections"]
    talking = children / 300 * 3  # each asks every five minutes, and a model takes three seconds
    wanted = {
        "websocket-server": math.ceil(children / target) + 1,  # one may die
        "llm-worker": math.ceil(talking / processes.LLM_THREADS) + 1,
    }
    for deployment, pods_there in wanted.items():
        rush, afternoon = floors(built[name], deployment)
        assert int(rush["desiredReplicas"]) == pods_there
        assert int(afternoon["desiredReplicas"]) <= pods_there
        assert of_kind(built[name], "ScaledObject")[deployment]["spec"]["fallback"] == {
            "failureThreshold": 3, "replicas": pods_there, "behavior": "currentReplicasIfHigher",
        }  # fmt: skip


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_floors_begin_before_the_bell_and_rest_at_lunch_and_at_night(built, name):
    for deployment in ("websocket-server", "llm-worker"):
        rush, afternoon = (
            (crontab.from_string(each["start"]), crontab.from_string(each["end"]))
            for each in floors(built[name], deployment)
        )
        begins, lunch, goes_on, ends = (
            min(when.hour) * 60 + min(when.minute) for when in (*rush, *afternoon)
        )
        assert 7 * 60 + 30 <= begins < 8 * 60 - 10
        assert lunch < 12 * 60 < goes_on < 13 * 60 < ends
        assert all(when.day_of_week == {1, 2, 3, 4, 5} for when in (*rush, *afternoon))


def test_a_region_has_its_own_hours_hosts_and_bucket(built):
    region, aws = built["overlays/region-eu"], built["overlays/aws"]
    zone = settings(region)["TIME_ZONE"]
    assert ZoneInfo(zone)
    for deployment in ("websocket-server", "llm-worker"):
        assert {each["timezone"] for each in floors(region, deployment)} == {zone}
    for name in ("ALLOWED_HOSTS", "SITE_URL", "CSRF_TRUSTED_ORIGINS", "MEDIA_BUCKET"):
        assert settings(region)[name] != settings(aws)[name]


def test_an_overlay_answers_to_the_host_that_its_ingress_takes(overlay):
    [ingress] = of_kind(overlay, "Ingress").values()
    hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
    assert hosts == {settings(overlay)["ALLOWED_HOSTS"]}
    assert {f"https://{host}" for host in hosts} == {settings(overlay)["SITE_URL"]}


def test_the_page_names_every_folder():
    for folder in [*(K8S / "components").iterdir(), *(K8S / "overlays").iterdir(), K8S / "base"]:
        assert f"k8s/{folder.relative_to(K8S)}" in PAGE
