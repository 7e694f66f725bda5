"""The wire protocol: every message, typed once, as JSON text or MessagePack binary.

A frame is `{"type": ..., "payload": {...}}`; a durable server message also carries `seq`.
Payload keys are camelCase on the wire. docs/protocol.md is made from these types.
"""

from enum import IntEnum, StrEnum
from typing import Annotated

from msgspec import Meta, Struct

JSON = "readerai.v1.json"
MSGPACK = "readerai.v1.msgpack"
SUBPROTOCOLS = (MSGPACK, JSON)

MAX_QUESTION_CHARACTERS = 500
MAX_CLASS_MESSAGE_CHARACTERS = 200
MAX_UNACKNOWLEDGED = 20

Index = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Milliseconds = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Sequence = Annotated[int, Meta(ge=0, le=2**53 - 1)]
QuestionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")]
QuestionText = Annotated[str, Meta(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]


class CloseCode(IntEnum):
    """Why the server closes a socket; the range tells the client what to do.

    4400-4499: do not come back. 4500-4599, 1001, 1006, 1011, 1012, 1013: come back with backoff.
    """

    RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_MESSAGE = 4400
    NOT_SIGNED_IN = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    OPENED_ELSEWHERE = 4409
    ENDED = 4410
    TOO_LARGE = 4413
    TOO_FAST = 4429
    UNAVAILABLE = 4503
    TOO_SLOW = 4504
    NO_HELLO = 4508
    SILENT = 4509

    @property
    def final(self) -> bool:
        """Must the client stay away?"""
        return 4400 <= self < 4500


class Outcome(StrEnum):
    """What a reconnecting client got back."""

    NEW = "new"  # the client had no state; this is where to begin
    LOSSLESS = "lossless"  # nothing was missed
    REPLAYED = "replayed"  # what was missed is in pendingMessages, complete
    SNAPSHOT = "snapshot"  # the client's numbers were of no use: trust this message only


class _Payload(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """Base of every payload: camelCase on the wire, unknown fields refused."""


class Position(_Payload, frozen=True):
    """Where the narration is: a word of the book, and the time within its page's audio."""

    word_index: Index
    audio_timestamp: Milliseconds


class PreviousAnswer(_Payload, frozen=True):
    """The question before, and how many sentences of its answer the child has heard to their end."""

    question_id: QuestionId
    heard: Annotated[int, Meta(ge=0, le=100)]


class AskedQuestion(_Payload, frozen=True):
    """A question as the client made it; `id` is a UUID in lower case, made by the client.

    Without `previous` the tutor takes the question for the first one. It knows the book as far as `context`,
    if the narration can have been there.
    """

    id: QuestionId
    question_text: QuestionText
    context: Position
    previous: PreviousAnswer | None = None


# --- From the client ------------------------------------------------------------------
class HelloPayload(_Payload, frozen=True):
    """What the client has: nothing of it for a first visit.

    `owner` is that of the last SESSION_RESTORED this client heard: as long as no other tablet has opened
    the session since, nobody knows its place better. Otherwise the newer position wins, and
    `positionAgeMs` is how long ago, by the client's clock, its player was at `position`.
    """

    epoch: Annotated[str, Meta(max_length=64)] | None = None
    last_seq: Sequence = 0
    position: Position | None = None
    position_age_ms: Milliseconds = 0
    unacknowledged: Annotated[tuple[AskedQuestion, ...], Meta(max_length=MAX_UNACKNOWLEDGED)] = ()
    owner: Annotated[str, Meta(max_length=64)] | None = None


class ProgressPayload(_Payload, frozen=True):
    """The newest position; `ack` is the last durable `seq` the client has handled.

    `wordIndex` equal to the book's word count means the book was read to its end.
    """

    word_index: Index
    audio_timestamp: Milliseconds
    playing: bool
    ack: Sequence = 0


class QuestionCancelledPayload(_Payload, frozen=True):
    """The child closed the question, asked again, or went on reading."""

    id: QuestionId


class AnswerHeardPayload(_Payload, frozen=True):
    """How many whole sentences of an answer the child has heard, and when it had, since the question."""

    question_id: QuestionId
    sentences: Annotated[int, Meta(ge=0, le=100)]
    after_ms: Milliseconds


class EmptyPayload(_Payload, frozen=True):
    """Nothing."""


class Hello(Struct, tag="HELLO", forbid_unknown_fields=True, frozen=True):
    """The first frame on every socket."""

    payload: HelloPayload = HelloPayload()


class Progress(Struct, tag="PROGRESS", forbid_unknown_fields=True, frozen=True):
    """Every second while playing, and at once on pause, seek and page turn."""

    payload: ProgressPayload


class StudentQuestion(Struct, tag="STUDENT_QUESTION", forbid_unknown_fields=True, frozen=True):
    """The child asks; sent again under the same id until it is acknowledged."""

    payload: AskedQuestion


class QuestionCancelled(Struct, tag="QUESTION_CANCELLED", forbid_unknown_fields=True, frozen=True):
    """No further sentence of this answer is wanted."""

    payload: QuestionCancelledPayload


class AnswerHeard(Struct, tag="ANSWER_HEARD", forbid_unknown_fields=True, frozen=True):
    """The child has heard an answer, or as much of it as it wanted to; said once for each question."""

    payload: AnswerHeardPayload


class Ping(Struct, tag="PING", forbid_unknown_fields=True, frozen=True):
    """Is anybody there?"""

    payload: EmptyPayload = EmptyPayload()


ClientMessage = Hello | Progress | StudentQuestion | QuestionCancelled | AnswerHeard | Ping


# --- From the server, durable: kept in the outbox under `seq` until acknowledged ---------
class InterruptionAcknowledgedPayload(_Payload, frozen=True):
    """The question is safe: no need to send it again. `wordIndex` is the one that it came with."""

    question_id: str
    word_index: int


class AnswerSentencePayload(_Payload, frozen=True):
    """One sentence of an answer: `words` are what `text` shows, `wordTimes` their `[start, end)` in ms.

    `audioUrl` is null and `wordTimes` empty where the voice failed: show the text, go on.
    """

    question_id: str
    index: int
    text: str
    words: tuple[str, ...]
    audio_url: str | None
    word_times: tuple[tuple[int, int], ...]


class AnswerCompletePayload(_Payload, frozen=True):
    """The answer has `sentences` sentences; `source` says who answered: `model`, `offline` or `guard`."""

    question_id: str
    sentences: int
    source: str


class AnswerFailedPayload(_Payload, frozen=True):
    """No (further) answer comes; `message` is a kind sentence for the child."""

    question_id: str
    message: str
    retryable: bool


class InterruptionAcknowledged(Struct, tag="INTERRUPTION_ACKNOWLEDGED", frozen=True):
    """Sent before any job runs."""

    payload: InterruptionAcknowledgedPayload
    seq: int = 0


class AnswerSentence(Struct, tag="ANSWER_SENTENCE", frozen=True):
    """One sentence, as soon as it is there."""

    payload: AnswerSentencePayload
    seq: int = 0


class AnswerComplete(Struct, tag="ANSWER_COMPLETE", frozen=True):
    """Reading may go on."""

    payload: AnswerCompletePayload
    seq: int = 0


class AnswerFailed(Struct, tag="ANSWER_FAILED", frozen=True):
    """Reading may go on."""

    payload: AnswerFailedPayload
    seq: int = 0


DurableMessage = InterruptionAcknowledged | AnswerSentence | AnswerComplete | AnswerFailed


# --- From the server, transient --------------------------------------------------------------
class SessionRestoredPayload(_Payload, frozen=True):
    """The state after HELLO. `lastSeq` is the newest durable number there is; `owner` names this socket.

    `classPaused`: the teacher has paused the class; see CLASS_PAUSED.
    """

    word_index: int
    audio_timestamp: int
    epoch: str
    owner: str
    outcome: Outcome
    last_seq: int
    pending_messages: tuple[DurableMessage, ...]
    class_paused: bool = False


class ErrorPayload(_Payload, frozen=True):
    """A frame was refused; the socket stays open unless a close code follows."""

    code: str
    message: str
    retryable: bool


class ServerDrainingPayload(_Payload, frozen=True):
    """The server goes away soon: come back after `retryAfterMs`."""

    retry_after_ms: int


class ClassPausedPayload(_Payload, frozen=True):
    """True: narration rests until the teacher lets the class go on, which false says."""

    paused: bool


class ClassMessagePayload(_Payload, frozen=True):
    """What the teacher says to the class: plain text, to be shown for a while."""

    text: str


class SessionRestored(Struct, tag="SESSION_RESTORED", frozen=True):
    """The answer to HELLO: always complete, never partial."""

    payload: SessionRestoredPayload


class Pong(Struct, tag="PONG", frozen=True):
    """Here."""

    payload: EmptyPayload = EmptyPayload()


class Error(Struct, tag="ERROR", frozen=True):
    """What was wrong with a frame."""

    payload: ErrorPayload


class ServerDraining(Struct, tag="SERVER_DRAINING", frozen=True):
    """Sent once before a paced close."""

    payload: ServerDrainingPayload


class ClassPaused(Struct, tag="CLASS_PAUSED", frozen=True):
    """The teacher has paused the class, or lets it go on."""

    payload: ClassPausedPayload


class ClassMessage(Struct, tag="CLASS_MESSAGE", frozen=True):
    """The teacher says something to all who read in the class right now."""

    payload: ClassMessagePayload


TransientMessage = SessionRestored | Pong | Error | ServerDraining | ClassPaused | ClassMessage
ServerMessage = DurableMessage | TransientMessage
