"""What operations on a live session take and return, and how they are refused. Pure."""

from enum import StrEnum
from typing import NamedTuple

from sessions import protocol

DEFAULT_GRADE = 2.0  # of a child of whom nothing is known


class LiveError(Exception):
    """The operation was refused; nothing has changed."""


class SessionAbsent(LiveError):
    """Redis does not have the session, or has lost some of it: say HELLO (again), which mends it."""


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
    grade: float = DEFAULT_GRADE  # the Flesch-Kincaid grade that the student reads with ease


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
    asked: tuple[str, ...]  # ids of the questions that came with HELLO and were new

    def message(self, owner: str, class_paused: bool = False) -> protocol.SessionRestored:
        """Return what the client is told, whose socket is `owner` from now on."""
        return protocol.SessionRestored(
            protocol.SessionRestoredPayload(
                word_index=self.word_index,
                audio_timestamp=self.audio_timestamp,
                epoch=self.epoch,
                owner=owner,
                outcome=self.outcome,
                last_seq=self.last_seq,
                pending_messages=self.pending,
                class_paused=class_paused,
            )
        )


class LiveProgress(NamedTuple):
    """The newest position that a socket has told; `at` is when, in Unix milliseconds, or 0 for just now."""

    session_id: str
    owner: str
    word_index: int
    audio_timestamp: int
    playing: bool
    ack: int
    at: int = 0


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
    """A claimed question: what a tutor may know of it, and on what terms it is answered."""

    id: str
    session_id: str
    student_id: int
    book_id: int
    text: str
    word_index: int  # how far the book can have been heard
    asked_at_ms: int
    token: str  # names this claim; what another claim's worker writes is refused
    attempt: int  # 1 for the first worker, 2 after that one died, ...
    said: tuple[str, ...]  # sentences that the child was sent already, by a worker that died since
    deadline_ms: int  # Unix milliseconds; by then the question must have ended
    grade: float = DEFAULT_GRADE
    before: tuple[tuple[str, str], ...] = ()  # what was asked before and what was heard of its answer
    ended: str = ""  # "ended" or "cancelled": nobody waits any more, but nobody has looked at its text either


class Verdict(StrEnum):
    """What the ledger says of a question."""

    OVER = "over"  # nothing is to be done any more
    HELD = "held"  # a worker has it
    OPEN = "open"  # no worker has had it yet: its job waits, or is lost
    ORPHANED = "orphaned"  # its worker has died
    EXPIRED = "expired"  # its time is over, and nobody has ended it
    UNSEEN = "unseen"  # it has ended, and no worker has looked at it


class DueQuestion(NamedTuple):
    """A question that was due to be looked at; `until` is when to look again, where the ledger says so."""

    session_id: str
    id: str
    verdict: Verdict
    until: int = 0


class Head(NamedTuple):
    """A session's owner, the newest number of its outbox, and its open question or ''."""

    owner: str
    seq: int
    question_id: str


class Present(NamedTuple):
    """A session whose child is connected, and where that child belongs."""

    session_id: str
    classroom_id: int
    school_id: int


class Doing(StrEnum):
    """What a child is doing."""

    READING = "reading"
    PAUSED = "paused"
    ASKING = "asking"
    FINISHED = "finished"
    AWAY = "away"


class Glimpse(NamedTuple):
    """What whoever looks on sees of a live session; times are Unix milliseconds."""

    session_id: str
    word_index: int
    word_count: int
    audio_timestamp: int
    position_at: int
    doing: Doing
    seen_at: int  # when the child was last known to be connected
    server: str  # the channel of the process that serves it; empty: none does
    question_id: str  # the one that is open, or ''


class Published(NamedTuple):
    """A message in the outbox, and whom to wake: `owner` on `server` (both empty: nobody is there)."""

    seq: int
    owner: str
    server: str
    message: bytes
