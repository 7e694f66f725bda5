"""The product as production runs it, on this machine: real processes, each of which can be killed by name.

HAProxy before three web processes, two workers that answer, beat, a language model that follows a
script, PostgreSQL, and a Valkey that appends every write to its file.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from readerai import processes
from readerai.env import PROJECT
from readerai.services import Postgres, Valkey, free_port
from tests.haproxy import Proxy

WEBS = ("web1", "web2", "web3")
WORKERS = ("worker1", "worker2")
ANSWER = "That is a good question. The story tells us a little about it. Let us read on and find out!"
FIRST_WORD_SECONDS, BETWEEN_WORDS_SECONDS = 0.4, 0.06  # so an answer takes about 1.5 s

# Nothing else of whoever calls: settings of theirs are not for us.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "HAPROXY")
_MAX_FRAME_BYTES = 65_536


class House:
    """All of it, with its data and logs in `folder`; everything ends with the `with` block.

    `environment` is that of its processes; `proxy` is the door.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.ports = {name: free_port() for name in WEBS}
        self.llm_port = free_port()
        self._settings = dict(settings)
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self.postgres.start()
        self.valkey.start()
        self.environment = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "only-for-proofs",
            "DEBUG": "1",
            "READERAI_VAR": str(self.folder),
            "LLM_BASE_URL": f"http://127.0.0.1:{self.llm_port}/v1",
            "LLM_API_KEY": "scripted",
            "LLM_MODEL": "scripted",
            "ANSWER_CACHE_SECONDS": "0",  # an answer that is kept takes no time in which a server could die
            "QUESTION_SECONDS": "0",  # nor a child who may not ask
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
            **self._settings,
        }
        self._manage("migrate", "--verbosity", "0")
        self._manage("import_books", "sessions/library")
        for name, command in self._all_commands().items():
            self._commands[name] = command
            self.start(name)
        self.proxy = Proxy(list(self.ports.values()), self.folder)

    def _all_commands(self) -> dict[str, list[str]]:
        jobs = processes.workers(schedule=self.folder / "beat")
        model = [sys.executable, "-m", "tests.scripted_llm", "--port", str(self.llm_port), "--answer", ANSWER]
        model += ["--first", str(FIRST_WORD_SECONDS), "--between", str(BETWEEN_WORDS_SECONDS)]
        return {
            "llm": model,
            **{
                name: processes.web(host="127.0.0.1", port=port, max_frame_bytes=_MAX_FRAME_BYTES)
                for name, port in self.ports.items()
            },
            **{
                name: [f"{name}@%h" if part == "llm@%h" else part for part in jobs["worker-llm"]]
                for name in WORKERS
            },
            "beat": jobs["beat"],
        }

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]} failed: {done.stdout + done.stderr}")

    # --- What can be done to a process -----------------------------------------------------------
    def start(self, name: str) -> None:
        """Start a process, or start it again; it goes on writing to its log."""
        with self.log_of(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut would."""
        process = self._running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ask_to_stop(self, name: str) -> None:
        """Send SIGTERM."""
        self._running[name].terminate()

    def freeze(self, name: str) -> None:
        """Let a process hang: its connections stay open and nothing answers."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a process that hangs go on where it was."""
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def runs(self, name: str) -> bool:
        """Tell whether a process is alive."""
        return self._running[name].poll() is None

    def answers_in_progress(self, worker: str) -> int:
        """Return how many answers a worker is getting from the model right now."""
        connections = psutil.Process(self._running[worker].pid).net_connections("tcp")
        return sum(
            connection.status == psutil.CONN_ESTABLISHED and connection.raddr.port == self.llm_port
            for connection in connections
        )

    def log_of(self, name: str) -> Path:
        """Return the file with what a process has printed."""
        return self.folder / f"{name}.log"

    def tracebacks(self) -> dict[str, int]:
        """Return how many tracebacks the processes have printed, by name."""
        counts = {
            name: self.log_of(name).read_text(errors="replace").count("Traceback (most recent call last)")
            for name in self._commands
        }
        return {name: count for name, count in counts.items() if count}

    def stop(self) -> None:
        """End everything; nobody needs a goodbye any more."""
        for name in self._running:
            self.kill(name)
        if hasattr(self, "proxy"):
            self.proxy.stop()
        self.valkey.stop()
        self.postgres.stop()

    def delete(self) -> None:
        """Delete its data and logs."""
        shutil.rmtree(self.folder, ignore_errors=True)
