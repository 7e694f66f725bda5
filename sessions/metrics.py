"""What a process tells of its sockets at /metrics."""

import asyncio

from prometheus_client import Gauge

SOCKETS = Gauge("websocket_connections", "Sockets that this process serves, from handshake to goodbye.")
_TASKS = Gauge("asyncio_tasks", "Tasks on the event loop that serves the sockets.")


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Count this loop's tasks whenever somebody asks."""
    _TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))
