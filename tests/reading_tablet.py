"""A child's page as the protocol wants it: it refuses a gap or a repetition in what it is sent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sessions import protocol
from sessions.protocol import Outcome
from tests.reading_model import MS_A_WORD, message_of, position

FRESH_MS = 2_000  # what a playing page says of itself is as good as now


@dataclass
class Open:
    """A question that waits for (the rest of) its answer on a tablet."""

    asked: protocol.AskedQuestion
    acknowledged: bool = False
    sentences: int = 0


@dataclass
class Tablet:
    """A page: what outlives its connections. `exact`: nobody but it and a Redis that forgets nothing."""

    word: int | None = None
    moved_at: int | None = None  # None: the child has not moved on it
    playing: bool = False
    epoch: str | None = None
    owner: str | None = None  # what the server called its last connection
    last_seq: int = 0
    open: dict[str, Open] = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)  # cancelled while nobody could be told
    introduced: frozenset[str] = frozenset()
    said_word: int | None = None  # in the last HELLO
    unheard: int = 0  # times that it has said HELLO since it heard the answer
    exact: bool = True

    def move(self, word: int, playing: bool, moment: int) -> protocol.Progress:
        """The child is at a word."""
        self.word, self.moved_at, self.playing = word, moment, playing
        return protocol.Progress(protocol.ProgressPayload(word, word * MS_A_WORD, playing, self.last_seq))

    def ask(self, question_id: str, moment: int) -> protocol.StudentQuestion:
        """The child asks where it is; an older question is not wanted any more."""
        self.open.clear()
        self.word, self.moved_at, self.playing = self.word or 0, moment, False
        asked = protocol.AskedQuestion(question_id, "Why?", position(self.word))
        self.open[question_id] = Open(asked)
        return protocol.StudentQuestion(asked)

    def hello(self, moment: int) -> protocol.Hello:
        """The first message on a new socket."""
        unacknowledged = tuple(question.asked for question in self.open.values() if not question.acknowledged)
        self.introduced = frozenset(asked.id for asked in unacknowledged)
        place, age = None, 0
        if self.word is not None and self.moved_at is not None:
            place, age = position(self.word), moment - self.moved_at
            if self.playing and age < FRESH_MS:
                age = 0
        self.unheard += 1
        self.said_word = None if place is None else place.word_index
        return protocol.Hello(
            protocol.HelloPayload(self.epoch, self.last_seq, place, age, unacknowledged, self.owner)
        )

    def restored(self, state: protocol.SessionRestoredPayload) -> Sequence[protocol.ClientMessage]:
        """Take the answer to HELLO; return what is to be said now."""
        assert state.audio_timestamp == state.word_index * MS_A_WORD
        if state.word_index != self.said_word:
            # Who has never heard an answer cannot say that it was here before.
            known = self.exact and (self.owner is not None or self.unheard == 1)
            assert not known or self.said_word is None, f"{self.said_word} became {state.word_index}"
            if self.said_word is not None or self.moved_at is None:  # else it has moved on meanwhile
                self.word = state.word_index
        numbers = [message.seq for message in state.pending_messages]
        if state.outcome in {Outcome.LOSSLESS, Outcome.REPLAYED}:
            assert state.epoch == self.epoch
            assert numbers == list(range(self.last_seq + 1, state.last_seq + 1))
        else:
            assert numbers == list(range(state.last_seq - len(numbers) + 1, state.last_seq + 1))
            self.last_seq = state.last_seq - len(numbers)
        self.epoch, self.owner, self.unheard = state.epoch, state.owner, 0
        for message in state.pending_messages:
            self.take(message)
        self.last_seq = state.last_seq
        say: list[protocol.ClientMessage] = [
            protocol.QuestionCancelled(protocol.QuestionCancelledPayload(question_id))
            for question_id in self.unsaid
        ]
        self.unsaid.clear()
        lost = state.outcome is Outcome.SNAPSHOT
        say += [
            protocol.StudentQuestion(question.asked)
            for question_id, question in self.open.items()
            if (lost if question.acknowledged else question_id not in self.introduced)
        ]
        return say

    def take(self, message: protocol.DurableMessage) -> None:
        """Take a durable message: each once, in order, without a gap."""
        if message.seq <= self.last_seq:
            return
        assert message.seq == self.last_seq + 1, f"{message.seq} came after {self.last_seq}"
        self.last_seq = message.seq
        what = message_of(message)
        question = self.open.get(what.question_id)
        if question is None:
            return  # over, or of another tablet
        if what.kind == "acknowledged":
            assert not question.acknowledged or not self.exact, "acknowledged twice"
            question.acknowledged = True
            return
        assert question.acknowledged, f"{what.kind} before the acknowledgement"
        if what.kind == "sentence":
            assert what.index <= question.sentences, f"sentence {what.index} after {question.sentences}"
            assert what.index == question.sentences or not self.exact, f"sentence {what.index} again"
            question.sentences = max(question.sentences, what.index + 1)
        else:
            if isinstance(message, protocol.AnswerComplete) and self.exact:
                assert message.payload.sentences == question.sentences
            del self.open[what.question_id]
