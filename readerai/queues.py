"""How many jobs wait at the broker: for the page of capacity, and every few seconds for /metrics."""

import asyncio
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from prometheus_client import Gauge
from redis.exceptions import RedisError

from readerai import redis_roles
from sessions import redis_clients
from sessions.background import in_background
from tutoring import broker

NAMES = ("llm", "tts", "upkeep")

_SECONDS = 2  # a broker that takes longer is as good as away
_EVERY_SECONDS = 5

DEPTH = Gauge(
    "message_queue_depth",
    "Jobs that wait at the broker; every web process tells the same, and none while the broker does not.",
    ["queue"],
)


async def depths() -> dict[str, int] | None:
    """Return how many jobs wait in each queue; None where the broker cannot tell."""
    if not settings.BROKER_URL.startswith(tuple(f"{scheme}://" for scheme in redis_roles.SCHEMES)):
        return None
    try:
        return dict(zip(NAMES, await _lengths(NAMES), strict=True))
    except (RedisError, OSError):
        return None


async def _lengths(names: Sequence[str]) -> list[int]:
    client: Any = redis_clients.connect(settings.BROKER_URL, connections=1, seconds=_SECONDS)
    try:
        return [await client.llen(name) for name in names]
    finally:
        await client.aclose()


async def tell() -> None:
    """Tell the queues' depths at /metrics; an old number would steer the number of workers wrongly."""
    found = await depths()
    broker.told(found or {})
    if found is None:
        DEPTH.clear()
    else:
        for name, depth in found.items():
            DEPTH.labels(name).set(depth)


def keep_telling() -> None:
    """Tell again and again from now on; call it in an event loop."""
    in_background(_keep_telling())


async def _keep_telling() -> None:
    while True:
        await tell()
        await asyncio.sleep(_EVERY_SECONDS)
