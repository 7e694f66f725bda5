"""The ledger: who looks finds lost jobs and dead workers, each once, and questions whose time is over."""

import uuid

import pytest

from sessions import protocol, rescue
from sessions.live import keys, ledger, store
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.live.records import Verdict
from sessions.signals import question_asked, question_expired


@pytest.fixture
def clock(monkeypatch):
    """The time, which the test moves: `clock(seconds)`."""
    moment = [store.now()]

    def pass_by(seconds: float) -> None:
        moment[0] += int(seconds * 1000)

    for module in (store, ledger):
        monkeypatch.setattr(module, "now", lambda: moment[0])
    run(_forget_what_others_left())
    return pass_by


async def _forget_what_others_left() -> None:
    await client().delete(keys.DUE)


@pytest.fixture
def question(clock) -> tuple[str, str]:
    """A live session's and its question's id, which nobody has claimed."""
    session_id, question_id = str(uuid.uuid4()), str(uuid.uuid4())
    asked = protocol.AskedQuestion(question_id, "Why?", protocol.Position(3, 0))
    run(store.seed(store.Seed(session_id, 1, 7, 200, 0, 0, 0)))
    run(store.restore(session_id, 1, "socket", "server", protocol.HelloPayload(unacknowledged=(asked,))))
    return session_id, question_id


def looked() -> list[Verdict]:
    """Return what a look finds."""
    return [due.verdict for due in run(ledger.look())]


def test_a_new_question_is_left_to_its_job(question, clock):
    clock(4)
    assert looked() == []


def test_a_lost_job_is_found_by_one_and_again_only_later(question, clock):
    clock(6)
    assert looked() == [Verdict.OPEN]
    assert looked() == []
    clock(11)
    assert looked() == [Verdict.OPEN]


def test_a_worker_that_lives_is_left_alone_and_one_that_died_is_not(question, clock, settings):
    claimed = run(ledger.claim(*question, "token"))
    clock(6)
    assert looked() == []
    assert run(ledger.renew(claimed))
    clock(settings.ANSWER_LEASE_SECONDS - 1)
    assert looked() == []
    clock(settings.ANSWER_LEASE_SECONDS + 1)
    assert looked() == [Verdict.OPEN]
    assert run(ledger.claim(*question, "second")).attempt == 2
    assert not run(ledger.renew(claimed))


def test_a_question_whose_time_is_over_is_told_until_it_is_ended(question, clock, settings):
    clock(settings.ANSWER_SECONDS + 6)
    assert looked() == [Verdict.EXPIRED]
    clock(11)
    assert looked() == [Verdict.EXPIRED]
    failed = protocol.AnswerFailed(protocol.AnswerFailedPayload(question[1], "Sorry.", False))
    assert run(ledger.publish(question[0], "", failed)).seq == 2
    clock(11)
    assert looked() == []
    assert run(_listed()) == 0


async def _listed() -> int:
    return await client().zcard(keys.DUE)


async def test_the_rescue_tells_who_answers_and_who_apologises(question, clock, settings):
    told = []
    receivers = {
        question_asked: lambda session_id, question_id, **_: told.append(("asked", session_id, question_id)),
        question_expired: lambda session_id, question_id, **_: told.append(
            ("expired", session_id, question_id)
        ),
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    try:
        clock(6)
        await rescue.rescue_questions()
        clock(settings.ANSWER_SECONDS)
        await rescue.rescue_questions()
    finally:
        for signal, receiver in receivers.items():
            signal.disconnect(receiver)
    assert told == [("asked", *question), ("expired", *question)]
