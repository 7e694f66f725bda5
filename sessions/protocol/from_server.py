"""The messages a server sends: durable ones have a `seq` by their type, transient ones have none."""

from msgspec import Struct

from sessions.protocol.terms import EmptyPayload, Outcome, Payload


# --- From the server, durable: kept in the outbox under `seq` until acknowledged ---------
class InterruptionAcknowledgedPayload(Payload, frozen=True):
    """The question is safe: no need to send it again. `wordIndex` is the one that it came with."""

    question_id: str
    word_index: int


class AnswerSentencePayload(Payload, frozen=True):
    """One sentence of an answer: `words` are what `text` shows, `wordTimes` their `[start, end)` in ms.

    `audioUrl` is null and `wordTimes` empty where the voice failed: show the text, go on.
    """

    question_id: str
    index: int
    text: str
    words: tuple[str, ...]
    audio_url: str | None
    word_times: tuple[tuple[int, int], ...]


class AnswerCompletePayload(Payload, frozen=True):
    """The answer has `sentences` sentences; `source` says who answered: `model`, `offline` or `guard`."""

    question_id: str
    sentences: int
    source: str


class AnswerFailedPayload(Payload, frozen=True):
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
class SessionRestoredPayload(Payload, frozen=True):
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


class ErrorPayload(Payload, frozen=True):
    """A frame was refused; the socket stays open unless a close code follows."""

    code: str
    message: str
    retryable: bool


class ServerDrainingPayload(Payload, frozen=True):
    """The server goes away soon: come back after `retryAfterMs`."""

    retry_after_ms: int


class ClassPausedPayload(Payload, frozen=True):
    """True: narration rests until the teacher lets the class go on, which false says."""

    paused: bool


class ClassMessagePayload(Payload, frozen=True):
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
