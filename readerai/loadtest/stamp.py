"""Sentences that say when they were published: whoever gets one knows how long it was on its way. Pure.

The time is that of CLOCK_MONOTONIC, which every process of one machine shares.
"""

import re

SENTENCES = 5  # of one answer
_STAMP = re.compile(r"This sentence left at ([0-9]+) nanoseconds\.")


def stamped(nanoseconds: int) -> str:
    """Return a sentence that says that it was published at `time.monotonic_ns()`."""
    return f"This sentence left at {nanoseconds} nanoseconds."


def published_at(text: str) -> float | None:
    """Return when a stamped sentence was published, in seconds of the monotonic clock; None for any other."""
    found = _STAMP.fullmatch(text)
    return int(found[1]) / 1e9 if found else None
