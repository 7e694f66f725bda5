"""Names of the Redis keys. A session's keys share a hash tag, so that one Lua call finds them on one slot."""

# Sessions whose position has changed since their last checkpoint, scored by when (milliseconds).
DIRTY = "reading:dirty"


def session(session_id: str) -> tuple[str, str, str]:
    """Return the keys of a session's state (hash), outbox (stream) and questions (hash)."""
    state = f"session:{{{session_id}}}"
    return state, f"{state}:outbox", f"{state}:questions"
