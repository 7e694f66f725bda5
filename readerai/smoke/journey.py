"""The scripted child's journey, timed: the first step that does not hold is the last."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from readerai.smoke.arrival import Arrival, Child
from readerai.smoke.client import Site, Unexpected
from readerai.smoke.conversation import Conversation


@dataclass(frozen=True)
class Step:
    """What one step came to; `ms` is how long it took."""

    name: str
    ms: int
    ok: bool
    detail: str


async def journey(url: str, child: Child, *, subprotocol: str, step_seconds: float) -> AsyncIterator[Step]:
    """Yield each step as it ends; the first that does not hold is the last."""
    async with httpx.AsyncClient(base_url=url, timeout=step_seconds, trust_env=False) as http:
        site = Site(url, http)
        arrival = Arrival(site, child)
        conversation = Conversation(site, arrival, subprotocol)
        for name, walk in [*arrival.steps(), *conversation.steps()]:
            begun = time.monotonic()
            try:
                async with asyncio.timeout(step_seconds):
                    detail, ok = await walk(), True
            except Unexpected as error:
                detail, ok = str(error), False
            except TimeoutError:
                detail, ok = f"expected an end within {step_seconds:g} s; came none", False
            except httpx.HTTPError as error:
                came = f"{type(error).__name__} {error}".rstrip()
                detail, ok = f"expected an answer from {url}; came {came}", False
            except (KeyError, TypeError, IndexError) as error:
                came = f"{type(error).__name__}: {error}"
                detail, ok = f"expected data of the documented shape; came {came}", False
            yield Step(name, round(1000 * (time.monotonic() - begun)), ok, detail)
            if not ok:
                break
        await conversation.leave()
