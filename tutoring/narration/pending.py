"""Which pages' narrations are asked for: each once, however many children wait for it."""

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


def claim(page_id: int) -> Claim:
    """Say that this caller wants the narration; of many callers one is told to ask for it."""
    return blocking.run(_claim(page_id))


def fail(page_id: int) -> None:
    """Remember for a while that the narration could not be made."""
    blocking.run(_set(page_id, Claim.FAILED, FAILED_SECONDS))


def extend(page_id: int) -> None:
    """Say that the narration is still being made."""
    blocking.run(_set(page_id, Claim.ASKED, ASKED_SECONDS))


def forget(page_id: int) -> None:
    """The narration is there, or was not asked for after all."""
    blocking.run(_forget(page_id))


async def _claim(page_id: int) -> Claim:
    if await client().set(_name(page_id), Claim.ASKED, ex=ASKED_SECONDS, nx=True):
        return Claim.YOURS
    state = await client().get(_name(page_id))
    return Claim(state.decode()) if state else Claim.ASKED  # it ended just now: look again soon


async def _set(page_id: int, state: Claim, seconds: int) -> None:
    await client().set(_name(page_id), state, ex=seconds)


async def _forget(page_id: int) -> None:
    await client().delete(_name(page_id))


def _name(page_id: int) -> str:
    return f"narration:asked:{page_id}"
