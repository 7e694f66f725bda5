"""How many children read, and what they do: looked at every few seconds, kept for a day as a curve."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.utils import timezone

from sessions.live import index, keys
from sessions.live.connection import Command, client, execute
from sessions.live.records import Doing

_BATCH = 500  # sessions looked at in one round trip
_KEPT_SECONDS = 2 * 24 * 3600
_FRESH_SECONDS = 120  # older than that, nobody knows what children do
ALL = "all"


async def sample(schools: Iterable[int]) -> Counter[str]:
    """Count the live sessions of these schools by what their children do; return all of them together."""
    every: Counter[str] = Counter()
    for school_id in await _with_somebody(list(schools)):
        counted = await _count(school_id)
        every += counted
        await _keep(str(school_id), counted)
    await _keep(ALL, every)
    return every


async def states(schools: Sequence[str]) -> Counter[str]:
    """Return what the children of these schools (or of "all") were doing just now, added up."""
    replies = await execute(*(Command(("GET", f"{keys.STATES}:{school}")) for school in schools))
    return sum((Counter(msgspec.json.decode(reply)) for reply in replies if reply), Counter())


async def day(schools: Sequence[str], when: datetime) -> dict[int, int]:
    """Return how many were connected in each minute of a day that was looked at, counted from midnight."""
    total = dict.fromkeys(await _kept(when, ALL), 0)
    for school in schools:
        for minute, number in (await _kept(when, school)).items():
            total[minute] = total.get(minute, 0) + number
    return total


async def _kept(when: datetime, school: str) -> dict[int, int]:
    kept = await client().hgetall(keys.curve(f"{when:%Y-%m-%d}", school))
    return {int(minute): int(number) for minute, number in kept.items()}


async def _with_somebody(schools: Sequence[int]) -> list[int]:
    counts = await index.count([keys.live_in_school(school_id) for school_id in schools])
    return [school_id for school_id, number in zip(schools, counts, strict=True) if number]


async def _count(school_id: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    start = 0
    while page := await index.newest([keys.live_in_school(school_id)], start, _BATCH):
        counted.update(seen.doing.value for seen in await index.glimpses(page))
        start += _BATCH
    return counted


async def _keep(school: str, counted: Counter[str]) -> None:
    moment = timezone.localtime()
    curve = keys.curve(f"{moment:%Y-%m-%d}", school)
    connected = counted.total() - counted[Doing.AWAY.value]
    await execute(
        Command(("SET", f"{keys.STATES}:{school}", msgspec.json.encode(counted), "EX", _FRESH_SECONDS)),
        Command(("HSET", curve, moment.hour * 60 + moment.minute, connected)),
        Command(("EXPIRE", curve, _KEPT_SECONDS)),
    )
