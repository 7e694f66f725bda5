"""A tutor's side of a live session: what it says arrives once, also when Redis restarts meanwhile."""

import uuid

import pytest
from django.conf import settings
from redis.exceptions import ConnectionError as RedisAway

from sessions import protocol
from sessions.live import ledger, store, worker
from sessions.live.blocking import run
from sessions.live.records import Seed
from tests.samples import Growth, until

WORDS = 200


@pytest.fixture
def session_id() -> str:
    """Ada's live session."""
    session = str(uuid.uuid4())
    run(store.seed(Seed(session, 1, 7, WORDS, 0, 0, 0)))
    run(store.restore(session, 1, "socket", "server", protocol.HelloPayload()))
    return session


@pytest.fixture
def question_id(session_id) -> str:
    """Ada's question, acknowledged under number 1."""
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(3, 0))
    run(store.ask(session_id, "socket", question))
    return question.id


def sentence(question_id: str, index: int) -> protocol.AnswerSentence:
    return protocol.AnswerSentence(
        protocol.AnswerSentencePayload(question_id, index, "Yes.", ("Yes.",), None, ())
    )


def complete(question_id: str, sentences: int) -> protocol.AnswerComplete:
    return protocol.AnswerComplete(protocol.AnswerCompletePayload(question_id, sentences, "model"))


def outbox(session_id: str) -> list[tuple[int, str]]:
    entries = [store.numbered(*entry) for entry in run(store.since(session_id, 0))]
    return [(message.seq, type(message).__name__) for message in entries]


@pytest.fixture
def replies_are_lost(monkeypatch):
    """Redis does what it is asked, but the first reply of each call is lost with the connection."""
    original, told = ledger.publish, set()

    async def losing(session_id, token, message):
        published = await original(session_id, token, message)
        if message not in told:
            told.add(message)
            raise RedisAway("Connection closed by server.")
        return published

    monkeypatch.setattr(ledger, "publish", losing)


def test_what_is_said_while_redis_restarts_is_owed_once(session_id, question_id, replies_are_lost):
    with worker.claimed(session_id, question_id) as question:
        for index in range(2):
            assert worker.publish(question, sentence(question_id, index)) is not None
        assert worker.publish(question, complete(question_id, 2)) is not None
    assert outbox(session_id) == [
        (1, "InterruptionAcknowledged"),
        (2, "AnswerSentence"),
        (3, "AnswerSentence"),
        (4, "AnswerComplete"),
    ]


def test_a_redis_that_stays_away_is_not_waited_for_forever(session_id, question_id, monkeypatch):
    async def away(*_):
        raise RedisAway("gone")

    monkeypatch.setattr(ledger, "publish", away)
    monkeypatch.setattr(worker, "_AWAY_SECONDS", 0.3)
    with pytest.raises(RedisAway), worker.claimed(session_id, question_id) as question:
        worker.publish(question, sentence(question_id, 0))


def test_a_worker_that_lives_keeps_its_question(session_id, question_id, monkeypatch):
    later, renewed, renew = [0.0], [], ledger.renew

    async def noting(question):
        renewed.append(await renew(question))
        return renewed[-1]

    def passes(leases: float) -> None:
        later[0] += 1000 * leases * settings.ANSWER_LEASE_SECONDS

    monkeypatch.setattr(ledger, "now", lambda: store.now() + round(later[0]))
    monkeypatch.setattr(ledger, "renew", noting)
    monkeypatch.setattr(worker, "_RENEWALS_PER_LEASE", 1000)
    with worker.claimed(session_id, question_id) as question:
        for _ in range(2):
            passes(0.6)
            due = len(renewed) + 2  # one may have begun before
            until(lambda due=due: len(renewed) >= due)
        with worker.claimed(session_id, question_id) as second:
            assert second is None
    passes(1.1)
    with worker.claimed(session_id, question_id) as third:
        assert third.attempt == 2
        assert worker.publish(question, sentence(question_id, 0)) is None


def test_a_worker_tells_how_long_it_has_had_its_oldest_question(session_id, question_id):
    oldest = Growth("answer_oldest_lease_seconds")
    with worker.claimed(session_id, question_id):
        before = oldest()
        assert 0 < before < oldest()
    assert oldest() == 0


def test_a_question_that_nobody_answers_is_ended_once(session_id, question_id):
    sorry = protocol.AnswerFailed(protocol.AnswerFailedPayload(question_id, "Sorry!", retryable=True))
    assert worker.fail_question(session_id, question_id, sorry) == 2
    assert worker.fail_question(session_id, question_id, sorry) == 0
    with worker.claimed(session_id, question_id) as question:
        assert question.ended == "ended"  # to be looked at, not to be answered
        assert worker.publish(question, sentence(question_id, 0)) is None
        assert worker.let_go(question) == "ended"
    with worker.claimed(session_id, question_id) as question:
        assert question is None
