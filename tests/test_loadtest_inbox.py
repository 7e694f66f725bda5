"""A child's inbox: each message is taken once, and what came wrongly is found."""

from hypothesis import given
from hypothesis import strategies as st

from readerai.loadtest.inbox import Faults, Inbox
from tests.answers import answer, sentence

FOX = "fox"


@given(sentences=st.integers(0, 6), again=st.lists(st.integers(0, 7), max_size=8))
def test_each_message_that_comes_again_is_counted_and_not_taken(sentences, again):
    messages = answer(FOX, sentences)
    inbox = Inbox()
    for message in messages:
        assert inbox.take(message)
    repeats = [messages[number % len(messages)] for number in again]
    for message in repeats:
        assert not inbox.take(message)
    assert inbox.faults == Faults(duplicated=len(repeats))


def test_a_number_that_comes_late_is_out_of_order_but_not_lost():
    inbox = Inbox()
    first, second, *_ = answer(FOX, 2)
    inbox.take(second)
    assert inbox.faults == Faults(gaps=1)
    inbox.take(first)
    assert inbox.faults == Faults(out_of_order=1)


def test_a_snapshot_counts_anew_and_may_repeat_but_not_change():
    inbox = Inbox()
    for message in answer(FOX, 1):
        inbox.take(message)
    inbox.begin_again(6)
    assert not inbox.take(sentence(FOX, 0, 7))
    assert (inbox.faults, inbox.repeated) == (Faults(), 1)
    assert not inbox.take(sentence(FOX, 0, 9, "She is bold."))
    assert (inbox.faults, inbox.repeated) == (Faults(gaps=1, changed=1), 2)


def test_what_was_taken_is_owed_to_the_server_until_it_was_told():
    inbox = Inbox()
    inbox.take(sentence(FOX, 0, 1))
    assert inbox.owes_acknowledgement
    assert inbox.acknowledge() == 1
    assert not inbox.owes_acknowledgement
