"""Names of the Redis keys. A session's keys share a hash tag, so that one Lua call finds them on one slot."""

# Sessions whose position has changed since their last checkpoint, scored by when (milliseconds).
DIRTY = "reading:dirty"
# Questions that are not known to have ended, scored by when to look at them again (milliseconds).
DUE = "reading:due"


def session(session_id: str) -> tuple[str, str, str]:
    """Return the keys of a session's state (hash), outbox (stream) and questions (hash)."""
    state = f"session:{{{session_id}}}"
    return state, f"{state}:outbox", f"{state}:questions"


def question(session_id: str, question_id: str) -> str:
    """Return a question's member in the set of those that are due."""
    return f"{session_id} {question_id}"


def question_of(member: str) -> tuple[str, str]:
    """Return the session's and the question's id of a member."""
    session_id, _, question_id = member.partition(" ")
    return session_id, question_id
