"""Whether a worker takes jobs, and beat sends them: they touch ALIVE_FILE while they do.

A process can live while its consumer hangs or has lost its place at the broker, and then children wait. So
a thread of the worker looks from outside: does the consumer's loop turn, and does nothing wait that could
be taken? While the broker itself is away the worker counts as alive: to start it again would help nobody.
"""

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.signals import beat_init, before_task_publish
from celery.worker import state
from django.conf import settings
from kombu.exceptions import ChannelError, OperationalError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5  # between two looks, and two turns of the consumer's loop
# Seconds without a turn of the loop. The consumer needs a second or two to find a broker that has come back.
_LOOP_SECONDS = 30
# Seconds for which jobs may wait while nothing is taken: where there is a place for one, and where every
# place has a job; none takes longer.
_FREE_SECONDS, _FULL_SECONDS = 60, 600


class Watch:
    """What was seen of one worker; times in seconds of one clock."""

    def __init__(self, now: float) -> None:
        self._turned = self._owed_nothing = now
        self._taken = 0

    def turned(self, now: float) -> None:
        """Note that the consumer's loop gets on."""
        self._turned = now

    def takes_jobs(self, now: float, *, waiting: int | None, taken: int, free: bool) -> bool:
        """Tell whether the worker does its work.

        `waiting`: jobs in its queues, None while the broker does not answer; `taken`: all it ever took;
        `free`: is there a place for one more?
        """
        if waiting is None:
            self._turned = now
        if not waiting or taken != self._taken:
            self._owed_nothing, self._taken = now, taken
        patience = _FREE_SECONDS if free else _FULL_SECONDS
        return now - self._turned <= _LOOP_SECONDS and now - self._owed_nothing <= patience


def waiting_jobs(app: Celery, queues: Iterable[str]) -> int | None:
    """Return how many jobs wait in these queues; None: the broker does not answer."""
    with app.connection_for_read() as connection:
        try:
            connection.connect()
            channel = connection.channel()
            return sum(_length(channel, queue) for queue in queues)
        except (OperationalError, *connection.connection_errors):
            return None


def _length(channel: Any, queue: str) -> int:
    try:
        return channel.queue_declare(queue, passive=True).message_count
    except ChannelError:  # to Redis an empty queue is none
        return 0


class WatchedWorker(bootsteps.StartStopStep):
    """Lets a worker watch itself, where ALIVE_FILE is set."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._ended = threading.Event()

    def include_if(self, worker: Any) -> bool:
        """Tell whether somebody wants to know."""
        return bool(settings.ALIVE_FILE)

    def start(self, worker: Any) -> None:
        """Begin to look."""
        watch = Watch(time.monotonic())
        worker.timer.call_repeatedly(LOOK_SECONDS, lambda: watch.turned(time.monotonic()))
        threading.Thread(target=self._look, args=(worker, watch), name="liveness", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Look no more: a worker that ends takes nothing."""
        self._ended.set()

    terminate = stop

    def _look(self, worker: Any, watch: Watch) -> None:
        queues, alive = tuple(worker.app.amqp.queues.consume_from), True
        while True:
            takes_jobs = watch.takes_jobs(
                time.monotonic(),
                waiting=waiting_jobs(worker.app, queues),
                taken=state.all_total_count[0],
                free=len(state.reserved_requests) < worker.pool.limit,
            )
            if takes_jobs:
                Path(settings.ALIVE_FILE).touch()
            elif alive:
                logger.error("this worker takes no jobs: it should be started again")
            alive = takes_jobs
            if self._ended.wait(LOOK_SECONDS):
                return


@beat_init.connect
def watch_beat(**_: object) -> None:
    """Let beat tell of each job that it sends, or tries to: it does so every CHECKPOINT_SECONDS."""
    if settings.ALIVE_FILE:
        before_task_publish.connect(lambda **_: Path(settings.ALIVE_FILE).touch(), weak=False)
