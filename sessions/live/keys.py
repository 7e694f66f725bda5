"""Names of the Redis keys. A session's keys share a hash tag, so that one Lua call finds them on one slot."""

# Sessions whose position has changed since their last checkpoint, scored by when (milliseconds).
DIRTY = "reading:dirty"
# Questions that are not known to have ended, scored by when to look at them again (milliseconds).
DUE = "reading:due"
# Sessions that are live, scored by when they were last known to be connected (milliseconds).
LIVE = "reading:live"
# Classes that their teachers have paused, scored by until when (milliseconds).
PAUSED = "reading:paused"
# Web process -> what it has told of itself last.
SERVERS = "reading:servers"
# Beginning of the names under which is kept how many sessions of a school, or of "all", are in which state.
STATES = "reading:states"


def live_in_school(school_id: int) -> str:
    """Return the list of a school's live sessions, like LIVE."""
    return f"{LIVE}:school:{school_id}"


def live_in_class(classroom_id: int) -> str:
    """Return the list of a class's live sessions, like LIVE."""
    return f"{LIVE}:class:{classroom_id}"


def curve(day: str, school: str) -> str:
    """Return the hash of how many read in each minute of a day: at one school, or at "all"."""
    return f"reading:curve:{day}:{school}"


def session(session_id: str) -> tuple[str, str, str]:
    """Return the keys of a session's state (hash), outbox (stream) and questions (hash)."""
    state = f"session:{{{session_id}}}"
    return state, f"{state}:outbox", f"{state}:questions"


def erased(session_id: str) -> str:
    """Return the key that stands there for a while when a session was erased."""
    return f"{session(session_id)[0]}:erased"


def question(session_id: str, question_id: str) -> str:
    """Return a question's member in the set of those that are due."""
    return f"{session_id} {question_id}"


def question_of(member: str) -> tuple[str, str]:
    """Return the session's and the question's id of a member."""
    session_id, _, question_id = member.partition(" ")
    return session_id, question_id


def pace(what: str, student_id: int) -> str:
    """Return the key of how often a child has done something lately."""
    return f"pace:{what}:{student_id}"
