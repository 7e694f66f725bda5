"""What a process tells of its sockets at /metrics.

A frame while reading costs a few microseconds in all: nothing here is counted for each of them, only for each
batch of positions, each message to a child and each socket.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from functools import cache

from prometheus_client import Counter, Gauge, Histogram

from sessions import limits
from sessions.protocol import CloseCode, Outcome

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)  # seconds

_CONNECTIONS = Gauge(
    "websocket_connections", "Sockets that this process serves, from handshake to goodbye.", ["server"]
)
_TARGET = Gauge("websocket_connections_target", "Sockets that this process is meant for.")
_HANDSHAKES = Gauge("websocket_handshakes_in_flight", "Sockets whose session is not restored yet.")
_HANDSHAKES.set_function(lambda: limits.arriving.taken)
_CLOSES = Counter(
    "websocket_closes",
    "Sockets that ended, by the code of the first who closed; other: a code of nobody we know.",
    ["code"],
)
DRAINING = Gauge("websocket_draining", "1 from the first moment of this process's drain.")
DRAIN_REMAINING = Gauge("websocket_drain_remaining", "Sockets that the drain has not let go of yet.")
MEMORY_ALONE = Gauge("websocket_memory_alone_bytes", "Memory of this process before the first child came.")

_RESUMES = Counter("session_resumes", "Sessions restored, by what the client got back.", ["outcome"])
RESTORE = Histogram(
    "session_restore_seconds", "From HELLO to the restored session on its way to the child.", buckets=_QUICK
)
WAKE_LAG = Histogram(
    "wake_lag_seconds",
    "From a message's publication by a worker to the process that serves its child, by their two clocks.",
    buckets=_QUICK,
)
ACKNOWLEDGED = Histogram(
    "question_acknowledged_seconds",
    "From a question's arrival until it is kept and its acknowledgement on the way to the child.",
    buckets=_QUICK,
)
TOO_OFTEN = Counter(
    "too_often_total",
    "What was refused because it came too often: handshake, connect, frame, question, word.",
    ["what"],
)
TOLD = Counter("positions_told", "Positions that clients have told.")
WRITTEN = Counter("positions_written", "Positions written to Redis; those told between two writes are not.")
RESCUED = Counter(
    "questions_rescued",
    "Questions that no worker has had (open), whose worker died (orphaned), that nobody ended in time "
    "(expired), or that ended before a worker had looked at them (unseen).",
    ["verdict"],
)  # fmt: skip
OLDEST_LEASE = Gauge("answer_oldest_lease_seconds", "For how long this worker has had its oldest question.")
_TASKS = Gauge("asyncio_tasks", "Tasks on the event loop that serves the sockets.")

# Found once: a look for a label costs more than to count.
_resumes = {outcome: _RESUMES.labels(outcome.value) for outcome in Outcome}
# Ours, and those of RFC 6455 that a browser sends or that stand for a connection that broke (1006).
_closes = {int(code): _CLOSES.labels(str(int(code))) for code in (*CloseCode, 1000, 1001, 1005, 1006)}
_other_close = _CLOSES.labels("other")


def server_name() -> str:
    """Return this process's name for people: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


@cache
def connections() -> Gauge:
    """Return this process's gauge of sockets; in workers, which serve none, there is no such sample."""
    return _CONNECTIONS.labels(server_name())


def serve_sockets(target: int) -> None:
    """Tell from now on that this process serves sockets, and for how many it is meant."""
    connections()
    _TARGET.set(target)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Count this loop's tasks whenever somebody asks."""
    _TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))


def count_resume(outcome: Outcome, seconds: float) -> None:
    """Count a session that was restored within so many seconds."""
    _resumes[outcome].inc()
    RESTORE.observe(seconds)


def count_close(code: int) -> None:
    """Count a socket that has ended."""
    _closes.get(code, _other_close).inc()


def drain(remaining: Callable[[], int]) -> None:
    """Tell of the drain that begins now; `remaining` says how many sockets it still has."""
    _TARGET.set(0)  # there is no room any more
    DRAINING.set(1)
    DRAIN_REMAINING.set_function(remaining)
