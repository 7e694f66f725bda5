"""The supervisor: children start together, stop together, and are never left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from readerai import supervisor
from readerai.supervisor import Processes, Stop


@pytest.fixture
def stop() -> Iterator[Stop]:
    """A stop nobody has asked for yet; the handlers of the test run come back afterwards."""
    before = {number: signal.getsignal(number) for number in Stop.SIGNALS}
    yield Stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def no_processes(grace: float = supervisor.GRACE_SECONDS) -> Processes:
    """A supervisor without children; made in the test itself, where capsys looks at what is printed."""
    return Processes(folder=Path.cwd(), environment=os.environ, width=5, grace=grace)


@pytest.fixture
def alarm() -> Iterator[Callable[[signal.Signals], None]]:
    """Send this process a signal in a moment."""

    def soon(number: signal.Signals) -> None:
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), number))
        signal.setitimer(signal.ITIMER_REAL, 0.3)

    yield soon
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def wait_for_end(processes: Processes) -> tuple[str, int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if ended := processes.ended():
            return ended
        time.sleep(0.02)
    raise AssertionError("no child ended")


def wait_for_line(capsys: pytest.CaptureFixture[str]) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if printed := capsys.readouterr().out:
            return printed
        time.sleep(0.02)
    raise AssertionError("no line was printed")


def test_a_signal_is_remembered_and_interrupts_nothing(stop):
    assert not stop
    os.kill(os.getpid(), signal.SIGTERM)
    assert stop
    assert stop.times == 1


def test_lines_are_printed_under_the_name_of_the_child(stop, capsys):
    processes = no_processes()
    processes.start("fox", python("print('one'); print(); print('two')"))
    assert wait_for_end(processes) == ("fox", 0)
    processes.stop(stop)
    lines = [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["fox   | one", "fox   | two"]


def test_a_child_that_ends_is_named_with_its_status(stop):
    processes = no_processes()
    processes.start("hare", python("import time; time.sleep(60)"))
    processes.start("fox", python("raise SystemExit(3)"))
    assert wait_for_end(processes) == ("fox", 3)
    processes.stop(stop)


def runs(pid: int) -> bool:
    """Tell whether a process is there and not just waiting to be reaped."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_that_will_not_stop_is_killed_with_its_own_children(stop, capsys):
    processes = no_processes(grace=0.2)
    processes.start(
        "mule",
        python(
            "import signal, subprocess, sys, time\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "foal = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
            "print(foal.pid, flush=True)\n"
            "time.sleep(60)\n"
        ),
    )
    foal = int(wait_for_line(capsys).split("|")[1])
    processes.stop(stop)
    deadline = time.monotonic() + 10  # SIGKILL has been sent; dying takes the kernel a moment
    while runs(foal):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_request_to_stop_does_not_wait(stop, capsys):
    """It comes from the child, as soon as that has been asked the first time."""
    processes = no_processes()
    processes.start(
        "mule",
        python(
            "import os, signal, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getppid(), signal.SIGINT))\n"
            "print(1, flush=True)\n"
            "time.sleep(60)\n"
        ),
    )
    wait_for_line(capsys)
    begun = time.monotonic()
    processes.stop(stop)
    assert time.monotonic() - begun < supervisor.GRACE_SECONDS / 2


def test_a_step_returns_its_status(stop):
    processes = no_processes()
    assert processes.run(python("raise SystemExit(4)"), stop) == 4


def test_a_step_is_ended_by_a_stop(stop, alarm):
    processes = no_processes()
    alarm(signal.SIGTERM)
    assert processes.run(python("import time; time.sleep(60)"), stop) is None
