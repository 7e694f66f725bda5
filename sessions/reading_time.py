"""How long a child has read: from one checkpoint of a reading session to the next. Pure.

A clock alone would count the night between two visits, and words alone a page that was turned. So what counts
is the time in between, but no more of it than the words read on can have taken.
"""

SECONDS_A_WORD = 1.5  # the slowest narration, at half the speed of 80 words a minute


def seconds_read(words: int, seconds: float) -> float:
    """Return the reading time between two places `words` and `seconds` apart; going back takes none."""
    return max(0.0, min(seconds, words * SECONDS_A_WORD))
