"""Child processes that run together and stop together.

honcho's printer writes their output; its manager is not used, because a stop that arrives while
it starts its children ends in a KeyError and leaves them running.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread
from types import FrameType

from honcho.colour import get_colours
from honcho.printer import Message, Printer

POLL_SECONDS = 0.1
GRACE_SECONDS = 10  # from SIGTERM to SIGKILL, beyond what a child is known to need


class Stop:
    """Remembers that somebody asked us to stop.

    A signal only sets a flag, which is looked at between steps: an exception out of a handler
    could strike between the start of a child and the line that notes it.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.times = 0
        for number in self.SIGNALS:
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.times += 1

    def __bool__(self) -> bool:
        return self.times > 0


class Processes:
    """Named children, each in a session of its own so that a terminal's Ctrl-C reaches only us."""

    def __init__(
        self, *, folder: Path, environment: Mapping[str, str], width: int, grace: float = GRACE_SECONDS
    ) -> None:
        """`grace`: seconds from SIGTERM to SIGKILL."""
        self._folder = folder
        self._grace = grace
        self._environment = dict(environment)
        self._printer = Printer(sys.stdout, width=width)
        self._printing = Lock()
        self._colours = get_colours()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._relays: list[Thread] = []

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child whose lines are printed under its name."""
        child = subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._children[name] = child
        relay = Thread(target=self._relay, args=(name, child, next(self._colours)), daemon=True)
        self._relays.append(relay)
        relay.start()

    def run(self, command: Sequence[str], stop: Stop) -> int | None:
        """Run a child to its end on our own terminal; return its exit status, None when stopped."""
        child = subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        while child.poll() is None:
            if stop:
                _end([child], stop, self._grace)
                return None
            time.sleep(POLL_SECONDS)
        return child.returncode

    def ended(self) -> tuple[str, int] | None:
        """Return the name and exit status of a child that has ended; None while all run."""
        for name, child in self._children.items():
            if (status := child.poll()) is not None:
                return name, status
        return None

    def stop(self, stop: Stop) -> None:
        """End all children and print what they still say; asked twice, at once."""
        _end(list(self._children.values()), stop, self._grace)
        for relay in self._relays:
            relay.join(timeout=2)

    def _relay(self, name: str, child: subprocess.Popen[bytes], colour: str) -> None:
        assert child.stdout is not None
        for line in filter(bytes.strip, child.stdout):
            with self._printing:
                self._printer.write(Message("line", line, datetime.now(), name, colour))


def _end(children: list[subprocess.Popen[bytes]], stop: Stop, grace: float) -> None:
    """Ask each child to end, give it time, then end what is left of its session."""
    asked = stop.times
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + grace
    while any(child.poll() is None for child in children):
        if time.monotonic() > deadline or stop.times > asked:
            break
        time.sleep(POLL_SECONDS)
    for child in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
