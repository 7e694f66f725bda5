"""How many jobs wait at the broker is told while the broker tells it, and no old number after that.

However many questions wait, what beat sends has its turn.
"""

import uuid
from pathlib import Path

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings as configured
from prometheus_client import REGISTRY

from readerai import processes, queues
from readerai.celery import app as product
from tests.waiting import until
from tutoring import broker as jobs


@pytest.fixture
def names(monkeypatch) -> tuple[str, str]:
    """Two queues that no worker listens to; in the second wait three jobs."""
    names = uuid.uuid4().hex, uuid.uuid4().hex
    monkeypatch.setattr(queues, "NAMES", names)
    monkeypatch.setattr(jobs, "_MANY", 3)
    with redis.Redis.from_url(configured.BROKER_URL) as broker:
        broker.lpush(names[1], "one", "two", "three")
        yield names
        broker.delete(*names)


def told() -> dict[str, float]:
    [family] = [family for family in REGISTRY.collect() if family.name == "message_queue_depth"]
    return {sample.labels["queue"]: sample.value for sample in family.samples}


async def test_each_queue_has_its_number(names):
    await queues.tell()
    assert told() == {names[0]: 0, names[1]: 3}
    assert [jobs.is_long(name) for name in names] == [False, True]


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "sqs://"])
async def test_while_the_broker_does_not_tell_nothing_is_told(names, settings, broker):
    await queues.tell()
    settings.BROKER_URL = broker
    await queues.tell()
    assert told() == {}
    assert not jobs.is_long(names[1])


def queue_of(task: str) -> str:
    """Return the queue that a job goes to."""
    return product.amqp.router.route({}, task)["queue"].name


async def test_questions_that_wait_keep_nothing_waiting_that_beat_sends():
    done: list[str] = []
    app = Celery("upkeep", broker=configured.BROKER_URL, set_as_current=False)

    @app.task(name="note", shared=False, ignore_result=True)
    def note(name: str) -> None:
        done.append(name)

    command = processes.workers(schedule=Path("beat"))["worker-llm"]
    listened_to = command[command.index("-Q") + 1].split(",")
    question = "tutoring.tasks.answer_question"
    sent = [entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()]
    with redis.Redis.from_url(configured.BROKER_URL) as broker:
        broker.delete(*listened_to)
    for name in (*[question] * 100, *sent):
        note.apply_async([name], queue=queue_of(name))
    with start_worker(app, pool="threads", concurrency=1, perform_ping_check=False, queues=listened_to):
        await until(lambda: len(done) == 100 + len(sent), within=30)
    assert set(sent) <= set(done[: 3 * len(sent)])
