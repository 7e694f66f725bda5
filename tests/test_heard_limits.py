"""How much of a book, and of the answer before, a question lets the tutor know."""

import uuid

import pytest

from sessions import protocol
from sessions.live import ledger, places, store
from sessions.live.blocking import run
from sessions.live.records import LiveProgress, LiveQuestion

ADA, SOCKET = 1, "ada's tablet"
SLACK = 12  # words between two places that a tablet tells


@pytest.fixture
def session_id() -> str:
    """Ada's live session: a book of 2,000 words, begun, at word 100."""
    session_id = str(uuid.uuid4())
    seed = store.Seed(session_id, ADA, 7, 2_000, 100, 0, store.now() - 60_000, grade=3.5)
    run(store.seed(seed))
    run(store.restore(session_id, ADA, SOCKET, "", protocol.HelloPayload()))
    return session_id


def told(session_id: str, word: int, *, playing: bool = True, seconds_ago: float = 0) -> LiveProgress:
    return LiveProgress(session_id, SOCKET, word, 0, playing, 0, store.now() - int(seconds_ago * 1000))


def asked(
    session_id: str,
    word: int,
    before: LiveProgress | None = None,
    previous: protocol.PreviousAnswer | None = None,
) -> LiveQuestion:
    """Ask at a word, and return what a worker gets."""
    question = protocol.AskedQuestion(str(uuid.uuid4()), f"Why {word}?", protocol.Position(word, 0), previous)
    run(store.ask(session_id, SOCKET, question, before))
    claimed = run(ledger.claim(session_id, question.id, "token"))
    assert claimed is not None
    return claimed


def answered(session_id: str, question: LiveQuestion, *sentences: str) -> None:
    """Say these sentences and end."""
    for index, text in enumerate(sentences):
        payload = protocol.AnswerSentencePayload(question.id, index, text, (), None, ())
        assert run(ledger.publish(session_id, question.token, protocol.AnswerSentence(payload)))
    end = protocol.AnswerCompletePayload(question.id, len(sentences), "model")
    assert run(ledger.publish(session_id, question.token, protocol.AnswerComplete(end)))


# --- The book ----------------------------------------------------------------------------------
def test_who_asks_where_it_is_is_answered_from_there(session_id):
    assert asked(session_id, 105).word_index == 105


def test_who_says_to_be_far_ahead_is_answered_from_where_it_can_be(session_id):
    assert asked(session_id, 1_900).word_index == 100 + SLACK


def test_the_childs_place_itself_is_not_argued_with(session_id):
    asked(session_id, 1_900)
    assert run(places.positions([session_id]))[0].word_index == 1_900


@pytest.mark.parametrize(
    "before, furthest",
    [
        ({"word": 300, "playing": False}, 300 + SLACK),
        ({"word": 300, "playing": False, "seconds_ago": 60}, 300 + SLACK),
        ({"word": 300, "seconds_ago": 2}, 300 + SLACK + 12),  # nobody speaks more than six words a second
        ({"word": 300, "seconds_ago": 3_600}, 300 + SLACK + 60),  # who plays tells its place each second
    ],
)
def test_what_can_have_been_played_since_the_last_place_counts_as_heard(session_id, before, furthest):
    word = asked(session_id, 1_900, told(session_id, **before)).word_index
    assert furthest <= word <= furthest + 1


def test_a_page_turned_just_before_counts(session_id):
    run(places.progress([told(session_id, 700, playing=False)]))
    assert asked(session_id, 705).word_index == 705


def test_a_question_without_a_connection_is_answered_from_where_the_child_went_on_to(session_id):
    question = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(390, 0))
    far = protocol.AskedQuestion(str(uuid.uuid4()), "And then?", protocol.Position(1_900, 0))
    hello = protocol.HelloPayload(position=protocol.Position(400, 0), unacknowledged=(question, far))
    run(store.restore(session_id, ADA, "a new socket", "", hello))
    assert run(ledger.claim(session_id, question.id, "token")).ended == "cancelled"  # a newer one was asked
    assert run(ledger.claim(session_id, far.id, "token")).word_index == 400 + SLACK


# --- The answers before ------------------------------------------------------------------------
def test_the_first_question_has_nothing_before_it_and_the_grade_of_its_child(session_id):
    question = asked(session_id, 100)
    assert (question.before, question.grade) == ((), 3.5)


@pytest.mark.parametrize("heard, text", [(0, ""), (1, "One."), (2, "One. Two."), (99, "One. Two.")])
def test_of_an_answer_only_what_was_heard_is_before_the_next_question(session_id, heard, text):
    first = asked(session_id, 100)
    answered(session_id, first, "One.", "Two.")
    second = asked(session_id, 101, previous=protocol.PreviousAnswer(first.id, heard))
    assert second.before == (("Why 100?", text),)


def test_an_interrupted_answer_counts_as_far_as_it_was_heard(session_id):
    first = asked(session_id, 100)
    for index, text in enumerate(["One.", "Two."]):
        payload = protocol.AnswerSentencePayload(first.id, index, text, (), None, ())
        run(ledger.publish(session_id, first.token, protocol.AnswerSentence(payload)))
    second = asked(session_id, 101, previous=protocol.PreviousAnswer(first.id, 1))
    assert second.before == (("Why 100?", "One."),)


def test_three_questions_are_before_a_fifth(session_id):
    previous = None
    for word in range(100, 105):
        question = asked(session_id, word, previous=previous)
        answered(session_id, question, f"Because {word}.")
        previous = protocol.PreviousAnswer(question.id, 1)
    assert question.before == tuple((f"Why {word}?", f"Because {word}.") for word in (101, 102, 103))


def test_a_question_that_nobody_knows_is_before_nothing(session_id):
    unknown = protocol.PreviousAnswer(str(uuid.uuid4()), 3)
    assert asked(session_id, 100, previous=unknown).before == ()


def test_the_same_question_again_changes_nothing(session_id):
    first = asked(session_id, 100)
    answered(session_id, first, "One.")
    question = protocol.AskedQuestion(
        str(uuid.uuid4()), "And?", protocol.Position(101, 0), protocol.PreviousAnswer(first.id, 1)
    )
    for _ in range(2):
        run(store.ask(session_id, SOCKET, question))
    assert run(ledger.claim(session_id, question.id, "token")).before == (("Why 100?", "One."),)
