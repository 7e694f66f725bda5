"""`python -m tests.custom_resources`: print where the schemas of KEDA's and Prometheus's manifests are.

They are made once, by a process of its own, from models of these resources that are published as wheels,
and kept beside this Python. The wheels are thrown away: they would bring along a pytest plugin.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from tests.programs import pip, print_path

WHEELS = (
    "cloudcoil==0.6.0 --hash=sha256:91793dea2e86ad292af143c5d335ce2e5d27dfbe66fd4b945c2f069224cf7698",
    "cloudcoil.models.keda==2.16.1.0 "
    "--hash=sha256:9ec4a118def872b68216d9057ef386701b32fcb0ec2173f49c6214d309176b46",
    "cloudcoil.models.prometheus_operator==0.80.1.0 "
    "--hash=sha256:a139a60cc0114caace847a34275d7a7cd899ec2dad4120504d8e1cf6a8de0270",
)
MEND = "the schemas of custom resources are missing: run `python -m tests.custom_resources`"
PRINT_SCHEMAS = """
import json
from cloudcoil.models.keda.v1alpha1 import ScaledObject, TriggerAuthentication
from cloudcoil.models.prometheus_operator.v1 import PodMonitor, PrometheusRule, ServiceMonitor
models = ScaledObject, TriggerAuthentication, PodMonitor, PrometheusRule, ServiceMonitor
print(json.dumps({model.__name__: model.model_json_schema() for model in models}))
"""
_MADE_BY = hashlib.sha256("".join((*WHEELS, PRINT_SCHEMAS)).encode()).hexdigest()[:8]
KEPT = Path(sys.prefix) / f"custom_resources-{_MADE_BY}.json"


def find() -> str | None:
    """Return where the schemas are; None when they are not there."""
    chosen = os.environ.get("CUSTOM_RESOURCES")
    path = Path(chosen) if chosen else KEPT
    return str(path) if path.is_file() else None


def install() -> None:
    """Try to make them; whether it worked is for `find` to say. The output goes to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        if not pip("install", "--target", folder, wheels=WHEELS):
            return
        printed = subprocess.run(
            [sys.executable, "-c", PRINT_SCHEMAS],
            env={**os.environ, "PYTHONPATH": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
    if printed.returncode == 0:
        unfinished = KEPT.with_suffix(".part")
        unfinished.write_text(printed.stdout)
        unfinished.replace(KEPT)


@cache
def schemas() -> dict[str, Any]:
    """Return the schemas by kind, which allow no field that they do not name. Raises RuntimeError."""
    path = find()
    if path is None:
        raise RuntimeError(MEND)
    found = json.loads(Path(path).read_text())
    # Since KEDA 2.17, which is newer than the models.
    found["ScaledObject"]["$defs"]["Fallback"]["properties"]["behavior"] = {
        "enum": ["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"]
    }
    _close(found)
    return found


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            schema.setdefault("additionalProperties", False)
        if isinstance(schema.get("pattern"), str):  # Go has the flag behind the start, Python before it
            schema["pattern"] = schema["pattern"].replace("^(?i)", "(?i)^")
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)


def validate(manifest: dict[str, Any]) -> None:
    """Hold a manifest against its kind's schema. Raises ValidationError, KeyError (no such kind)."""
    _validator(manifest["kind"]).validate(manifest)


@cache
def _validator(kind: str) -> Any:
    schema = schemas()[kind]
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def main() -> int:
    """Print the path, or the line that mends its absence."""
    return print_path(find, install, chosen_by="CUSTOM_RESOURCES", mend=MEND)


if __name__ == "__main__":
    sys.exit(main())
