"""The longer proofs can be started as they are documented: with nothing set."""

import os
import subprocess
import sys

from readerai.env import PROJECT

PROOFS = ("bench", "chaos", "costs", "crowd", "fuzz", "soak")


def test_the_proofs_begin_where_nothing_is_set():
    starting = f"from tests.proofs import {', '.join(PROOFS)}"
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", starting], cwd=PROJECT, env=bare, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
