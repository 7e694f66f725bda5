"""From the signals to the queue, or to the child."""

import json
import time
import uuid

import pytest
import redis
from django.conf import settings
from kombu import Connection, pools
from kombu.exceptions import OperationalError

from readerai.celery import app
from readerai.services import free_port
from sessions import protocol
from sessions.live import store, worker
from sessions.live.blocking import run
from sessions.signals import question_asked, question_expired, question_waits
from tutoring import answer, broker
from tutoring.tasks import answer_question

ADA = 1


@pytest.fixture
def session_id() -> str:
    """Ada's live session."""
    session_id = str(uuid.uuid4())
    run(store.seed(store.Seed(session_id, ADA, 7, 200, 17, 4200, store.now())))
    run(store.restore(session_id, ADA, "a-socket", "", protocol.HelloPayload()))
    return session_id


@pytest.fixture
def question_id(session_id) -> str:
    """Ada's question, acknowledged."""
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why is Mr. Owl sad?", protocol.Position(20, 0))
    run(store.ask(session_id, "a-socket", question))
    return question.id


def owed(session_id: str) -> list[type[protocol.DurableMessage]]:
    return [type(store.numbered(seq, message)) for seq, message in run(store.since(session_id, 0))]


def test_a_question_is_queued_by_its_ids_alone(session_id, question_id):
    with redis.Redis.from_url(settings.BROKER_URL) as client:
        client.delete("llm")
        question_asked.send(None, session_id=session_id, question_id=question_id)
        (raw,) = client.lrange("llm", 0, -1)
        client.delete("llm")
    message = json.loads(raw)
    assert message["headers"]["task"] == "tutoring.tasks.answer_question"
    assert message["headers"]["argsrepr"] == repr((session_id, question_id))
    assert b"Owl" not in raw


@pytest.mark.parametrize(("depths", "queued"), [({}, 1), ({"llm": 49}, 1), ({"llm": 50}, 0)], ids=str)
def test_a_question_that_waits_is_queued_again_unless_its_job_is_probably_waiting_too(
    session_id, question_id, depths, queued, monkeypatch
):
    monkeypatch.setattr(broker, "_depths", {})
    broker.told(depths)
    with redis.Redis.from_url(settings.BROKER_URL) as client:
        client.delete("llm")
        question_waits.send(None, session_id=session_id, question_id=question_id)
        assert client.llen("llm") == queued
        client.delete("llm")


@pytest.mark.parametrize(
    "error", [OperationalError("connection refused"), redis.OutOfMemoryError("command not allowed")]
)
def test_without_a_broker_the_question_stays_open_for_the_ledger(
    session_id, question_id, error, monkeypatch, caplog
):
    def away(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(answer_question, "apply_async", away)
    question_asked.send(None, session_id=session_id, question_id=question_id)
    assert f"question {question_id} was not queued: {type(error).__name__}: {error}" in caplog.messages
    assert "Owl" not in caplog.text
    assert owed(session_id) == [protocol.InterruptionAcknowledged]
    with worker.claimed(session_id, question_id) as question:
        assert question.attempt == 1


def test_a_broker_that_is_away_is_not_waited_for(session_id, question_id, monkeypatch, caplog):
    nobody = pools.producers[Connection(f"redis://127.0.0.1:{free_port()}/0")]
    monkeypatch.setattr(app.amqp, "_producer_pool", nobody)
    begun = time.monotonic()
    question_asked.send(None, session_id=session_id, question_id=question_id)
    assert "was not queued" in caplog.text
    assert time.monotonic() - begun < 1


def test_a_question_that_nobody_answered_in_time_ends_kindly(session_id, question_id):
    question_expired.send(None, session_id=session_id, question_id=question_id)
    question_expired.send(None, session_id=session_id, question_id=question_id)
    assert owed(session_id) == [protocol.InterruptionAcknowledged, protocol.AnswerFailed]
    _, (_, message) = run(store.since(session_id, 0))
    failed = store.numbered(2, message)
    assert failed.payload == answer.failed(question_id).payload


def test_an_answer_that_came_at_the_last_moment_stands(session_id, question_id):
    with worker.claimed(session_id, question_id) as question:
        complete = protocol.AnswerComplete(protocol.AnswerCompletePayload(question_id, 0, "model"))
        worker.publish(question, complete)
    question_expired.send(None, session_id=session_id, question_id=question_id)
    assert owed(session_id) == [protocol.InterruptionAcknowledged, protocol.AnswerComplete]


def test_without_state_nothing_worse_happens_than_a_line_in_the_log(
    session_id, question_id, monkeypatch, caplog
):
    def away(*_: object) -> None:
        raise redis.ConnectionError("connection refused")

    monkeypatch.setattr(worker, "fail_question", away)
    question_expired.send(None, session_id=session_id, question_id=question_id)
    assert "has expired, untold" in caplog.text
