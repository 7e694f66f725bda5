"""How many jobs wait at the broker is told while the broker tells it, and no old number after that."""

import uuid

import pytest
import redis
from django.conf import settings as configured
from prometheus_client import REGISTRY

from readerai import queues


@pytest.fixture
def names(monkeypatch) -> tuple[str, str]:
    """Two queues that no worker listens to; in the second wait three jobs."""
    names = uuid.uuid4().hex, uuid.uuid4().hex
    monkeypatch.setattr(queues, "NAMES", names)
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


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "sqs://"])
async def test_while_the_broker_does_not_tell_nothing_is_told(names, settings, broker):
    await queues.tell()
    settings.BROKER_URL = broker
    await queues.tell()
    assert told() == {}
