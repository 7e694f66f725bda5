"""What the simulated day reads of an overlay is what `kubectl kustomize` makes of it; the rest it refuses."""

import copy

import pytest
import yaml

from readerai.env import PROJECT
from readerai.simulated_day.days import overlays
from readerai.simulated_day.kustomization import FILE, NoRules, build, read
from readerai.simulated_day.rules import read_rules
from tests import kubectl
from tests.manifests import HPA, WEB

K8S = PROJECT / "k8s"
STEERING = ("Deployment", "HorizontalPodAutoscaler", "ScaledObject")


def steering(manifests: list[dict]) -> dict[tuple[str, str], dict]:
    """Return what steers, and who is steered, without names, labels and images, which are not read."""
    found = {}
    for manifest in copy.deepcopy(manifests):
        if manifest["kind"] in STEERING:
            for container in manifest["spec"].get("template", {}).get("spec", {}).get("containers", ()):
                del container["image"]
                container["envFrom"][0]["configMapRef"].pop("name")
            manifest["spec"].get("template", {}).pop("metadata", None)
            found[manifest["kind"], manifest["metadata"]["name"]] = manifest["spec"]
    return found


@pytest.fixture
def willows(tmp_path):
    """Willow School's base, and an overlay beside it whose kustomization is still to be written."""
    base, overlay = tmp_path / "base", tmp_path / "overlay"
    base.mkdir()
    overlay.mkdir()
    (base / "all.yaml").write_text(f"{WEB}---{HPA}")
    (base / FILE).write_text("kind: Kustomization\nresources: [all.yaml]")

    def write(**fields: object):
        (overlay / FILE).write_text(
            yaml.safe_dump({"kind": "Kustomization", "resources": ["../base"], **fields})
        )
        return overlay

    return write


def patch(text: str, **target: str) -> dict[str, list]:
    """Return the field of a kustomization that has one patch."""
    return {"patches": [{"patch": text, "target": target}]}


@pytest.mark.parametrize("name", ["base", *(f"overlays/{overlay}" for overlay in overlays())])
def test_an_overlay_is_read_as_kubectl_makes_it(name):
    ours = steering(build(K8S / name))
    assert ours == steering(kubectl.build(K8S / name))
    assert len(ours) == 4 + 3  # beat is not steered


def test_an_overlays_own_floors_and_time_zone_are_its_rules():
    [region], [plain] = (read_rules([K8S / "overlays" / name]) for name in ("region-eu", "onprem"))
    assert region.name == plain.name == "KEDA"
    assert (
        [floor.replicas for floor in region.floors] == [10, 7] != [floor.replicas for floor in plain.floors]
    )
    assert {str(floor.zone) for floor in region.floors} == {"Europe/Berlin"}


def test_a_patch_adds_replaces_and_removes(willows):
    operations = [
        {"op": "replace", "path": "/spec/maxReplicas", "value": 9},
        {"op": "add", "path": "/spec/metrics/0", "value": {"type": "first"}},
        {"op": "add", "path": "/spec/metrics/-", "value": {"type": "last"}},
        {"op": "remove", "path": "/spec/minReplicas"},
        {"op": "add", "path": "/metadata/a~1b", "value": "c"},
    ]
    patch = {
        "target": {"kind": "Horizontal.*", "name": "websocket-server"},
        "patch": yaml.safe_dump(operations),
    }
    web, hpa = read(willows(patches=[patch]))
    assert (hpa["spec"]["maxReplicas"], hpa["metadata"]["a/b"]) == (9, "c")
    assert [metric["type"] for metric in hpa["spec"]["metrics"]] == ["first", "Resource", "Pods", "last"]
    assert "minReplicas" not in hpa["spec"]
    assert web["kind"] == "Deployment"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"replicas": [{"name": "websocket-server", "count": 3}]}, "not understood here: replicas"),
        (patch("{spec: {maxReplicas: 9}}", kind="H.*"), "the patch of"),
        (patch("[]", labelSelector="a=b"), "the target"),
        (patch("[]"), "the target"),
        (patch("[{op: replace, path: /spec/none, value: 1}]", kind="H.*"),
         "finds nothing at /spec/none of HorizontalPodAutoscaler websocket-server"),
        (patch("[{op: test, path: /spec/maxReplicas, value: 1}]", kind="H.*"), "the operation test"),
        ({"resources": ["nowhere.yaml"]}, "nowhere.yaml cannot be read"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(willows, fields, why):
    with pytest.raises(NoRules, match=why):
        read(willows(**fields))
