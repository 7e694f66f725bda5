"""What a reading session must be, whatever dies: a pure model, beside which the real code runs.

`SessionModel` says what each operation on a live session returns and leaves behind. Times are Unix
milliseconds of one clock. The time within the audio is always `word * MS_A_WORD`.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sessions import protocol
from sessions.live.records import LiveProgress, SessionAbsent, SessionFenced
from sessions.protocol import Outcome

WORDS = 300
MS_A_WORD = 10
LEASE_MS = 10_000
MARGIN_MS = 5_000
ANSWER_MS = 30_000
UNTRUSTED = "of a Redis that was restarted"


def position(word: int) -> protocol.Position:
    """Return the place at a word."""
    return protocol.Position(word, word * MS_A_WORD)


class Message(NamedTuple):
    """A durable message without its number: `index` of a sentence, or -1."""

    question_id: str
    kind: str
    index: int = -1
    text: str = ""


def message_of(message: protocol.DurableMessage) -> Message:
    """Return what a message of the wire is."""
    payload = message.payload
    if isinstance(payload, protocol.AnswerSentencePayload):
        return Message(payload.question_id, "sentence", payload.index, payload.text)
    if isinstance(payload, protocol.InterruptionAcknowledgedPayload):
        return Message(payload.question_id, "acknowledged")
    return Message(payload.question_id, "end")


@dataclass(frozen=True)
class Asked:
    """A question in the ledger."""

    text: str
    word: int
    deadline: int
    status: str = "asked"
    attempt: int = 0
    token: str = ""
    lease_until: int = 0
    said: tuple[str, ...] = ()
    unseen: bool = True  # no worker has looked at its text

    @property
    def wanted(self) -> bool:
        """Is an answer still to come?"""
        return self.status in {"asked", "answering"}


class Welcome(NamedTuple):
    """What HELLO must return; the epoch is checked by `SessionModel.agree`."""

    word_index: int
    last_seq: int
    outcome: Outcome
    former_owner: str
    pending: tuple[tuple[int, Message], ...]
    asked: tuple[str, ...]


@dataclass
class SessionModel:
    """A live session; `epoch` is UNTRUSTED when nobody may be told numbers before a new one has begun."""

    word: int = 0
    position_at: int = 0
    epoch: str = UNTRUSTED
    owner: str = ""
    last_owner: str = ""
    last_named: str = ""  # by the HELLO of the last owner, until it says more
    playing: bool = False  # at `word`, at the time `position_at`
    seq: int = 0
    acked: int = 0
    open_id: str = ""
    outbox: dict[int, Message] = field(default_factory=dict)
    questions: dict[str, Asked] = field(default_factory=dict)

    def copy(self) -> "SessionModel":
        """Return what a copy of Redis made now would hold."""
        return replace(self, outbox=dict(self.outbox), questions=dict(self.questions))

    # --- What sockets do ---------------------------------------------------------------------
    def hello(self, owner: str, said: protocol.HelloPayload, moment: int) -> Welcome:
        """A socket becomes the owner; the epoch that it is told must satisfy `agree`."""
        former, at = self.owner, moment - said.position_age_ms
        nobody_since = said.owner and said.owner in {self.last_owner, self.last_named}
        if said.position and (nobody_since or at >= self.position_at):
            self._move(said.position.word_index, max(at, self.position_at))
        trusted = self.epoch != UNTRUSTED and said.epoch == self.epoch
        if trusted and self.acked <= said.last_seq <= self.seq:
            start = said.last_seq
            outcome = Outcome.LOSSLESS if start == self.seq else Outcome.REPLAYED
        else:
            start, outcome = self.acked, Outcome.SNAPSHOT if said.epoch else Outcome.NEW
        furthest = self._furthest(self.word, self.position_at, moment, not said.position)
        asked = tuple(
            question.id for question in said.unacknowledged if self._ask(question, furthest, moment)
        )
        if asked and not said.position:
            last = next(q for q in reversed(said.unacknowledged) if q.id in asked)
            self._move(last.context.word_index, moment)
        self.playing = False
        self.owner = self.last_owner = owner
        self.last_named = said.owner or ""
        pending = tuple(entry for entry in self.outbox.items() if entry[0] > start)
        return Welcome(self.word, self.seq, outcome, former, pending, asked)

    def agree(self, epoch: str) -> bool:
        """Is this the epoch that a HELLO had to be told? A new one holds from now on."""
        if self.epoch == UNTRUSTED:
            self.epoch = epoch
        return epoch == self.epoch

    def progress(self, told: LiveProgress) -> int:
        """A position of a socket and what its client has handled; returns the newest number."""
        self._owned_by(told.owner)
        self.last_named = ""
        self._move(told.word_index, told.at)
        self.playing = told.playing and self.word < WORDS
        ack = told.ack
        self.acked = max(self.acked, min(ack, self.seq))
        self.outbox = {seq: message for seq, message in self.outbox.items() if seq > self.acked}
        return self.seq

    def ask(
        self, owner: str, question: protocol.AskedQuestion, told: LiveProgress | None, moment: int
    ) -> int | None:
        """A question after a place not written yet; returns its acknowledgement's number, None if known."""
        if self.epoch == UNTRUSTED:
            self.owner = ""
        self._owned_by(owner)
        place = told.word_index if told else self.word, told.at if told else self.position_at
        furthest = self._furthest(*place, moment, told.playing if told else self.playing)
        if not self._ask(question, furthest, moment):
            return None
        self.last_named = ""
        self.playing = False
        self._move(question.context.word_index, moment)
        return self.seq

    def cancel(self, owner: str, question_id: str) -> None:
        """Nothing more of an answer is wanted."""
        self._owned_by(owner)
        known = self.questions.get(question_id)
        if known is None or known.status != "ended":
            self._close(question_id, "cancelled")
        if self.open_id == question_id:
            self.open_id = ""
            self.playing = False

    def leave(self, owner: str) -> None:
        """A socket has gone."""
        if self.owner == owner:
            self.owner = ""
            self.playing = False

    def restarted(self) -> None:
        """Redis is another one, which may have lost its last writes."""
        self.epoch = UNTRUSTED

    # --- What workers do -----------------------------------------------------------------------
    def claim(self, question_id: str, token: str, moment: int) -> Asked | None:
        """A worker takes a question, if nobody has it."""
        question = self.questions.get(question_id)
        if question is None or not (question.wanted or question.unseen):
            return None
        if question.token != token:
            if question.lease_until > moment:
                return None
            question = replace(question, attempt=question.attempt + 1)
        status = "answering" if question.wanted else question.status
        question = replace(question, status=status, token=token, lease_until=moment + LEASE_MS)
        self.questions[question_id] = question
        return question

    def renew(self, question_id: str, token: str, moment: int) -> bool:
        """A worker lives."""
        question = self.questions.get(question_id)
        if question is None or question.token != token or not (question.wanted or question.unseen):
            return False
        self.questions[question_id] = replace(question, lease_until=moment + LEASE_MS)
        return True

    def let_go(self, question_id: str) -> str:
        """A worker has looked at a question that it is not to answer; returns its status."""
        question = self.questions.get(question_id)
        if question is None:
            return ""
        if question.unseen and not question.wanted:
            self.questions[question_id] = Asked("", 0, 0, question.status, unseen=False)
        return question.status

    def publish(self, token: str, message: Message, number: int) -> int | None:
        """A message of an answer, before which `number` sentences were said (any: -1); None: not wanted."""
        question = self.questions.get(message.question_id)
        if question is None:
            return None
        if message.kind == "end" and question.status == "ended":
            if token:
                self.questions[message.question_id] = Asked("", 0, 0, "ended", unseen=False)
            return 0
        if not question.wanted or (token and token != question.token):
            return None
        if number > len(question.said):
            return None  # some of what was said is lost: whoever claims it next says it again
        if message.kind == "sentence":
            if number < len(question.said):
                return 0
            question = replace(question, said=(*question.said, message.text))
        if token:
            question = replace(question, unseen=False)
        self.questions[message.question_id] = question
        if self.epoch == UNTRUSTED:
            self.owner = ""
        self._owe(message)
        if message.kind == "end":
            self._close(message.question_id, "ended")
            if self.open_id == message.question_id:
                self.open_id = ""
        return self.seq

    # --- Parts ---------------------------------------------------------------------------------
    def _owned_by(self, owner: str) -> None:
        if not self.owner or (self.owner != owner and self.epoch == UNTRUSTED):
            raise SessionAbsent  # a restarted Redis cannot know who came last
        if self.owner != owner:
            raise SessionFenced

    def _move(self, word: int, at: int) -> None:
        self.word, self.position_at = min(word, WORDS), at

    def _owe(self, message: Message) -> None:
        self.seq += 1
        self.outbox[self.seq] = message

    @staticmethod
    def _furthest(word: int, at: int, moment: int, playing: bool) -> int:
        """Return how far a narration can have been heard: 12 words, and six a second for ten seconds."""
        played = min(10_000, max(0, moment - at)) if playing else 0
        return word + 12 + -(-played * 6 // 1000)

    def _ask(self, question: protocol.AskedQuestion, furthest: int, moment: int) -> bool:
        if question.id in self.questions:
            return False
        if self.open_id:
            self._close(self.open_id, "cancelled")
        word = min(question.context.word_index, WORDS, furthest)
        self.questions[question.id] = Asked(question.question_text, word, moment + ANSWER_MS)
        self.open_id = question.id
        self._owe(Message(question.id, "acknowledged"))
        return True

    def _close(self, question_id: str, status: str) -> None:
        question = self.questions.get(question_id)
        if question is not None and question.unseen:
            self.questions[question_id] = replace(question, status=status)
        else:
            self.questions[question_id] = Asked("", 0, 0, status, unseen=False)
