"""`python -m tests.haproxy`: print the path of an HAProxy, installing one where none is found.

Tried in this order: HAPROXY of the environment, the system's own, and as root on Debian and its kin, apt.
`Proxy` runs one with the project's own `deploy/haproxy.cfg`.
"""

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from readerai.env import PROJECT
from readerai.services import free_port
from tests.programs import named_or, print_path

CONFIGURATION = PROJECT / "deploy" / "haproxy.cfg"
MEND = "no HAProxy was found: apt-get install haproxy, or set HAPROXY=/path/to/haproxy"
START_SECONDS = 20


def find() -> str | None:
    """Return the path of an installed HAProxy; None when there is none."""
    # Debian puts it where only root's PATH looks.
    return named_or("HAPROXY", "haproxy", "/usr/sbin/haproxy", "/usr/local/sbin/haproxy")


def program() -> str:
    """Return the path of an installed HAProxy. Raises RuntimeError, with the line that mends its absence."""
    path = find()
    if path is None:
        raise RuntimeError(MEND)
    return path


def install() -> None:
    """Try to install one; whether it worked is for `find` to say. The output goes to stderr."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "haproxy"]):
        print(f"tests: {' '.join(command)}", file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def main() -> int:
    """Print the path, or the line that mends its absence."""
    return print_path(find, install, chosen_by="HAPROXY", mend=MEND)


class Proxy:
    """A running HAProxy before the web processes on these loopback ports; its files are in `folder`.

    They are called web1, web2, ... in their order. Raises RuntimeError if it does not find them all ready.
    """

    def __init__(self, ports: Sequence[int], folder: Path) -> None:
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self._commands = folder / "haproxy.socket"
        self._log = folder / "haproxy.log"
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [program(), "-db", "-f", str(CONFIGURATION)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**os.environ, **environment(ports, self.port), "HAPROXY_SOCKET": str(self._commands)},
            )
        self._wait_until_serving(len(ports))

    def log(self) -> str:
        """Return what it has printed so far."""
        return self._log.read_text(errors="replace")

    def servers(self) -> dict[str, dict[str, str]]:
        """Return what it knows of each server, by name: `status`, `scur` (connections now) and the rest."""
        with socket.socket(socket.AF_UNIX) as commands:
            commands.settimeout(5)
            commands.connect(str(self._commands))
            commands.sendall(b"show stat web 4 -1\n")  # 4: servers only
            answer = b""
            while chunk := commands.recv(65_536):
                answer += chunk
        rows = csv.DictReader(answer.decode().removeprefix("# ").splitlines())
        return {row["svname"]: row for row in rows}

    def status(self, name: str) -> str:
        """Return UP, NOLB (it drains) or DOWN, perhaps followed by how many checks are left to the next."""
        return self.servers()[name]["status"]

    def stop(self) -> None:
        """End it at once, as an operator would not."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait_until_serving(self, servers: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                # A server that was never checked counts as up: wait for the first checks' verdict.
                if [row["check_status"] for row in self.servers().values()].count("L7OK") == servers:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"HAProxy does not serve: {self.log()[-2000:]}")
            time.sleep(0.05)


def environment(ports: Sequence[int], listen: int) -> dict[str, str]:
    """Return what the configuration reads: web processes on these ports, itself on `listen`; all loopback."""
    servers = {f"WEB_{number}": f"127.0.0.1:{port}" for number, port in enumerate(ports, 1)}
    return {**servers, "LISTEN": f"127.0.0.1:{listen}"}


if __name__ == "__main__":
    sys.exit(main())
