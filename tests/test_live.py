"""Live sessions on a real Redis, beside a model: whatever happens in whatever order, nothing is lost.

The model is what a child's tablet and the school would say happened; after every reconnect the
restored state is the model's, and each durable message has reached the tablet once, in order.
"""

import uuid

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sessions import protocol
from sessions.live import keys, ledger, store
from sessions.live.blocking import run
from sessions.live.connection import client

WORDS = 300


def hello(epoch=None, seq=0, word=None, age=0) -> protocol.HelloPayload:
    position = protocol.Position(word, 0) if word is not None else None
    return protocol.HelloPayload(epoch, seq, position, age)


def sentence(question_id: str, index: int) -> protocol.AnswerSentence:
    return protocol.AnswerSentence(
        protocol.AnswerSentencePayload(question_id, index, "Yes.", ("Yes.",), None, ())
    )


class OneReading(RuleBasedStateMachine):
    """A child, a tablet that loses its network, a tutor, and a Redis that may forget everything."""

    @initialize()
    def open_book(self):
        self.session = str(uuid.uuid4())
        self.epoch = None  # what the tablet knows
        self.seen = 0
        self.word = 0
        self.owner = ""
        self.outbox: list[tuple[int, object]] = []  # what the school owes, (seq, message without number)
        self.acknowledged = 0
        self.seq = 0
        self.open: str | None = None  # the question that is being answered
        self.asked: set[str] = set()
        self.sentences = 0
        self._seed()

    def _seed(self):
        run(store.seed(store.Seed(self.session, 1, 7, WORDS, self.word, 0, 0)))

    def _owe(self, kind):
        self.seq += 1
        self.outbox.append((self.seq, kind))

    @rule()
    def connect(self):
        """The tablet comes (back): the place and everything missed are there."""
        self.owner = uuid.uuid4().hex
        said = hello(self.epoch, self.seen, self.word)
        restored = run(store.restore(self.session, 1, self.owner, "server", said))
        assert restored.word_index == self.word
        assert restored.last_seq == self.seq
        if restored.epoch == self.epoch:
            expected = [seq for seq, _ in self.outbox if seq > self.seen]
            assert restored.outcome == ("replayed" if expected else "lossless")
        else:
            expected = [seq for seq, _ in self.outbox]
            assert restored.outcome == ("new" if self.epoch is None else "snapshot")
        assert [message.seq for message in restored.pending] == expected
        assert [type(message) for message in restored.pending] == [
            kind for seq, kind in self.outbox if seq in expected
        ]
        self.epoch, self.seen = restored.epoch, self.seq

    @precondition(lambda self: self.owner)
    @rule(word=st.integers(0, WORDS), ack=st.booleans())
    def read_on(self, word, ack):
        """A position arrives, perhaps with an acknowledgement of all that was seen."""
        acknowledged = self.seen if ack else 0
        update = store.LiveProgress(self.session, self.owner, word, 0, True, acknowledged)
        assert run(store.progress([update])) == [self.seq]
        self.word = word
        self.acknowledged = max(self.acknowledged, acknowledged)
        self.outbox = [entry for entry in self.outbox if entry[0] > self.acknowledged]

    @precondition(lambda self: self.owner)
    @rule(word=st.integers(0, WORDS), twice=st.booleans())
    def ask(self, word, twice):
        """A question, perhaps sent twice."""
        question_id = str(uuid.uuid4())
        question = protocol.AskedQuestion(question_id, "Why?", protocol.Position(word, 0))
        asked = run(store.ask(self.session, self.owner, question))
        self._owe(protocol.InterruptionAcknowledged)
        assert asked.seq == self.seq
        if twice:
            assert run(store.ask(self.session, self.owner, question)) is None
        self.word = word
        self.open, self.sentences = question_id, 0
        self.asked.add(question_id)

    @precondition(lambda self: self.owner and self.open)
    @rule()
    def cancel(self):
        """The child has had enough."""
        run(store.cancel(self.session, self.owner, self.open))
        self.open = None

    @precondition(lambda self: self.open)
    @rule(last=st.booleans())
    def answer(self, last):
        """The tutor says one sentence, or that it has ended; the tablet may be away meanwhile."""
        if last:
            ended = protocol.AnswerCompletePayload(self.open, self.sentences, "model")
            message = protocol.AnswerComplete(ended)
        else:
            message = sentence(self.open, self.sentences)
        published = run(ledger.publish(self.session, "", message))
        self._owe(type(message))
        assert published.seq == self.seq
        self.sentences += not last
        if last:
            self.open = None

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def answer_to_what_is_no_longer_wanted(self, data):
        """A slow worker speaks of an old question: nothing of it gets through."""
        old = data.draw(st.sampled_from(sorted(self.asked)))
        if old != self.open:
            assert run(ledger.publish(self.session, "", sentence(old, 9))) is None
            assert run(ledger.claim(self.session, old, "late")) is None

    @precondition(lambda self: self.owner)
    @rule()
    def lose_network(self):
        """The socket is gone."""
        run(store.leave(self.session, self.owner))
        self.owner = ""

    @precondition(lambda self: self.owner)
    @rule(word=st.integers(0, WORDS))
    def late_write_of_an_older_socket(self, word):
        """A socket that was succeeded cannot move the place."""
        update = store.LiveProgress(self.session, "older", word, 0, True, self.seq)
        assert isinstance(run(store.progress([update]))[0], store.SessionFenced)

    @rule()
    def redis_forgets(self):
        """Redis is flushed; the session is rebuilt from the checkpoint under a new epoch."""
        run(_forget(self.session))
        self._seed()
        self.owner, self.open = "", None
        self.seq = self.acknowledged = 0
        self.outbox, self.asked = [], set()

    @invariant()
    def the_place_is_the_model_s(self):
        if hasattr(self, "session"):
            assert run(store.positions([self.session]))[0].word_index == self.word


async def _forget(session_id: str) -> None:
    await client().delete(*keys.session(session_id))


OneReading.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=30, deadline=None)
test_one_reading = OneReading.TestCase


@pytest.fixture
def session_id() -> str:
    """A live session of student 1, whose socket is `socket`."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, 1, 7, WORDS, 0, 0, 0)))
    run(store.restore(session, 1, "socket", "server", hello()))
    return session


def test_one_question_is_claimed_by_one_worker(session_id):
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(3, 0))
    run(store.ask(session_id, "socket", question))
    first = run(ledger.claim(session_id, question.id, "first"))
    assert (first.text, first.word_index, first.student_id, first.book_id) == ("Why?", 3, 1, 7)
    assert run(ledger.claim(session_id, question.id, "second")) is None
    assert run(ledger.claim(session_id, question.id, "first")) == first  # whose reply was lost


def test_a_question_whose_worker_died_can_be_claimed_when_the_lease_is_over(session_id, settings):
    settings.ANSWER_LEASE_SECONDS = 0
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(3, 0))
    run(store.ask(session_id, "socket", question))
    first = run(ledger.claim(session_id, question.id, "first"))
    run(ledger.publish(session_id, "first", sentence(question.id, 0)))
    second = run(ledger.claim(session_id, question.id, "second"))
    assert (first.attempt, first.said) == (1, ())
    assert (second.attempt, second.said) == (2, ("Yes.",))
    assert run(ledger.publish(session_id, "first", sentence(question.id, 1))) is None
    assert run(ledger.publish(session_id, "second", sentence(question.id, 1))).seq == 3


def test_another_students_hello_is_refused(session_id):
    with pytest.raises(store.SessionForbidden):
        run(store.restore(session_id, 2, "socket", "server", hello()))


def test_scripts_are_loaded_again_after_redis_forgot_them(session_id):
    run(_flush_scripts())
    update = store.LiveProgress(session_id, "socket", 9, 0, True, 0)
    assert run(store.progress([update, update])) == [0, 0]


async def _flush_scripts() -> None:
    await client().script_flush()


def test_a_session_lives_for_its_time_to_live_after_each_sign_of_life(session_id, settings):
    settings.LIVE_SESSION_TTL = 120
    run(store.progress([store.LiveProgress(session_id, "socket", 9, 0, True, 0)]))
    assert 110 < run(_ttl(session_id)) <= 120


async def _ttl(session_id: str) -> int:
    return await client().ttl(keys.session(session_id)[0])
