"""The Celery application: queues `llm` (answers, housekeeping) and `tts` (narration)."""

import os

from celery import Celery
from kombu.transport import redis as redis_transport

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


redis_transport.Channel.QoS = PatientQoS

app = Celery("readerai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
