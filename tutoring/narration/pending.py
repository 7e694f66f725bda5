"""What is asked of the workers: each narration and each word's help once, however many children wait for it.

A page is named by its id, a word by the key of its place.
"""

from enum import StrEnum

from sessions.live import blocking
from sessions.live.connection import client

ASKED_SECONDS = 60  # then the worker is taken for dead, and the next child asks again
FAILED_SECONDS = 30  # then the next child may try again


class Claim(StrEnum):
    """What a caller who wants something finds."""

    YOURS = "yours"  # nobody has asked: ask now
    ASKED = "asked"
    FAILED = "failed"


def claim(what: int | str) -> Claim:
    """Say that this caller wants it; of many callers one is told to ask for it."""
    return blocking.run(_claim(what))


def fail(what: int | str) -> None:
    """Remember for a while that it could not be made."""
    blocking.run(_set(what, Claim.FAILED, FAILED_SECONDS))


def extend(what: int | str) -> None:
    """Say that it is still being made."""
    blocking.run(_set(what, Claim.ASKED, ASKED_SECONDS))


def forget(what: int | str) -> None:
    """It is there, or was not asked for after all."""
    blocking.run(_forget(what))


async def _claim(what: int | str) -> Claim:
    if await client().set(_name(what), Claim.ASKED, ex=ASKED_SECONDS, nx=True):
        return Claim.YOURS
    state = await client().get(_name(what))
    return Claim(state.decode()) if state else Claim.ASKED  # it ended just now: look again soon


async def _set(what: int | str, state: Claim, seconds: int) -> None:
    await client().set(_name(what), state, ex=seconds)


async def _forget(what: int | str) -> None:
    await client().delete(_name(what))


def _name(what: int | str) -> str:
    return f"narration:asked:{what}"
