"""What both sides of the wire protocol share: subprotocols, limits, close codes, places and questions."""

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


class Payload(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """Base of every payload: camelCase on the wire, unknown fields refused."""


class Position(Payload, frozen=True):
    """Where the narration is: a word of the book, and the time within its page's audio."""

    word_index: Index
    audio_timestamp: Milliseconds


class PreviousAnswer(Payload, frozen=True):
    """The question before, and how many sentences of its answer the child has heard to their end."""

    question_id: QuestionId
    heard: Annotated[int, Meta(ge=0, le=100)]


class AskedQuestion(Payload, frozen=True):
    """A question as the client made it; `id` is a UUID in lower case, made by the client.

    Without `previous` the tutor takes the question for the first one. It knows the book as far as `context`,
    if the narration can have been there.
    """

    id: QuestionId
    question_text: QuestionText
    context: Position
    previous: PreviousAnswer | None = None


class EmptyPayload(Payload, frozen=True):
    """Nothing."""
