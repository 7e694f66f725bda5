"""What is being served just now, for log lines: the request's id, the reading session's. Never a name."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
session_id: ContextVar[str] = ContextVar("session_id", default="")


def ids() -> dict[str, str]:
    """Return those that are known."""
    return {variable.name: known for variable in (request_id, session_id) if (known := variable.get())}


@contextmanager
def serving(session: str) -> Iterator[None]:
    """Say that what this thread does within the block is for a session."""
    before = session_id.set(session)
    try:
        yield
    finally:
        session_id.reset(before)
