"""Operations on live sessions, one at a time, on a real Redis; all together in test_live_stateful.py."""

import uuid

import msgspec
import pytest

from sessions import protocol
from sessions.live import keys, ledger, places, store
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
    assert run(places.progress([update, update])) == [0, 0]


async def _flush_scripts() -> None:
    await client().script_flush()


def test_a_session_lives_for_its_time_to_live_after_each_sign_of_life(session_id, settings):
    settings.LIVE_SESSION_TTL = 120
    run(places.progress([store.LiveProgress(session_id, "socket", 9, 0, True, 0)]))
    assert 110 < run(_ttl(session_id)) <= 120


async def _ttl(session_id: str) -> int:
    return await client().ttl(keys.session(session_id)[0])


def test_a_position_counts_from_when_it_was_told_not_from_when_it_was_written(session_id):
    """Or one that waited here would be newer than where the child went meanwhile."""
    told = store.now() - 5_000
    run(places.progress([store.LiveProgress(session_id, "socket", 9, 0, True, 0, told)]))
    restored = run(store.restore(session_id, 1, "socket", "server", hello(word=70, age=3_000)))
    assert restored.word_index == 70


def test_a_redis_that_may_have_lost_the_newest_hello_sends_nobody_away(session_id):
    """Its newest socket would be told that it was opened elsewhere, and nobody would come back."""
    run(_restarted(session_id))
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(3, 0))
    update = store.LiveProgress(session_id, "newer", 9, 0, True, 0)
    assert isinstance(run(places.progress([update]))[0], store.SessionAbsent)
    for refused in (
        store.check_owner(session_id, "newer"),
        store.cancel(session_id, "newer", question.id),
        store.ask(session_id, "newer", question),
    ):
        with pytest.raises(store.SessionAbsent):
            run(refused)


async def _restarted(session_id: str) -> None:
    await client().hset(keys.session(session_id)[0], "run", "another")


def test_what_would_leave_a_gap_in_an_answer_is_refused(session_id):
    """A restarted Redis may have lost a sentence; the next worker says it again."""
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(3, 0))
    run(store.ask(session_id, "socket", question))
    complete = protocol.AnswerComplete(protocol.AnswerCompletePayload(question.id, 2, "model"))
    assert run(ledger.publish(session_id, "", sentence(question.id, 0)))
    assert run(ledger.publish(session_id, "", sentence(question.id, 2))) is None
    assert run(ledger.publish(session_id, "", complete)) is None


def test_a_tablet_that_has_not_heard_the_answer_to_its_hello_still_knows_its_place_best(session_id):
    """It names the connection before that again; its own words came late and look newer than it is."""
    run(places.progress([store.LiveProgress(session_id, "socket", 9, 0, True, 0)]))
    for word, owner in ((20, "unheard"), (30, "unheard too"), (40, "heard")):
        said = msgspec.structs.replace(hello(word=word, age=60_000), owner="socket")
        assert run(store.restore(session_id, 1, owner, "server", said)).word_index == word
