"""Byte ranges of HTTP (RFC 9110, section 14), for one file. Pure."""

import re

_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE | re.ASCII)


class Unsatisfiable(Exception):
    """The range lies outside the file: status 416."""


def parse(header: str, size: int) -> tuple[int, int] | None:
    """Return the `[first, end)` that a Range header asks of a file of `size` bytes.

    None: send the whole file, as for a header that is no range or asks for several (allowed by the
    standard, and no player does). Raises Unsatisfiable.
    """
    match = _RANGE.fullmatch(header)
    if match is None or match.group(1, 2) == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < begin:
            return None
    if begin >= size:
        raise Unsatisfiable
    return begin, end
