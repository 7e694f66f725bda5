"""The application behind real servers, as processes: uvicorn and daphne.

They share this run's Redis, but have a database without a single table: whatever they do,
they do without SQL.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from readerai.services import free_port

COMMANDS = {
    "uvicorn": ["uvicorn", "readerai.asgi:application", "--host", "127.0.0.1", "--port", "{port}",
                "--http", "readerai.websocket.http:HttpProtocol", "--timeout-graceful-shutdown", "1",
                "--no-access-log", "--log-level", "warning"],
    "daphne": ["daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0", "readerai.asgi:application"],
}  # fmt: skip


class Server:
    """One server process; `url` begins with ws://, `log()` is what it has printed."""

    def __init__(self, name: str, log: str, **environment: str) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self._log = log
        with open(log, "wb") as output:  # noqa: PTH123
            self.process = subprocess.Popen(
                [sys.executable, "-m", *(part.format(port=self.port) for part in COMMANDS[name])],
                stdout=output,
                stderr=output,
                env={**os.environ, "OUTBOX_SWEEP_MS": "300", "PROGRESS_FLUSH_MS": "50", **environment},
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.05)

    def log(self) -> str:
        """Return what the server has printed so far."""
        with open(self._log, errors="replace") as file:  # noqa: PTH123
            return file.read()

    def stop(self) -> None:
        """End the process as an operator would."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session", params=sorted(COMMANDS))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each server that the product supports, in turn."""
    running = Server(request.param, str(tmp_path_factory.mktemp("server") / f"{request.param}.log"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
