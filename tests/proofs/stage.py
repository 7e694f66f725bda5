"""Where `make bench` measures: servers of its own, and the load test against them."""

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

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
                for each in value if isinstance(value, list) else [value]:
                    arguments += [f"--{name.replace('_', '-')}", str(each)]
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
            _wait_until(lambda: _serves(f"http://127.0.0.1:{port}/sign-in/"), process)
            yield f"http://127.0.0.1:{port}"

    @contextlib.contextmanager
    def servers(self, count: int) -> Iterator[tuple[str, list[int]]]:
        """So many web processes on one port, among which the kernel shares out connections (SO_REUSEPORT).

        Yields the address and the processes' ids.
        """
        port = 0  # the first may choose
        with contextlib.ExitStack() as running:
            started = []
            for number in range(count):
                listening = socket.socket()
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                listening.bind(("127.0.0.1", port))
                port = listening.getsockname()[1]
                command = processes.web(host="127.0.0.1", port=port, max_frame_bytes=65_536)
                command += ["--fd", str(listening.fileno())]
                # Ours is closed: connections would be given to a socket that nobody accepts from.
                with listening:
                    started.append(
                        running.enter_context(self.process(f"web-{number}", command, keep=[listening]))
                    )
            for process in started:
                _wait_until(functools.partial(_listens, process), process)
            yield f"http://127.0.0.1:{port}", [process.pid for process in started]

    @contextlib.contextmanager
    def process(
        self, name: str, command: list[str], *, keep: Sequence[socket.socket] = (), **environment: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product, with these sockets of ours, stopped at the end."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
                pass_fds=[kept.fileno() for kept in keep],
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


def _serves(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True


def _listens(process: subprocess.Popen[bytes]) -> bool:
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(connection.status == psutil.CONN_LISTEN for connection in connections)


def _wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("the server did not start")
        time.sleep(0.1)
