"""The whole product, started as `make run` starts it, for journeys through it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from readerai import env
from readerai.services import free_port
from tests.scripted_llm import ScriptedLlm

# What this test run's own servers are called must not reach the product: it starts its own.
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "DEMO", "PORT", "DJANGO_SETTINGS_MODULE")
# Narrating all that are shipped would take a minute.
STORIES = ("button-goes-up", "the-moon-came-too")
READY_SECONDS = 300  # a machine with much else to do takes two minutes
STOP_SECONDS = 40


class Run:
    """One `python -m readerai.run` with its data in a folder of its own: `var`, a short path, for sockets."""

    def __init__(self, var: Path, *, port: int | None = None, **environment: str) -> None:
        self.var = var
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in NOT_INHERITED},
            "PORT": str(self.port),
            "READERAI_VAR": str(var),
            **environment,
        }
        descriptor, name = tempfile.mkstemp(prefix="readerai-", suffix=".log")
        self._output = Path(name)
        with os.fdopen(descriptor, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "readerai.run"],
                cwd=env.PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def output(self) -> str:
        """Return what has been printed so far."""
        return self._output.read_text(errors="replace")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `manage.py` command beside it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=env.PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def wait_until_ready(self) -> None:
        """Return once it has said that it is ready."""
        self.wait_for("Stop       Ctrl-C")

    def wait_for(self, text: str) -> None:
        """Return once this has been printed."""
        deadline = time.monotonic() + READY_SECONDS
        while text not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)

    def answers(self) -> bool:
        """Tell whether the web server answers."""
        try:
            urllib.request.urlopen(f"{self.url}/sign-in/", timeout=10).close()
        except urllib.error.URLError:
            return False
        return True

    def processes(self) -> list[psutil.Process]:
        """Return every process that belongs to it: its descendants, and whoever else holds its folder."""
        found = {}
        for process in psutil.process_iter():
            try:
                belongs = (
                    process.environ().get("READERAI_VAR") == str(self.var)
                    or str(self.var) in " ".join(process.cmdline())
                    or process.cwd().startswith(str(self.var))
                )
            except psutil.Error:
                continue
            if belongs and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = process
        return list(found.values())

    def runs(self, argument: str) -> list[psutil.Process]:
        """Return its processes that have this argument in their command line."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # it may end while we look at it
                if argument in process.cmdline():
                    found.append(process)
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def destroy(self) -> None:
        """Leave nothing, whatever happened."""
        for process in self.processes():
            process.kill()
        self.process.wait()
        self._output.unlink(missing_ok=True)
        shutil.rmtree(self.var, ignore_errors=True)


class Product(Run):
    """A running product with the demo school, which logs all it ever would.

    `llm` is the model that its tutor asks, `worker_metrics` where the tutor tells its metrics.
    """

    llm: ScriptedLlm
    worker_metrics: str


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """One product for the whole test run; stopping it must leave no process behind."""
    with ScriptedLlm() as llm:
        var = Path(tempfile.mkdtemp(prefix="readerai-"))
        # What one test's child was answered is not said to another's, who has a script of its own.
        settings = {"LLM_BASE_URL": llm.url, "LLM_API_KEY": "scripted", "LLM_MODEL": "scripted"}
        metrics = free_port()
        stories = Path(tempfile.mkdtemp(prefix="readerai-stories-"))
        for name in STORIES:
            for kind in ("md", "svg"):
                shutil.copy(env.PROJECT / "sessions" / "library" / f"{name}.{kind}", stories)
        running = Product(
            var,
            ANSWER_CACHE_SECONDS="0",
            LOG_LEVEL="DEBUG",
            STORIES_FOLDER=str(stories),
            WORKER_METRICS_PORT=str(metrics),
            **settings,
        )
        running.llm, running.worker_metrics = llm, f"http://127.0.0.1:{metrics}/metrics"
        try:
            running.wait_until_ready()
            yield running
            assert running.stop() == 0, running.output()
            assert running.processes() == []
            assert "Traceback" not in running.output(), running.output()
        finally:
            running.destroy()
            shutil.rmtree(stories)
