"""A roster between its preview and the yes: in Redis for half an hour, for the one who uploaded it.

Only what was read is kept, never the file.
"""

import secrets
import zlib

import msgspec

from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.rosters.roster import Roster

SECONDS = 30 * 60


class Pending(msgspec.Struct, frozen=True):
    """What somebody uploaded for a school."""

    school_id: int
    file: str
    roster: Roster


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Pending).decode


def keep(user_id: int, pending: Pending) -> str:
    """Keep it and return the token that finds it again. Raises redis.exceptions.RedisError."""
    token = secrets.token_urlsafe(16)
    run(_set(_key(user_id, token), zlib.compress(_encode(pending))))
    return token


def find(user_id: int, token: str) -> Pending | None:
    """Return what this grown-up uploaded; None: never, or too long ago. Raises RedisError."""
    packed = run(_get(_key(user_id, token)))
    return _decode(zlib.decompress(packed)) if packed else None


def forget(user_id: int, token: str) -> None:
    """Forget it before its time. Raises RedisError."""
    run(_delete(_key(user_id, token)))


def _key(user_id: int, token: str) -> str:
    return f"roster:{user_id}:{token}"


async def _set(key: str, value: bytes) -> None:
    await client().set(key, value, ex=SECONDS)


async def _get(key: str) -> bytes | None:
    return await client().get(key)


async def _delete(key: str) -> None:
    await client().delete(key)
