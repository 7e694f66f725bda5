"""The checks of the code itself: linter, types of the pure cores, import contracts."""

import subprocess
import sys
from pathlib import Path

import pytest

from readerai.env import PROJECT

# Where no cache of mypy's is, as in continuous integration, to make one takes half as long again as to look.
_WITHOUT_CACHE = [] if (PROJECT / ".mypy_cache").exists() else ["--no-incremental"]
COMMANDS = {
    "linter": ["ruff", "check", "--quiet"],
    "formatter": ["ruff", "format", "--check", "--quiet"],
    "types of the pure cores": ["mypy", *_WITHOUT_CACHE],
    "search for weaknesses": [
        "bandit",
        "-q",
        "-c",
        "pyproject.toml",
        "-r",
        "readerai",
        "sessions",
        "tutoring",
    ],
    "import contracts": ["lint-imports"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_code_passes_the(name):
    program, *arguments = COMMANDS[name]
    beside_python = Path(sys.executable).with_name(program)
    done = subprocess.run([beside_python, *arguments], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
