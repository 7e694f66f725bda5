"""Narrations that are known without PostgreSQL: by key, in this process's memory and in Redis."""

import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from redis.exceptions import RedisError

from sessions.live.blocking import run
from sessions.live.connection import Command, client, execute
from sessions.recent import Recent
from tutoring.narration.timing import Interval

logger = logging.getLogger(__name__)

_REDIS_SECONDS = 3 * 24 * 3600  # since somebody last wanted it
_FRESH_SECONDS = 60  # then a process asks Redis again: a page may have been narrated anew
_MEMORY_BYTES = 8 * 2**20  # some 4,000 pages


class Spoken(NamedTuple):
    """What a browser needs to play a text and to light up its words; times in milliseconds."""

    audio_url: str
    duration_ms: int
    word_times: tuple[Interval, ...]  # [start, end) of each word of sessions.words.split


class _Copy(NamedTuple):
    packed: bytes
    fresh_until: float


_memory: Recent[str, _Copy] = Recent(_MEMORY_BYTES)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Spoken).decode


def get(key: str) -> Spoken | None:
    """Return the narration under a key, if it is known; with Redis away only memory is asked."""
    copy = _memory.get(key)
    if copy is not None and time.monotonic() < copy.fresh_until:
        return _decode(copy.packed)
    try:
        packed = run(_get(key))
    except RedisError as error:
        logger.warning("narration %s: Redis cannot be asked: %s", key[:12], type(error).__name__)
        packed = copy.packed if copy else None
    if packed is None:
        return None
    _remember(key, packed)
    return _decode(packed)


def put(key: str, spoken: Spoken) -> None:
    """Make a narration known; with Redis away to this process alone."""
    packed = _encode(spoken)
    _remember(key, packed)
    try:
        run(_set(key, packed))
    except RedisError as error:
        logger.warning("narration %s is known here alone: %s", key[:12], type(error).__name__)


def forget(keys: Sequence[str]) -> None:
    """Let narrations be known to nobody; other processes remember for a minute. Raises RedisError."""
    for key in keys:
        _memory.drop(key)
    if keys:
        run(_delete(keys))


def _remember(key: str, packed: bytes) -> None:
    _memory.put(key, _Copy(packed, time.monotonic() + _FRESH_SECONDS), len(packed))


async def _get(key: str) -> bytes | None:
    packed: bytes | None = await client().getex(_name(key), ex=_REDIS_SECONDS)
    return packed


async def _set(key: str, packed: bytes) -> None:
    await client().set(_name(key), packed, ex=_REDIS_SECONDS)


async def _delete(keys: Sequence[str]) -> None:
    await execute(*(Command(("DEL", _name(key))) for key in keys))


def _name(key: str) -> str:
    return f"narration:{key}"
