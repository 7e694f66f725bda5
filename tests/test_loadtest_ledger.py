"""A child's ledger: what is lost, doubled or changed on any way is found, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from readerai.loadtest.inbox import Faults
from readerai.loadtest.ledger import Ledger
from sessions import protocol
from sessions.protocol import Outcome
from tests.answers import acknowledged, answer, complete, failed, sentence

FOX, OWL = "fox", "owl"


def state(
    *pending: protocol.DurableMessage,
    outcome: Outcome = Outcome.LOSSLESS,
    epoch: str = "first",
    last_seq: int = 0,
    word_index: int = 0,
) -> protocol.SessionRestoredPayload:
    return protocol.SessionRestoredPayload(word_index, 0, epoch, "owner", outcome, last_seq, pending)


def reader() -> Ledger:
    """A child who is connected for the first time."""
    ledger = Ledger(word_count=1000)
    ledger.connecting(0.0)
    ledger.hello(0.1)
    ledger.restored(state(outcome=Outcome.NEW), 0.2)
    return ledger


def test_an_answer_that_comes_whole_leaves_nothing_to_complain_of():
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    assert ledger.missing(answers=True) == 2
    for message in answer(FOX, 3):
        assert ledger.take(message, 2.0)
    assert ledger.faults == Faults()
    assert ledger.missing(answers=True) == 0
    assert ledger.question is None
    assert ledger.questions[FOX].sentences == 3
    assert ledger.progress().payload.ack == 5
    assert not ledger.inbox.owes_acknowledgement


@given(sentences=st.integers(1, 6), data=st.data())
def test_each_message_that_does_not_come_is_found(sentences, data):
    """Whatever is left out, unless it is the very end: that is found where answers are expected."""
    messages = answer(FOX, sentences)
    left_out = data.draw(st.sets(st.integers(0, len(messages) - 2), max_size=len(messages) - 1))
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    for number, message in enumerate(messages):
        if number not in left_out:
            ledger.take(message, 2.0)
    assert ledger.missing(answers=True) == len(left_out)
    assert ledger.faults.gaps == len(left_out)
    assert ledger.faults.duplicated == 0


@given(data=st.data(), sentences=st.integers(0, 5))
def test_a_drop_at_any_message_loses_and_doubles_nothing_if_the_server_replays(data, sentences):
    messages = answer(FOX, sentences)
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    cut = data.draw(st.integers(0, len(messages)))
    for message in messages[:cut]:
        ledger.take(message, 2.0)
    ledger.away(3.0)
    hello = ledger.hello(4.0).payload
    assert hello.last_seq == cut
    assert [asked.id for asked in hello.unacknowledged] == ([FOX] if cut == 0 else [])
    outcome = Outcome.LOSSLESS if cut == len(messages) else Outcome.REPLAYED
    said = ledger.restored(state(*messages[cut:], outcome=outcome, last_seq=len(messages)), 5.0)
    assert said == []
    assert ledger.faults == Faults()
    assert ledger.missing(answers=True) == 0


def test_a_server_that_lost_its_state_may_say_again_what_it_said_but_not_something_else():
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    for message in answer(FOX, 2)[:3]:
        ledger.take(message, 2.0)
    ledger.hello(3.0)
    said = ledger.restored(
        state(
            sentence(FOX, 0, 7),
            sentence(FOX, 1, 8, "She is bold."),
            outcome=Outcome.SNAPSHOT,
            epoch="second",
            last_seq=8,
        ),
        4.0,
    )
    assert [type(message) for message in said] == [protocol.StudentQuestion], "its question is asked again"
    assert ledger.inbox.repeated == 2
    assert ledger.faults == Faults(changed=1)
    assert ledger.take(complete(FOX, 2, 9), 5.0)
    assert ledger.missing(answers=True) == 0


def test_a_question_ends_once():
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    for message in answer(FOX, 0):
        ledger.take(message, 2.0)
    ledger.take(failed(FOX, 3), 3.0)
    assert ledger.faults == Faults(duplicated=1)


def test_sentences_out_of_order_and_of_unknown_questions_are_found():
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    ledger.take(sentence(FOX, 1, 1), 2.0)
    ledger.take(sentence(OWL, 0, 2), 2.0)
    assert ledger.faults == Faults(out_of_order=1, unknown=1)


@given(read=st.integers(1, 300), behind=st.integers(0, 300))
def test_words_that_must_be_read_again_are_words_lost(read, behind):
    ledger = reader()
    ledger.read(read * 0.4 + 0.001, 1.0)
    hello = ledger.hello(1.5).payload
    assert hello.position.word_index == read
    assert hello.position_age_ms == 0, "a child who reads is there now"
    told = max(0, read - behind)
    ledger.restored(state(word_index=told), 2.0)
    assert ledger.faults == Faults(words_lost=read - told)
    assert ledger.word_index == read, "the child knows best where it is"


def test_the_place_of_a_child_that_waits_for_an_answer_grows_old():
    ledger = reader()
    ledger.read(4.0, 1.0)
    ledger.ask(FOX, "Why?", 2.0)
    assert ledger.hello(32.0).payload.position_age_ms == 30_000


def test_a_question_given_up_while_away_is_cancelled_on_return_and_owed_nothing():
    ledger = reader()
    ledger.ask(FOX, "Why?", 1.0)
    ledger.take(acknowledged(FOX, 1), 1.0)
    ledger.away(2.0)
    assert ledger.give_up(connected=False) is None
    ledger.hello(50.0)
    (said,) = ledger.restored(state(last_seq=1), 50.1)
    assert said == protocol.QuestionCancelled(protocol.QuestionCancelledPayload(FOX))
    assert ledger.missing(answers=True) == 0
    ledger.hello(60.0)
    assert ledger.restored(state(last_seq=1), 60.1) == [], "it is said once"


def test_a_question_asked_while_hello_is_on_its_way_is_asked_on_return():
    ledger = reader()
    ledger.hello(2.0)
    asked = ledger.ask(FOX, "Why?", 2.1)
    assert ledger.restored(state(), 2.2) == [asked]


def test_a_book_is_begun_again_instead_of_being_finished():
    ledger = Ledger(word_count=10)
    seen = set()
    for second in range(100):
        ledger.read(1.0, float(second))
        seen.add(ledger.word_index)
    assert max(seen) < 10
    assert 0 in seen
