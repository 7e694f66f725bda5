"""One child's ledger: where it is, what it asked and was sent, and what of that was lost or doubled. Pure.

A child takes each durable message once, by what it is: (question, type, sentence index). The same
message again is *repeated* where a snapshot lies between, because a server that lost its state may say
again what it said; otherwise it is *duplicated*, which the protocol forbids.
Times are seconds of a monotonic clock, given by the caller.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sessions import protocol
from sessions.protocol import Outcome

WORD_SECONDS = 0.4  # 150 words a minute
WORDS_A_PAGE = 120
FRESH_SECONDS = 2  # a reading child's position is reported each second: one as fresh as this is now
_LONGEST_AGE_MS = 2**31 - 1

# (question id, type, sentence index or -1)
Key = tuple[str, str, int]


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
    wanted: bool = True


@dataclass(slots=True)
class Absence:
    """From the end of one connection (or the first attempt) to the next SESSION_RESTORED."""

    begun_at: float
    restored_at: float | None = None
    connecting_at: float | None = None  # when the attempt that succeeded began


@dataclass(slots=True)
class Faults:
    """What must all be 0."""

    gaps: int = 0  # numbers missing between messages of one epoch
    duplicated: int = 0  # again without need, or a second end of one question
    out_of_order: int = 0
    changed: int = 0  # came again with another content
    unknown: int = 0  # about a question that this child never asked
    words_lost: int = 0  # words read again because the server had an older place


@dataclass(slots=True)
class Ledger:
    """The state of one child; counts are by outcome, close code, code of ERROR, reason of a failure."""

    word_count: int
    words_read: float = 0.0
    epoch: str | None = None
    owner: str | None = None
    last_seq: int = 0
    questions: dict[str, Question] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    outcomes: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    publish_ms: list[float] = field(default_factory=list)  # of sentences that say when they were published
    repeated: int = 0
    progress_said: int = 0
    reading: bool = False
    _open: Question | None = None
    _position_at: float | None = None
    _acknowledged: int = 0  # the last number that the server was told of
    _said_word: int | None = None  # the position in the HELLO that waits for its answer
    _introduced: frozenset[str] = frozenset()  # the questions in that HELLO
    _unsaid_cancellations: list[str] = field(default_factory=list)
    _snapshots: int = 0
    _taken: dict[Key, tuple[int, int]] = field(default_factory=dict)  # -> snapshots before, hash of content
    _missing: set[int] = field(default_factory=set)

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
    def owes_acknowledgement(self) -> bool:
        """Has the child taken messages that the server does not know of?"""
        return self.last_seq > self._acknowledged

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
        self._acknowledged = self.last_seq
        self.progress_said += 1
        return protocol.Progress(
            protocol.ProgressPayload(
                position.word_index, position.audio_timestamp, self.reading, self.last_seq
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
                self.epoch, self.last_seq, position, age_ms, tuple(unacknowledged), self.owner
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
            self.last_seq = pending[0].seq - 1 if pending else state.last_seq
            self._missing.clear()
            self._snapshots += 1
        self.owner = state.owner
        self._acknowledged = 0
        for message in state.pending_messages:
            if self.take(message, now) and taken is not None:
                taken(message)
        self._advance(state.last_seq + 1, state.last_seq)
        return self._to_say(state.outcome)

    # --- What the child is sent --------------------------------------------------------------
    def take(self, message: protocol.DurableMessage, now: float) -> bool:
        """Take a durable message; return False if the child had it already."""
        kind = type(message).__name__
        payload = message.payload
        sentence = payload.index if isinstance(payload, protocol.AnswerSentencePayload) else -1
        key = (payload.question_id, kind, sentence)
        known = self._taken.get(key)
        if message.seq > self.last_seq:
            self._advance(message.seq, message.seq)
        elif message.seq in self._missing:
            self._missing.remove(message.seq)
            self.faults.gaps -= 1
            self.faults.out_of_order += 1
        elif known is None:
            self.faults.out_of_order += 1
        content = hash(payload)
        if known is not None:
            self._again(known, content)
            return False
        self._taken[key] = (self._snapshots, content)
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
        if question is self._open:
            self._open = None

    def _again(self, known: tuple[int, int], content: int) -> None:
        snapshots, former = known
        if snapshots == self._snapshots:
            self.faults.duplicated += 1
        else:
            self.repeated += 1
        if content != former:
            self.faults.changed += 1

    def _advance(self, next_seq: int, last_seq: int) -> None:
        """Go on to `last_seq`; what lies before `next_seq` and has not come is missing."""
        skipped = range(self.last_seq + 1, next_seq)
        self._missing.update(skipped)
        self.faults.gaps += len(skipped)
        self.last_seq = max(self.last_seq, last_seq)

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
