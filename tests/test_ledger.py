"""The ledger: who looks finds lost jobs and dead workers, each once, and questions whose time is over.

What a child has said is given out until somebody has looked at it.
"""

import itertools
import uuid
from collections.abc import Callable

import pytest

from sessions import protocol, rescue
from sessions.live import keys, ledger, store
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.live.records import Verdict
from sessions.signals import question_asked, question_expired, question_waits


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
    assert looked() == [Verdict.ORPHANED]
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
    assert looked() == [Verdict.UNSEEN]
    assert run(ledger.claim(*question, "token")).ended == "ended"
    assert run(ledger.let_go(*question)) == "ended"
    clock(120)
    assert looked() == []
    assert run(_listed()) == 0


def test_what_a_child_asked_and_took_back_is_given_out_until_it_was_looked_at(question, clock, settings):
    run(store.cancel(question[0], "socket", question[1]))
    clock(6)
    assert looked() == [Verdict.UNSEEN]
    claimed = run(ledger.claim(*question, "token"))
    assert (claimed.text, claimed.ended, claimed.attempt) == ("Why?", "cancelled", 1)
    assert run(ledger.claim(*question, "second")) is None
    clock(settings.ANSWER_LEASE_SECONDS + 60)
    assert looked() == [Verdict.UNSEEN]  # that worker has died
    assert run(ledger.claim(*question, "second")).attempt == 2
    assert run(ledger.let_go(*question)) == "cancelled"
    assert run(ledger.claim(*question, "third")) is None
    clock(120)
    assert looked() == []
    assert run(_listed()) == 0


def test_while_there_is_no_worker_what_nobody_has_seen_is_kept_and_seldom_given_out(
    question, clock, settings
):
    run(store.cancel(question[0], "socket", question[1]))
    given_out = []
    for minute in range(1, 24 * 60):
        clock(60)
        run(_soon_gone(question[0]))
        if looked():
            given_out.append(minute)
            assert run(_seconds_left(question[0])) > settings.LIVE_SESSION_TTL - 60
    assert given_out[:6] == [1, 2, 4, 8, 16, 32]
    between = {later - earlier for earlier, later in itertools.pairwise(given_out[6:])}
    assert between == {settings.LIVE_SESSION_TTL / 2 / 60}
    assert run(ledger.claim(*question, "token")).text == "Why?"


async def _soon_gone(session_id: str) -> None:
    for key in keys.session(session_id):
        await client().expire(key, 20)


async def _seconds_left(session_id: str) -> int:
    return min([await client().ttl(key) for key in keys.session(session_id)])


def test_a_worker_that_still_looks_at_what_was_taken_back_is_left_alone(question, clock, settings):
    claimed = run(ledger.claim(*question, "token"))
    run(store.cancel(question[0], "socket", question[1]))
    clock(settings.ANSWER_LEASE_SECONDS - 1)
    assert run(ledger.renew(claimed))
    clock(settings.ANSWER_LEASE_SECONDS - 1)
    assert looked() == []
    assert run(ledger.let_go(*question)) == "cancelled"
    assert not run(ledger.renew(claimed))


def test_a_worker_over_whose_head_it_was_ended_has_seen_it(question, clock):
    session_id, question_id = question
    run(ledger.claim(*question, "token"))
    failed = protocol.AnswerFailed(protocol.AnswerFailedPayload(question_id, "Sorry.", False))
    assert run(ledger.publish(session_id, "", failed)).seq == 2
    assert run(ledger.publish(session_id, "token", failed)).seq == 0
    clock(120)
    assert looked() == []


def test_an_answer_that_was_begun_was_seen(question, clock):
    claimed = run(ledger.claim(*question, "token"))
    said = protocol.AnswerSentencePayload(claimed.id, 0, "Because.", (), None, ())
    assert run(ledger.publish(claimed.session_id, "token", protocol.AnswerSentence(said)))
    run(store.cancel(claimed.session_id, "socket", claimed.id))
    clock(120)
    assert looked() == []
    assert run(ledger.claim(*question, "second")) is None


def test_the_next_question_takes_nothing_from_one_that_nobody_has_seen(question):
    session_id, question_id = question
    place = protocol.Position(3, 0)
    run(store.cancel(session_id, "socket", question_id))
    again = protocol.AskedQuestion(str(uuid.uuid4()), "And?", place, protocol.PreviousAnswer(question_id, 0))
    run(store.ask(session_id, "socket", again))
    assert run(ledger.claim(session_id, again.id, "token")).before == (("Why?", ""),)
    assert run(ledger.claim(*question, "token")).text == "Why?"
    run(ledger.let_go(*question))
    assert run(ledger.text(*question)) == ""  # neither does it outlast its use


async def _listed() -> int:
    return await client().zcard(keys.DUE)


async def test_the_rescue_tells_who_answers_and_who_apologises(question, clock, settings):
    told = []

    def teller(name: str) -> Callable[..., None]:
        return lambda session_id, question_id, **_: told.append((name, session_id, question_id))

    receivers = {
        question_waits: teller("waits"),
        question_asked: teller("asked"),
        question_expired: teller("expired"),
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    try:
        clock(6)
        await rescue.rescue_questions()
        await ledger.claim(*question, "a worker that dies")
        clock(11)
        await rescue.rescue_questions()
        clock(settings.ANSWER_SECONDS)
        await rescue.rescue_questions()
        await store.cancel(question[0], "socket", question[1])
        clock(11)
        await rescue.rescue_questions()
    finally:
        for signal, receiver in receivers.items():
            signal.disconnect(receiver)
    assert told == [("waits", *question), ("asked", *question), ("expired", *question), ("waits", *question)]
