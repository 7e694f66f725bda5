"""Watches the product's processes, Redis and PostgreSQL: what was used between any two moments."""

import bisect
import contextlib
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil
import psycopg
from redis import Redis


@dataclass(frozen=True)
class Moment:
    """What had been used until `at` (seconds of CLOCK_MONOTONIC).

    CPU is in seconds and memory (USS) in bytes, by process; Redis counts commands and holds bytes of data.
    """

    at: float
    cpu: dict[str, float]
    memory: dict[str, int]
    redis_commands: int
    redis_memory: int
    wal_bytes: int
    idle: float  # seconds of all the machine's cores


@dataclass(frozen=True)
class Use:
    """What was used between two moments."""

    seconds: float
    cpu: dict[str, float]
    redis_commands: int
    wal_bytes: int
    idle: float


class Recorder:
    """Looks every so many seconds for as long as the `with` block lasts; `url` is where children go.

    `pids` names our own processes; Redis and PostgreSQL are found behind their addresses, as "redis" and
    "postgres".
    """

    def __init__(
        self, pids: dict[str, int], database_url: str, redis_url: str, url: str, every: float = 0.5
    ) -> None:
        self.url = url
        self._every = every
        self._database = psycopg.connect(database_url, autocommit=True)
        self._redis = Redis.from_url(redis_url)
        backend = self._database.execute("SELECT pg_backend_pid()").fetchone()[0]
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._processes["postgres"] = psutil.Process(backend).parent()
        self._processes["redis"] = psutil.Process(self._redis.info("server")["process_id"])
        # Process -> the CPU of each of its family that has been seen: backends of PostgreSQL come and go.
        self._family: dict[str, dict[int, float]] = {name: {} for name in self._processes}
        self._moments: list[Moment] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._moments.append(self._look())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._database.close()
        self._redis.close()

    @property
    def first(self) -> Moment:
        """Return what was seen at the beginning."""
        return self._moments[0]

    @property
    def last(self) -> Moment:
        """Return what was seen last."""
        return self._moments[-1]

    def at(self, when: float) -> Moment:
        """Return what was seen last by then."""
        place = bisect.bisect_right([moment.at for moment in self._moments], when)
        return self._moments[max(0, place - 1)]

    def between(self, begun: float, ended: float) -> Use:
        """Return what was used meanwhile: from the last look before it to the first one after it."""
        first = self.at(begun)
        after = bisect.bisect_left([moment.at for moment in self._moments], ended)
        last = self._moments[min(after, len(self._moments) - 1)]
        return Use(
            last.at - first.at,
            {name: last.cpu[name] - first.cpu[name] for name in last.cpu},
            last.redis_commands - first.redis_commands,
            last.wal_bytes - first.wal_bytes,
            last.idle - first.idle,
        )

    def _watch(self) -> None:
        while not self._stopping.wait(self._every):
            self._moments.append(self._look())
        self._moments.append(self._look())  # what was measured last may have ended since

    def _look(self) -> Moment:
        info = self._redis.info()
        wal = self._database.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()[0]
        return Moment(
            time.monotonic(),
            {name: self._cpu(name) for name in self._processes},
            {name: process.memory_full_info().uss for name, process in self._processes.items()},
            info["total_commands_processed"],
            info["used_memory"],
            int(wal),
            psutil.cpu_times().idle,
        )

    def _cpu(self, name: str) -> float:
        """Return the CPU of a process and of all that it has started."""
        process, family = self._processes[name], self._family[name]
        for member in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                used = member.cpu_times()
                family[member.pid] = used.user + used.system
        return sum(family.values())
