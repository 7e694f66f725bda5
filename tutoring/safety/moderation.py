"""The provider's own check: any endpoint that speaks OpenAI's `/moderations`, where one is configured.

It is asked on the loop of the live sessions, where alone a wait can be given up exactly at its deadline.
"""

import asyncio
import os
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from sessions.live.blocking import run
from tutoring.safety.categories import Category
from tutoring.tutors.interface import Deadline

if TYPE_CHECKING:  # it takes a twentieth of every process's start, and few are to ask anybody
    import httpx

# What the endpoint calls it, by its beginning; the first that fits counts.
_CATEGORIES = (
    ("self-harm", Category.SELF_HARM),
    ("sexual/minors", Category.ABUSE),
    ("sexual", Category.SEX),
    ("violence", Category.VIOLENCE),
    ("illicit/violent", Category.VIOLENCE),
    ("illicit", Category.DRUGS),
    ("hate", Category.HATE),
    ("harassment", Category.HATE),
)
# Folk tales are full of it: what of it is ours and what the story's, the local checker knows.
_LEFT_TO_THE_LOCAL_CHECKER = "violence"


class ModerationError(Exception):
    """It did not say whether the text is all right; the message holds nothing of the text."""


class _Result(msgspec.Struct):
    flagged: bool
    categories: dict[str, bool | None] = {}


class _Reply(msgspec.Struct):
    results: list[_Result]


def look(text: str, deadline: Deadline) -> Category | None:
    """Return why a text is not all right; None: it is, or nobody is to be asked. Raises ModerationError."""
    if not settings.MODERATION_BASE_URL:
        return None
    seconds = min(settings.MODERATION_SECONDS, deadline.remaining())
    return _category(
        run(_ask(_client(settings.MODERATION_BASE_URL, settings.MODERATION_API_KEY), text, seconds))
    )


@cache
def _client(base_url: str, key: str) -> "httpx.AsyncClient":
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # No timeout of its own: that of _ask is for the whole request, however it comes.
    return httpx.AsyncClient(base_url=base_url, headers=headers, timeout=None)  # noqa: S113


os.register_at_fork(after_in_child=_client.cache_clear)  # its connections belong to a loop that no fork has


async def _ask(client: "httpx.AsyncClient", text: str, seconds: float) -> _Reply:
    import httpx

    try:
        async with asyncio.timeout(seconds):
            response = await client.post(
                "/moderations", json={"model": settings.MODERATION_MODEL, "input": text}
            )
    except TimeoutError:
        raise ModerationError(f"the moderation endpoint said nothing for {seconds:.1f} s") from None
    except httpx.HTTPError as error:
        raise ModerationError(f"the moderation endpoint cannot be reached: {type(error).__name__}") from None
    if response.status_code != httpx.codes.OK:
        raise ModerationError(f"the moderation endpoint answered with HTTP status {response.status_code}")
    try:
        return msgspec.json.decode(response.content, type=_Reply)
    except msgspec.MsgspecError:
        raise ModerationError("the moderation endpoint sent something that cannot be used") from None


def _category(reply: _Reply) -> Category | None:
    if not reply.results:
        raise ModerationError("the moderation endpoint sent no result")
    flagged = [result for result in reply.results if result.flagged]
    if not flagged:
        return None
    names = {name for result in flagged for name, found in result.categories.items() if found}
    if names == {_LEFT_TO_THE_LOCAL_CHECKER}:
        return None
    names.discard(_LEFT_TO_THE_LOCAL_CHECKER)
    return next(
        (category for begin, category in _CATEGORIES if any(name.startswith(begin) for name in names)),
        Category.OTHER,
    )
