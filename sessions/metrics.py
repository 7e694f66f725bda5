"""What a process tells of its sockets at /metrics."""

import asyncio

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("websocket_connections", "Sockets that this process serves, from handshake to goodbye.")
ACKNOWLEDGED = Histogram(
    "question_acknowledged_seconds",
    "From a question's arrival until it is kept and its acknowledgement on the way to the child.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TOO_OFTEN = Counter(
    "too_often_total",
    "What was refused because it came too often: handshake, connect, frame, question, word.",
    ["what"],
)
_TASKS = Gauge("asyncio_tasks", "Tasks on the event loop that serves the sockets.")


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Count this loop's tasks whenever somebody asks."""
    _TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))
