"""The broker: a worker lives on when it restarts under a running job."""

from pathlib import Path

import pytest
from kombu import Connection

import readerai.celery  # noqa: F401
from readerai.services import Valkey


@pytest.fixture
def broker(tmp_path: Path):
    """A broker of this test's own, which it may kill."""
    valkey = Valkey(tmp_path / "broker", persistent=False)
    valkey.start()
    yield valkey
    valkey.stop()


def test_a_broker_that_dies_under_a_running_job_does_not_end_the_worker(broker):
    connection = Connection(broker.url)
    queue = connection.SimpleQueue("llm")
    queue.put("a question")
    job = queue.get(timeout=5)
    broker.kill()
    connection.collect()  # what Celery's consumer does when it has lost its connection
    connection.close()
    job.ack()
