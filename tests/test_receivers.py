"""From the signal to the queue, and what the child hears when there is no queue."""

import json
import uuid

import pytest
import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from sessions import protocol
from sessions.live import store
from sessions.live.blocking import run
from sessions.signals import question_asked
from tutoring import receivers
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
    run(store.ask(session_id, "a-socket", [question], 200))
    return question.id


def test_a_question_is_queued_by_its_ids_alone(session_id, question_id):
    broker = redis.Redis.from_url(settings.BROKER_URL)
    broker.delete("llm")
    question_asked.send(None, session_id=session_id, question_id=question_id)
    (raw,) = broker.lrange("llm", 0, -1)
    broker.delete("llm")
    message = json.loads(raw)
    assert message["headers"]["task"] == "tutoring.tasks.answer_question"
    assert message["headers"]["argsrepr"] == repr((session_id, question_id))
    assert b"Owl" not in raw


@pytest.mark.parametrize(
    "error", [OperationalError("connection refused"), redis.OutOfMemoryError("command not allowed")]
)
def test_without_a_broker_the_child_is_told_at_once(session_id, question_id, error, monkeypatch, caplog):
    def away(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(answer_question, "apply_async", away)
    question_asked.send(None, session_id=session_id, question_id=question_id)
    _, (_, message) = run(store.since(session_id, 0))
    failed = store.numbered(2, message)
    assert isinstance(failed, protocol.AnswerFailed)
    assert failed.payload.message == receivers.AWAY_MESSAGE
    assert failed.payload.question_id == question_id
    assert "was not queued" in caplog.text
    assert "Owl" not in caplog.text


def test_without_broker_and_state_nothing_worse_happens(session_id, question_id, monkeypatch, caplog):
    def no_broker(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    def no_state(*_: object) -> None:
        raise redis.ConnectionError("connection refused")

    monkeypatch.setattr(answer_question, "apply_async", no_broker)
    monkeypatch.setattr(receivers.worker, "publish", no_state)
    question_asked.send(None, session_id=session_id, question_id=question_id)
    assert "nor was the child told" in caplog.text
