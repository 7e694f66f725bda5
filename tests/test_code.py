"""The checks of the code itself: linter, types of the pure cores, import contracts."""

import subprocess
import sys

import pytest

from readerai.env import PROJECT


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--quiet"],
        ["mypy"],
        ["importlinter.cli", "lint-imports"],
    ],
    ids=["linter", "types of the pure cores", "import contracts"],
)
def test_the_code_passes_the(command):
    start = [sys.executable, "-m", *command]
    if command[0] == "importlinter.cli":
        start = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(start, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
