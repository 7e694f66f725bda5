"""Waiting for what comes by itself."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], within: float = 5) -> None:
    """Return once a condition holds; it is tried often, and for so many seconds at most."""
    for _ in range(int(within / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"did not hold within {within} s")
