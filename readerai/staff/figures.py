"""What is known of servers, queues, answers, Redis and PostgreSQL at this moment."""

import time
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone
from redis.exceptions import RedisError

from readerai import queues as broker_queues
from sessions import redis_clients
from sessions.live.blocking import run
from tutoring.models import Question

ANSWERS_OF = timedelta(minutes=10)
_SECONDS = 2  # a server that takes longer is as good as away


class Answers(NamedTuple):
    """Answers of the last minutes; milliseconds to the first sentence, None where there was none."""

    number: int
    half: int | None  # half of them were quicker
    most: int | None  # 95 of 100 were


class RedisHealth(NamedTuple):
    """One Redis of the live sessions."""

    place: str
    memory: int  # bytes
    limit: int  # bytes; 0: none is set
    clients: int
    commands_a_second: int


class PostgresHealth(NamedTuple):
    """PostgreSQL as this process sees it."""

    round_trip_ms: float
    connections: int
    limit: int


class _Percentiles(models.Aggregate):
    """The median and the 95th percentile, as a list of two numbers."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(models.FloatField())


def answers(user: User) -> Answers:
    """Return how quick the answers were that this grown-up is responsible for."""
    found = Question.objects.visible_to(user).filter(
        asked_at__gt=timezone.now() - ANSWERS_OF, first_sentence_ms__isnull=False
    )
    told = found.aggregate(number=models.Count("pk"), times=_Percentiles("first_sentence_ms"))
    half, most = told["times"] or (None, None)
    return Answers(told["number"], half and round(half), most and round(most))


def queues() -> dict[str, int | None]:
    """Return how many jobs wait in each queue; None where the broker cannot tell."""
    return run(broker_queues.depths()) or dict.fromkeys(broker_queues.NAMES)


def redis_health() -> list[RedisHealth]:
    """Return how the servers of live sessions are; none where they are away."""
    try:
        told = run(redis_clients.info(settings.STATE_REDIS_URL, "everything", seconds=_SECONDS))
    except RedisError:
        return []
    return [
        RedisHealth(
            place,
            info["used_memory"],
            info.get("maxmemory", 0),
            info["connected_clients"],
            info["instantaneous_ops_per_sec"],
        )
        for place, info in told.items()
    ]


def postgres_health() -> PostgresHealth:
    """Return how PostgreSQL is. Raises django.db.Error."""
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " current_setting('max_connections')::int"
        )
        used, limit = cursor.fetchone()
        return PostgresHealth((time.perf_counter() - begun) * 1000, used, limit)
