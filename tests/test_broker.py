"""The broker: a worker lives on when it restarts under a running job."""

from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from readerai.celery import app
from readerai.services import Valkey, free_port


@pytest.fixture
def broker(tmp_path: Path):
    """A broker of this test's own, which it may kill."""
    valkey = Valkey(tmp_path / "broker", persistent=False)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.mark.parametrize("is_back", [False, True])
def test_a_broker_that_dies_under_a_running_job_does_not_end_the_worker(broker, is_back):
    connection = Connection(broker.url)
    queue = connection.SimpleQueue("llm")
    queue.put("a question")
    job = queue.get(timeout=5)
    broker.kill()
    if is_back:
        broker.start()
    connection.collect()  # what Celery's consumer does when it has lost its connection
    connection.close()
    job.ack()
    job.channel.close()
    job.channel.qos.ack(job.delivery_tag)  # a job that ends after the channel
    job.channel.qos.restore_unacked_once()  # what kombu does at the process's exit


def test_a_broker_that_is_away_is_looked_for_every_second(monkeypatch):
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: None)
    pauses = []
    connection = app.connection_for_read(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(OperationalError):
        connection.ensure_connection(lambda error, seconds: pauses.append(seconds), 30)
    assert set(pauses) == {1}
    assert len(pauses) == 30
