"""Programs that tests need and that may have to be installed first."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path


def named_or(variable: str, *names: str | Path) -> str | None:
    """Return the program that somebody has named by the variable, else the first of these that is there."""
    chosen = os.environ.get(variable)
    return next(filter(None, map(shutil.which, [chosen] if chosen else names)), None)


def print_path(
    find: Callable[[], str | None], install: Callable[[], None], *, chosen_by: str, mend: str
) -> int:
    """Print the program's path, or the line that mends its absence; return the exit status.

    `chosen_by` is the variable by which somebody has named a program: then none is installed.
    """
    path = find()
    if path is None and not os.environ.get(chosen_by):
        install()
        path = find()
    if path is None:
        print(f"tests: {mend}", file=sys.stderr)
        return 1
    print(path)
    return 0


def pip(command: str, *options: str, wheels: Iterable[str]) -> bool:
    """Let pip `install` or `download` wheels, named with version and hash, alone; tell whether it did."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / "wheels.txt"
        named.write_text("\n".join(wheels))
        words = [command, "--quiet", "--no-deps", "--require-hashes", "--requirement", str(named), *options]
        print(f"tests: pip {' '.join(words)}", file=sys.stderr)
        done = subprocess.run([sys.executable, "-m", "pip", *words], stdout=sys.stderr)
        return done.returncode == 0
