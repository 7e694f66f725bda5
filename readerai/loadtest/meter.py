"""What the server's processes use, seen from outside: CPU and memory of their own (USS)."""

import ipaddress
import socket
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import psutil

from readerai.loadtest.figures import Sample


class NoServer(Exception):
    """No process can be measured; the message says why."""


def on_this_machine(url: str) -> bool:
    """Is the server at a loopback address?"""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    except OSError:
        return False


class Meter:
    """The processes that serve. Raises NoServer where none can be found or one has ended."""

    def __init__(self, pids: Sequence[int]) -> None:
        try:
            self._processes = [psutil.Process(pid) for pid in pids]
        except psutil.Error as error:
            raise NoServer(f"the process to measure is not there: {error}") from None
        self.pids = list(pids)

    @classmethod
    def behind(cls, urls: Sequence[str]) -> "Meter":
        """Return a meter of all processes that listen on the ports of these addresses."""
        if far := [url for url in urls if not on_this_machine(url)]:
            raise NoServer(f"{far[0]} is not on this machine, so what its process uses cannot be seen")
        ports = {urlsplit(url).port or 80 for url in urls}
        try:
            pids = {
                found.pid
                for found in psutil.net_connections("tcp")
                if found.status == psutil.CONN_LISTEN and found.laddr.port in ports and found.pid
            }
        except psutil.AccessDenied:
            raise NoServer("this system shows the owner of a port only to root: name the --pid") from None
        if not pids:
            raise NoServer(
                f"no process of ours listens on port {', '.join(map(str, sorted(ports)))}: name the --pid"
            )
        return cls(sorted(pids))

    def sample(self) -> Sample:
        """Return what the processes have used until now, in sum."""
        cpu, uss = 0.0, 0
        at = time.monotonic()
        try:
            for process in self._processes:
                used = process.cpu_times()
                cpu += used.user + used.system
            uss = sum(process.memory_full_info().uss for process in self._processes)
        except psutil.Error as error:
            raise NoServer(f"the server's process cannot be measured any more: {error}") from None
        return Sample(at, cpu, uss)
