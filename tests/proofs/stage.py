"""Where `make bench` measures: servers of its own, and the load test against them."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from readerai import processes
from readerai.env import PROJECT
from readerai.services import TemporaryServices, free_port

READY_SECONDS = 60


class Unsound(Exception):
    """A load test found something lost, doubled or refused."""


class Bench:
    """The environment in which servers are started and the load test is run."""

    def __init__(self, folder: Path, services: TemporaryServices) -> None:
        self.folder = folder
        self.database_url = services.postgres.url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            "DATABASE_URL": services.postgres.url,
            "REDIS_URL": services.valkey.url,
            "SECRET_KEY": "only-for-the-bench",
            "DEBUG": "1",  # static files come from their sources
            "LOG_LEVEL": "WARNING",
            "READERAI_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "readerai.settings",
        }

    def manage(self, *arguments: str) -> str:
        """Run a `manage.py` command; its progress is seen, its output returned."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        if not done.stdout and done.returncode:
            raise SystemExit(f"manage.py {' '.join(arguments)} ended with {done.returncode}")
        return done.stdout

    def loadtest(self, url: str, wire: str, **options: object) -> dict[str, Any]:
        """Run the load test; return its report. Raises Unsound."""
        arguments = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is True]
        for name, value in options.items():
            if value is not True:
                arguments += [f"--{name.replace('_', '-')}", str(value)]
        output = self.manage("loadtest", "--url", url, "--format", wire, "--json", *arguments)
        report = json.loads(output)
        if not report["sound"]:
            raise Unsound(f"something was lost, doubled or refused:\n{output}")
        return report

    @contextlib.contextmanager
    def server(self, kind: str) -> Iterator[str]:
        """One web process; yields its address."""
        port = free_port()
        commands = {
            "uvicorn": processes.web(host="127.0.0.1", port=port, max_frame_bytes=65_536),
            "daphne": [
                *(sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"),
                "readerai.asgi:application",
            ],
        }
        with self.process(kind, commands[kind]) as process:
            _wait_until_served(f"http://127.0.0.1:{port}/sign-in/", process)
            yield f"http://127.0.0.1:{port}"

    @contextlib.contextmanager
    def process(self, name: str, command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product, stopped at the end."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=PROJECT, env={**self.environment, **environment}, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Bench]:
    """PostgreSQL and Valkey of the bench's own, and a database that is ready."""
    with TemporaryServices(folder / "services") as services:
        bench = Bench(folder, services)
        bench.manage("migrate", "--verbosity", "0")
        yield bench


def _wait_until_served(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the server did not start") from None
            time.sleep(0.1)
