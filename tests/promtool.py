"""`python -m tests.promtool`: print the path of a promtool, getting one where none is found.

Tried in this order: PROMTOOL of the environment, the system's own, and on Debian and its kin the one of the
package `prometheus`, which is unpacked beside this Python: installed, it would start a server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.programs import named_or, print_path

KEPT = Path(sys.prefix) / "promtool"
MEND = "no promtool was found: apt-get install prometheus, or set PROMTOOL=/path/to/promtool"


def find() -> str | None:
    """Return the path of an installed promtool; None when there is none."""
    return named_or("PROMTOOL", "promtool", KEPT)


def install() -> None:
    """Try to get one; whether it worked is for `find` to say. The output goes to stderr."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        update = [["apt-get", "update"]] if os.geteuid() == 0 else []
        for command in (*update, ["apt-get", "download", "prometheus"]):
            print(f"tests: {' '.join(command)}", file=sys.stderr)
            subprocess.run(command, cwd=folder, stdout=sys.stderr)
        for package in folder.glob("prometheus_*.deb"):
            subprocess.run(["dpkg", "-x", package, folder], check=True)
            unfinished = KEPT.with_suffix(f".{os.getpid()}")
            shutil.copy(folder / "usr" / "bin" / "promtool", unfinished)
            unfinished.replace(KEPT)


def program() -> str:
    """Return the path of a promtool. Raises RuntimeError, with the line that mends its absence."""
    path = find()
    if path is None and not os.environ.get("PROMTOOL"):
        install()
        path = find()
    if path is None:
        raise RuntimeError(MEND)
    return path


def main() -> int:
    """Print the path, or the line that mends its absence."""
    return print_path(find, install, chosen_by="PROMTOOL", mend=MEND)


if __name__ == "__main__":
    sys.exit(main())
