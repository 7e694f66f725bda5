"""One child's ledger: where it is, what it asked and was answered, and what of that was lost. Pure.

Times are seconds of a monotonic clock, given by the caller.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from readerai.loadtest.inbox import Faults, Inbox
from sessions import protocol
from sessions.protocol import Outcome

WORD_SECONDS = 0.4  # 150 words a minute
WORDS_A_PAGE = 120
FRESH_SECONDS = 2  # a reading child's position is reported each second: one as fresh as this is now
_LONGEST_AGE_MS = 2**31 - 1


@dataclass(slots=True)
class Question:
    """One question: when what of it happened, or None; `wanted` until it is answered or given up."""

    asked: protocol.AskedQuestion
    asked_at: float
    acknowledged_at: float | None = None
    first_sentence_at: float | None = None
    ended_at: float | None = None
    sentences: int = 0  # different ones that came
    promised: int | None = None  # how many there are, as ANSWER_COMPLETE says
    source: str = ""  # who answered, as it says; "nobody" where the answer failed
    wanted: bool = True


@dataclass(slots=True)
class Absence:
    """From the end of one connection (or the first attempt) to the next SESSION_RESTORED."""

    begun_at: float
    restored_at: float | None = None
    connecting_at: float | None = None  # when the attempt that succeeded began


@dataclass(slots=True)
class Ledger:
    """The state of one child; counts are by outcome, close code, code of ERROR, reason of a failure."""

    word_count: int
    words_read: float = 0.0
    epoch: str | None = None
    owner: str | None = None
    inbox: Inbox = field(default_factory=Inbox)
    questions: dict[str, Question] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    publish_ms: list[float] = field(default_factory=list)  # of sentences that say when they were published
    progress_said: int = 0
    reading: bool = False
    _open: Question | None = None
    _position_at: float | None = None
    _said_word: int | None = None  # the position in the HELLO that waits for its answer
    _introduced: frozenset[str] = frozenset()  # the questions in that HELLO
    _unsaid_cancellations: list[str] = field(default_factory=list)

    # --- What the child does -----------------------------------------------------------------
    @property
    def word_index(self) -> int:
        """The word that the child has reached."""
        return int(self.words_read)

    @property
    def position(self) -> protocol.Position:
        """Where the child is; the time within a page's audio follows from the word."""
        word_index = self.word_index
        return protocol.Position(word_index, round(1000 * WORD_SECONDS * (word_index % WORDS_A_PAGE)))

    @property
    def question(self) -> Question | None:
        """The question that the child waits with, instead of reading on."""
        return self._open

    @property
    def faults(self) -> Faults:
        """What must all be 0."""
        return self.inbox.faults

    def read(self, seconds: float, now: float) -> None:
        """The child has read on for so many seconds; it begins again instead of ever being finished."""
        self.words_read += seconds / WORD_SECONDS
        if self.words_read >= self.word_count:
            self.words_read = 0.0
        self._position_at = now
        self.reading = True

    def progress(self) -> protocol.Progress:
        """Return the child's position as it is told to the server, with what it has taken."""
        position = self.position
        self.progress_said += 1
        return protocol.Progress(
            protocol.ProgressPayload(
                position.word_index, position.audio_timestamp, self.reading, self.inbox.acknowledge()
            )
        )

    def ask(self, question_id: str, text: str, now: float) -> protocol.StudentQuestion:
        """The child stops reading and asks; an older question is not wanted any more."""
        if self._open is not None:
            self._open.wanted = False
        asked = protocol.AskedQuestion(question_id, text, self.position)
        self._open = self.questions[question_id] = Question(asked, now)
        self._position_at = now
        self.reading = False
        return protocol.StudentQuestion(asked)

    def give_up(self, *, connected: bool) -> protocol.QuestionCancelled | None:
        """The child waits no longer for its question; return what the server is told of it, if it can be."""
        assert self._open is not None
        cancelled = self._open.asked.id
        self._open.wanted = False
        self._open = None
        if connected:
            return protocol.QuestionCancelled(protocol.QuestionCancelledPayload(cancelled))
        self._unsaid_cancellations.append(cancelled)
        return None

    # --- Coming back -------------------------------------------------------------------------
    def away(self, now: float) -> None:
        """There is no connection (yet), or none any more."""
        if not self.absences or self.absences[-1].restored_at is not None:
            self.absences.append(Absence(now))

    def connecting(self, now: float) -> None:
        """An attempt to connect begins."""
        self.away(now)
        self.absences[-1].connecting_at = now

    def hello(self, now: float) -> protocol.Hello:
        """Return the first message on a new connection."""
        unacknowledged = self._unacknowledged()[-protocol.MAX_UNACKNOWLEDGED :]
        self._introduced = frozenset(asked.id for asked in unacknowledged)
        position, age_ms = None, 0
        if self._position_at is not None:
            position, age_ms = self.position, self._position_age_ms(now - self._position_at)
        self._said_word = position.word_index if position else None
        return protocol.Hello(
            protocol.HelloPayload(
                self.epoch, self.inbox.last_seq, position, age_ms, tuple(unacknowledged), self.owner
            )
        )

    def restored(
        self,
        state: protocol.SessionRestoredPayload,
        now: float,
        taken: Callable[[protocol.DurableMessage], None] | None = None,
    ) -> list[protocol.ClientMessage]:
        """Take the answer to HELLO; return what the child must say now. `taken` is told each new message."""
        self.outcomes[state.outcome] += 1
        self.away(now)
        self.absences[-1].restored_at = now
        if self._said_word is None:
            self.words_read = float(state.word_index)
        else:
            self.faults.words_lost += max(0, self._said_word - state.word_index)
        if state.outcome in (Outcome.SNAPSHOT, Outcome.NEW) or state.epoch != self.epoch:
            self.epoch = state.epoch
            pending = state.pending_messages
            self.inbox.begin_again(pending[0].seq - 1 if pending else state.last_seq)
        self.owner = state.owner
        self.inbox.acknowledged = 0
        for message in state.pending_messages:
            if self.take(message, now) and taken is not None:
                taken(message)
        self.inbox.advance(state.last_seq + 1, state.last_seq)
        return self._to_say(state.outcome)

    # --- What the child is sent --------------------------------------------------------------
    def take(self, message: protocol.DurableMessage, now: float) -> bool:
        """Take a durable message; return False if the child had it already."""
        if not self.inbox.take(message):
            return False
        payload = message.payload
        question = self.questions.get(payload.question_id)
        if question is None:
            self.faults.unknown += 1
        else:
            self._note(question, payload, now)
        return True

    def missing(self, *, answers: bool) -> int:
        """Return how many messages the child still lacks: acknowledgements, sentences, ends (with `answers`).

        A question that the child gave up, or that a newer one replaced, is owed nothing.
        """
        lacking = 0
        for question in self.questions.values():
            if question.promised is not None:
                lacking += max(0, question.promised - question.sentences)
            if question.wanted:
                lacking += question.acknowledged_at is None
                lacking += answers and question.ended_at is None
        return lacking

    def _note(self, question: Question, payload: object, now: float) -> None:
        if isinstance(payload, protocol.InterruptionAcknowledgedPayload):
            question.acknowledged_at = now
            return
        if isinstance(payload, protocol.AnswerSentencePayload):
            if question.ended_at is not None or payload.index != question.sentences:
                self.faults.out_of_order += 1
            if question.first_sentence_at is None:
                question.first_sentence_at = now
            question.sentences += 1
            return
        if question.ended_at is not None:
            self.faults.duplicated += 1
        question.ended_at = now
        if isinstance(payload, protocol.AnswerCompletePayload):
            question.promised = payload.sentences
        question.source = getattr(payload, "source", "nobody")
        if question is self._open:
            self._open = None

    def _to_say(self, outcome: Outcome) -> list[protocol.ClientMessage]:
        """Cancellations nobody was told of, questions made since HELLO, and those a lost session has lost."""
        say: list[protocol.ClientMessage] = [
            protocol.QuestionCancelled(protocol.QuestionCancelledPayload(cancelled))
            for cancelled in self._unsaid_cancellations
        ]
        self._unsaid_cancellations.clear()
        again = [asked for asked in self._unacknowledged() if asked.id not in self._introduced]
        if outcome == Outcome.SNAPSHOT and self._open is not None and self._open.acknowledged_at is not None:
            again.append(self._open.asked)
        return say + [protocol.StudentQuestion(asked) for asked in again]

    def _unacknowledged(self) -> list[protocol.AskedQuestion]:
        question = self._open
        return [question.asked] if question is not None and question.acknowledged_at is None else []

    def _position_age_ms(self, seconds: float) -> int:
        if self.reading and seconds < FRESH_SECONDS:
            return 0
        return min(max(round(1000 * seconds), 0), _LONGEST_AGE_MS)
