"""What many tests begin with: an empty Redis, and who answers children's questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sessions.live.blocking import run
from sessions.live.connection import client
from tests.scripted_llm import ScriptedLlm
from tutoring import tutors


def flush_redis() -> None:
    """Redis loses everything."""

    async def flush() -> None:
        await client().flushdb()

    run(flush())


@contextmanager
def answered_by(settings: Any, llm: ScriptedLlm | None) -> Iterator[None]:
    """The model is configured as an operator would; None: none is."""
    settings.LLM_BASE_URL = llm.url if llm else ""
    settings.LLM_MODEL = "owl-1"
    tutors.in_order.cache_clear()
    yield
    tutors.in_order.cache_clear()
