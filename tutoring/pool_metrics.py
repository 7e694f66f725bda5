"""Speech that is voiced in a process of Celery's prefork pool is counted by the worker it belongs to.

Each process has counters of its own, and only the worker's can be asked for. So the worker opens a pipe
before it forks, and its processes write into it: each report whole, never mixed with another one's.
"""

import os
import struct
import threading

from celery.signals import worker_init, worker_process_init

from tutoring import metrics

_SPEECH = struct.Struct("=20sid")  # its kind, milliseconds of sound, seconds of work


class Pipe:
    """Where processes of the pool write, and their worker reads."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        threading.Thread(target=self._count, name="pool-metrics", daemon=True).start()

    def report(self, kind: str, audio_ms: int, seconds: float) -> None:
        """Tell the worker of speech, from another process."""
        os.write(self._write, _SPEECH.pack(kind.encode(), audio_ms, seconds))

    def _count(self) -> None:
        with os.fdopen(self._read, "rb") as reports:
            while report := reports.read(_SPEECH.size):
                kind, audio_ms, seconds = _SPEECH.unpack(report)
                metrics.count_speech(kind.rstrip(b"\0").decode(), audio_ms, seconds)


_pipes: list[Pipe] = []


@worker_init.connect
def listen(**_: object) -> None:
    """Open the way, in the worker."""
    _pipes.append(Pipe())


@worker_process_init.connect
def report(**_: object) -> None:
    """Take it, in each process that the worker forks."""
    metrics.report_speech_to(_pipes[-1].report)
