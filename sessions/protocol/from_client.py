"""The messages a client sends: unknown types and fields are refused."""

from typing import Annotated

from msgspec import Meta, Struct

from sessions.protocol.terms import (
    MAX_UNACKNOWLEDGED,
    AskedQuestion,
    EmptyPayload,
    Index,
    Milliseconds,
    Payload,
    Position,
    QuestionId,
    Sequence,
)


class HelloPayload(Payload, frozen=True):
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


class ProgressPayload(Payload, frozen=True):
    """The newest position; `ack` is the last durable `seq` the client has handled.

    `wordIndex` equal to the book's word count means the book was read to its end.
    """

    word_index: Index
    audio_timestamp: Milliseconds
    playing: bool
    ack: Sequence = 0


class QuestionCancelledPayload(Payload, frozen=True):
    """The child closed the question, asked again, or went on reading."""

    id: QuestionId


class AnswerHeardPayload(Payload, frozen=True):
    """How many whole sentences of an answer the child has heard, and when it had, since the question."""

    question_id: QuestionId
    sentences: Annotated[int, Meta(ge=0, le=100)]
    after_ms: Milliseconds


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
