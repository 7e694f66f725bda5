"""Manifests as `kubectl kustomize` makes them, as far as they steer: without names, labels and images.

It knows what our overlays use: resources, components, patches that delete or are lists of JSON operations.
Anything else is an error, never left out in silence. A test holds it against kubectl.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

FILE = "kustomization.yaml"
# What changes nothing about who is steered by what.
_HARMLESS = {"apiVersion", "kind", "namespace", "labels", "images", "configMapGenerator", "secretGenerator"}
_KNOWN = {*_HARMLESS, "resources", "components", "patches"}
_HINT = "give what `kubectl kustomize` prints as --rules"


class NoRules(Exception):
    """The manifests do not say how servers are added; the message says what is missing."""


def read(path: Path) -> list[Manifest]:
    """Return the manifests of a file, a kustomization, or all files in another folder. Raises NoRules."""
    if not path.is_dir():
        return list(_documents(path))
    if (path / FILE).is_file() and _kustomization(path)["kind"] == "Kustomization":
        return build(path)
    # A component cannot stand alone: it is read beside what it would change.
    return [each for file in sorted(path.glob("*.yaml")) for each in _documents(file)]


def build(folder: Path) -> list[Manifest]:
    """Return the manifests of a kustomization. Raises NoRules."""
    manifests: list[Manifest] = []
    _add(folder, manifests)
    return manifests


def _add(folder: Path, manifests: list[Manifest]) -> None:
    """Add what a kustomization brings; its patches hold for all that is there by then."""
    found = _kustomization(folder)
    if unknown := found.keys() - _KNOWN:
        raise NoRules(f"{folder / FILE} has what is not understood here: {', '.join(unknown)}; {_HINT}")
    for name in found.get("resources", ()):
        if (folder / name).is_dir():
            manifests += build(folder / name)
        else:
            manifests += _documents(folder / name)
    for name in found.get("components", ()):
        _add(folder / name, manifests)
    for patch in found.get("patches", ()):
        text = patch["patch"] if "patch" in patch else (folder / patch["path"]).read_text()
        _apply(yaml.safe_load(text), patch.get("target") or {}, manifests)


def _apply(patch: Any, target: Mapping[str, str], manifests: list[Manifest]) -> None:
    if not target.keys() or target.keys() - {"kind", "name"}:
        raise NoRules(f"the target {dict(target)} of a patch is not understood here; {_HINT}")
    meant = [each for each in manifests if _is_meant(each, target)]
    if isinstance(patch, Mapping) and patch.get("$patch") == "delete":
        manifests[:] = [each for each in manifests if each not in meant]
        return
    if not isinstance(patch, list):
        raise NoRules(f"the patch of {dict(target)} is not understood here; {_HINT}")
    for manifest in meant:
        for operation in patch:
            _operate(manifest, operation)


def _is_meant(manifest: Manifest, target: Mapping[str, str]) -> bool:
    said = {"kind": manifest["kind"], "name": manifest["metadata"]["name"]}
    return all(re.fullmatch(wanted, said[name]) for name, wanted in target.items())


def _operate(manifest: Manifest, operation: Mapping[str, Any]) -> None:
    """Do one operation of a JSON patch (RFC 6902): add, replace or remove."""
    kind, path = operation["op"], operation["path"]
    *parents, last = (step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])
    inside: Any = manifest
    try:
        for step in parents:
            inside = inside[int(step) if isinstance(inside, list) else step]
        if isinstance(inside, list):
            last = len(inside) if last == "-" else int(last)
        if kind != "add":
            inside[last]  # it must be there
        if kind == "remove":
            del inside[last]
        elif kind == "add" and isinstance(inside, list):
            inside.insert(last, copy.deepcopy(operation["value"]))
        elif kind in ("add", "replace"):
            inside[last] = copy.deepcopy(operation["value"])
        else:
            raise NoRules(f"the operation {kind} of a patch is not understood here; {_HINT}")
    except (KeyError, IndexError, ValueError, TypeError):
        name = manifest["metadata"]["name"]
        raise NoRules(f"a patch finds nothing at {path} of {manifest['kind']} {name}") from None


def _kustomization(folder: Path) -> Manifest:
    [only] = _documents(folder / FILE)
    return only


def _documents(file: Path) -> Iterator[Manifest]:
    try:
        documents = list(yaml.safe_load_all(file.read_text()))
    except (OSError, yaml.YAMLError) as error:
        raise NoRules(f"{file} cannot be read: {error}") from None
    yield from (each for each in documents if isinstance(each, dict) and "kind" in each)
