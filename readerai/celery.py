"""The Celery application: queues `llm` (answers), `tts` (narration) and `upkeep` (what beat sends)."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import beat_init, celeryd_after_setup, worker_init
from kombu import Connection
from kombu.transport import redis as redis_transport

from readerai.liveness import WatchedWorker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")


class PatientQoS(redis_transport.QoS):
    """Leaves unacknowledged jobs where they are when the connection they came by has gone.

    kombu 5.7 asks such a connection's transport, which was taken away, for a way to Redis: a broker that
    restarts while a job runs would end the worker for good ("'NoneType' object has no attribute
    'hostname'"). Redis hands those jobs out again when their visibility timeout is over.
    """

    @property
    def _connected(self) -> bool:
        transport = self.channel.connection
        return transport is not None and transport.client is not None

    def restore_unacked_once(self, stderr=None) -> None:
        """Give jobs back at shutdown."""
        if self._connected:
            super().restore_unacked_once(stderr)

    def ack(self, delivery_tag: str) -> None:
        """Tell the broker that a job is done."""
        if self._connected:
            super().ack(delivery_tag)


_new_client = redis_transport.Channel._create_client


def _client(channel: redis_transport.Channel, asynchronous: bool = False) -> Any:
    """Return the channel's client, the same each time.

    kombu makes a new one for each job that is handed out or ended: a quarter of what that takes.
    """
    if asynchronous:
        return _new_client(channel, asynchronous=True)
    kept = channel.__dict__.get("_kept_client")
    if kept is None or kept.connection_pool is not channel.pool:  # the pool is made anew after a loss
        kept = channel._kept_client = _new_client(channel)
    return kept


redis_transport.Channel.QoS = PatientQoS
redis_transport.Channel._create_client = _client


class QuickConnection(Connection):
    """Looks every second for a broker that is away; kombu's pauses grow to 30 s, while children wait."""

    def _ensure_connection(
        self, errback=None, max_retries=None, interval_start=1, interval_step=0, *others, **options
    ):
        return super()._ensure_connection(
            errback, max_retries, interval_start, interval_step, *others, **options
        )


class QuickAmqp(AMQP):
    """Celery's way to the broker, by quick connections."""

    Connection = QuickConnection


@worker_init.connect
@beat_init.connect
def refuse_evicting_redis(**_: object) -> None:
    """End a worker or beat before it begins, if what it would work on could vanish."""
    from readerai import checks  # Django has been set up by now

    checks.refuse_evicting_redis()


app = Celery("readerai", amqp=QuickAmqp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WatchedWorker)


@celeryd_after_setup.connect
def jobs_in_hand_go_on(**_: Any) -> None:
    """Keep Celery from saying at each loss of the broker what another version may do then."""
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
