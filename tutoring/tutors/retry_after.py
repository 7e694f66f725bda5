"""Reads the header by which a server says when to come back. Pure but for the clock."""

import time
from email.utils import parsedate_to_datetime


def seconds(header: str) -> float:
    """Return the seconds that a Retry-After header asks for, as a number or a date; 0: it says nothing."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0
