"""Which narrations were asked for, so that a page is asked for once however many children wait for it."""

from enum import StrEnum

from sessions.live import blocking
from sessions.live.connection import client

ASKED_SECONDS = 60  # then the worker is taken for dead, and the next child asks again
FAILED_SECONDS = 30  # then the next child may try again


class Claim(StrEnum):
    """What a caller who wants a narration finds."""

    YOURS = "yours"  # nobody has asked: ask now
    ASKED = "asked"
    FAILED = "failed"


def claim(key: str) -> Claim:
    """Say that this caller wants the narration; of many callers one is told to ask for it."""
    return blocking.run(_claim(key))


def fail(key: str) -> None:
    """Remember for a while that the narration could not be made."""
    blocking.run(_set(key, Claim.FAILED, FAILED_SECONDS))


def extend(key: str) -> None:
    """Say that the narration is still being made."""
    blocking.run(_set(key, Claim.ASKED, ASKED_SECONDS))


def forget(key: str) -> None:
    """The narration is there, or was not asked for after all."""
    blocking.run(_forget(key))


async def _claim(key: str) -> Claim:
    former = await client().set(_name(key), Claim.ASKED, ex=ASKED_SECONDS, nx=True, get=True)
    return Claim.YOURS if former is None else Claim(former.decode())


async def _set(key: str, state: Claim, seconds: int) -> None:
    await client().set(_name(key), state, ex=seconds)


async def _forget(key: str) -> None:
    await client().delete(_name(key))


def _name(key: str) -> str:
    return f"narration:{key}"
