"""What operations on a live session take and return, and how they are refused. Pure."""

from typing import NamedTuple

from sessions import protocol


class LiveError(Exception):
    """The operation was refused; nothing has changed."""


class SessionAbsent(LiveError):
    """The session is not in Redis: it expired, or Redis lost it. Seed it from its checkpoint."""


class SessionForbidden(LiveError):
    """The session belongs to another student."""


class SessionFenced(LiveError):
    """A newer socket owns the session."""


class Seed(NamedTuple):
    """What a live session begins with: the checkpoint in PostgreSQL."""

    session_id: str
    student_id: int
    book_id: int
    word_count: int
    word_index: int
    audio_timestamp: int
    position_at: int


class Restored(NamedTuple):
    """What a session owes a client that said HELLO; `pending` is complete and in order of seq."""

    epoch: str
    word_index: int
    audio_timestamp: int
    last_seq: int
    outcome: protocol.Outcome
    word_count: int
    former_owner: str
    former_server: str
    pending: tuple[protocol.DurableMessage, ...]


class LiveProgress(NamedTuple):
    """The newest position that a socket has told."""

    session_id: str
    owner: str
    word_index: int
    audio_timestamp: int
    playing: bool
    ack: int


class LivePosition(NamedTuple):
    """Where a session is, of how many words; `position_at` is when its player was there."""

    word_index: int
    audio_timestamp: int
    position_at: int
    word_count: int

    @property
    def finished(self) -> bool:
        """Has the book been read to its end?"""
        return self.word_index >= self.word_count


class LiveQuestion(NamedTuple):
    """A claimed question: what a tutor may know of it."""

    id: str
    session_id: str
    student_id: int
    book_id: int
    text: str
    word_index: int
    asked_at_ms: int


class Published(NamedTuple):
    """A message in the outbox, and whom to wake: `owner` on `server` (both empty: nobody is there)."""

    seq: int
    owner: str
    server: str
    message: bytes
