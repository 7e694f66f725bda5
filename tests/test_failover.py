"""A model fails and another takes over: the child hears one answer, in order, and no sentence twice."""

import time
from typing import Any

import pytest

from sessions import protocol
from tests import test_answering as story
from tests.samples import Growth, until
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.test_answering import THREE, texts
from tutoring import tutors
from tutoring.models import Question
from tutoring.tutors import health

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_voice")]

# The story that Ada reads, and how she asks.
one_connection, quick_voice = story.one_connection, story.quick_voice
book, reading = story.book, story.reading
on_sentence = story.on_sentence

SENTENCES = ["Tiva is a fox.", "She lives under a mill.", "She has a lantern."]
BEGUN = "Tiva is a fox. She liv"
REST = "She lives under a mill. She has a lantern."

# What goes wrong, and how it is counted.
BEFORE_THE_FIRST_SENTENCE = {
    "it is silent": (Reply(before_first=60), "too_slow"),
    "it hangs": (Reply("Half a sent", fault=Fault.HANG), "too_slow"),
    "it is busy": (Reply(status=429), "busy"),
    "it is busy for a while": (Reply(status=429, retry_after="7"), "busy"),
    "it is out of order": (Reply(status=500), "unavailable"),
    "it is overloaded": (Reply(status=503, retry_after="7"), "busy"),
    "its key is wrong": (Reply(status=401), "refused"),
    "it does not take the question": (Reply(status=400), "declined"),
    "it breaks off": (Reply("Half a sent", fault=Fault.DROP), "unavailable"),
    "it ends early": (Reply("Half a sent", fault=Fault.END_EARLY), "unavailable"),
    "it reports an error": (Reply("Half a sent", fault=Fault.ERROR), "unavailable"),
    "a chunk is malformed": (Reply("Half a sent", fault=Fault.MALFORMED), "unusable"),
    "a chunk holds no text": (Reply("Half a sent", fault=Fault.NO_TEXT), "unusable"),
    "its filter stops it": (Reply("Half a sent", fault=Fault.FILTERED), "declined"),
    "its answer is empty": (Reply(""), "unusable"),
}
AFTER_THE_FIRST_SENTENCE = {
    "it hangs": (Reply(BEGUN, fault=Fault.HANG), "too_slow"),
    "it chatters": (Reply(BEGUN, fault=Fault.CHATTER), "too_slow"),
    "it trickles": (Reply(BEGUN, fault=Fault.TRICKLE), "too_slow"),
    "it breaks off": (Reply(BEGUN, fault=Fault.DROP), "unavailable"),
    "it ends early": (Reply(BEGUN, fault=Fault.END_EARLY), "unavailable"),
    "it reports an error": (Reply(BEGUN, fault=Fault.ERROR), "unavailable"),
    "a chunk is malformed": (Reply(BEGUN, fault=Fault.MALFORMED), "unusable"),
    "a chunk holds no text": (Reply(BEGUN, fault=Fault.NO_TEXT), "unusable"),
    "its filter stops it": (Reply(BEGUN, fault=Fault.FILTERED), "declined"),
}


@pytest.fixture
def owls(settings):
    """Two models on servers of their own, configured as an operator would."""
    with ScriptedLlm() as first, ScriptedLlm() as second:
        settings.LLM_BASE_URL, settings.LLM_MODEL = first.url, "owl-1"
        settings.LLM_2_BASE_URL, settings.LLM_2_MODEL = second.url, "owl-2"
        settings.ANSWER_CACHE_SECONDS = 0  # each question is one for a model
        tutors.in_order.cache_clear()
        yield first, second
    tutors.in_order.cache_clear()


@pytest.fixture
def three_owls(owls, settings):
    """A third one beside them."""
    with ScriptedLlm() as third:
        settings.LLM_3_BASE_URL, settings.LLM_3_MODEL = third.url, "owl-3"
        tutors.in_order.cache_clear()
        yield *owls, third


def wait_for(kind: str, settings: Any) -> None:
    """Silence is waited for as briefly as may be; where none comes, who answers may take its time."""
    settings.LLM_FIRST_TOKEN_SECONDS = 1 if kind == "too_slow" else 10
    tutors.in_order.cache_clear()


def is_one_answer(messages: list[protocol.DurableMessage], sentences: list[str], source: str) -> None:
    """Check that the child was sent just these sentences, numbered, and then their end."""
    *said, last = messages
    assert texts(said) == sentences
    assert [message.payload.index for message in said] == list(range(len(sentences)))
    assert isinstance(last, protocol.AnswerComplete)
    assert (last.payload.sentences, last.payload.source) == (len(sentences), source)


@pytest.mark.parametrize("fault", BEFORE_THE_FIRST_SENTENCE)
def test_before_the_first_sentence_the_next_one_answers(owls, reading, settings, fault):
    first, second = owls
    reply, kind = BEFORE_THE_FIRST_SENTENCE[fault]
    wait_for(kind, settings)
    first.script(reply)
    second.script(Reply(THREE))
    failures = Growth("llm_failures_total", provider="1", kind=kind)
    failovers = Growth("llm_failovers_total")
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert (len(first.requests), len(second.requests)) == (1, 1)
    assert "<said>" not in second.heard()
    assert (failures(), failovers()) == (1, 1)
    assert Question.objects.get().source == "owl-2"


@pytest.mark.parametrize("fault", AFTER_THE_FIRST_SENTENCE)
def test_after_the_first_sentence_the_next_one_goes_on(owls, reading, settings, fault):
    first, second = owls
    reply, kind = AFTER_THE_FIRST_SENTENCE[fault]
    wait_for(kind, settings)
    first.script(reply)
    second.script(Reply(REST))
    failures = Growth("llm_failures_total", provider="1", kind=kind)
    failovers = Growth("llm_failovers_total")
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert "<said>\\nTiva is a fox.\\n</said>" in second.heard()
    assert "She liv" not in second.heard()
    assert (failures(), failovers()) == (1, 1)
    assert Question.objects.get().answer.split("\n") == SENTENCES


def test_where_nobody_listens_the_next_one_answers(owls, reading, settings):
    with ScriptedLlm() as gone:
        settings.LLM_BASE_URL = gone.url
    tutors.in_order.cache_clear()
    owls[1].script(Reply(THREE))
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")


@pytest.mark.parametrize("again", ["Tiva is a fox. ", "Tiva is a fox! ", "**Tiva  is** a “fox”. "])
def test_one_that_begins_anew_is_heard_only_where_it_is_new(owls, reading, again):
    first, second = owls
    first.script(Reply(BEGUN, fault=Fault.DROP))
    second.script(Reply(again + REST))
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")


def test_one_that_has_nothing_to_add_ends_the_answer(owls, reading):
    first, second = owls
    first.script(Reply(BEGUN, fault=Fault.DROP))
    second.script(Reply("Tiva is a fox."))
    is_one_answer(reading.answer(reading.ask()), SENTENCES[:1], "model")
    assert Question.objects.get().source == "owl-1"


def test_three_may_be_needed_for_three_sentences(three_owls, reading):
    first, second, third = three_owls
    first.script(Reply("Tiva is a fox. She l", fault=Fault.DROP))
    second.script(Reply("She lives under a mill. She h", fault=Fault.MALFORMED))
    third.script(Reply("She has a lantern."))
    failovers = Growth("llm_failovers_total")
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert "<said>\\nTiva is a fox. She lives under a mill.\\n</said>" in third.heard()
    assert failovers() == 2
    assert Question.objects.get().source == "owl-3"


def test_when_all_fail_before_the_first_sentence_the_offline_tutor_answers(three_owls, reading):
    for llm in three_owls:
        llm.script(Reply(status=500))
    *sentences, last = reading.answer(reading.ask())
    assert texts(sentences)[0].endswith("Tiva was a young fox who lived under the old mill.")
    assert last.payload.source == "offline"


def test_when_all_fail_after_the_first_sentence_it_is_the_answer(owls, reading):
    first, second = owls
    first.script(Reply(BEGUN, fault=Fault.DROP))
    second.script(Reply(status=500))
    is_one_answer(reading.answer(reading.ask()), SENTENCES[:1], "model")
    question = Question.objects.get()
    assert (question.outcome, question.source) == (Question.Outcome.ANSWERED, "owl-1")


def test_models_that_all_hang_leave_time_for_one_another_and_for_the_offline_tutor(owls, reading, settings):
    first, second = owls
    settings.ANSWER_SECONDS, settings.LLM_FIRST_TOKEN_SECONDS = 1, 30
    tutors.in_order.cache_clear()
    first.script(Reply(before_first=60))
    second.script(Reply(before_first=60))
    begun = time.monotonic()
    *sentences, last = reading.answer(reading.ask())
    assert time.monotonic() - begun < 4  # seconds; either would be silent for 30
    assert texts(sentences)
    assert last.payload.source == "offline"
    assert first.hung_up.wait(5)
    assert second.hung_up.wait(5)


def test_one_that_dawdles_in_mid_answer_leaves_the_next_one_time_to_go_on(owls, reading, settings):
    first, second = owls
    settings.ANSWER_SECONDS, settings.LLM_FIRST_TOKEN_SECONDS = 2, 30
    tutors.in_order.cache_clear()
    first.script(Reply("Tiva is a fox. And" + " then" * 500, between=0.02))
    second.script(Reply(REST))
    is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert first.hung_up.wait(5)


def test_one_whose_key_is_wrong_is_not_asked_by_the_next_child(owls, reading):
    first, second = owls
    first.script(Reply(status=401))
    second.script(Reply(THREE), Reply(THREE))
    for _ in range(2):
        is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert (len(first.requests), len(second.requests)) == (1, 2)


def test_while_all_rest_the_offline_tutor_answers_without_asking_them(owls, reading):
    for llm in owls:
        llm.script(Reply(status=401))
    reading.answer(reading.ask())
    begun = time.monotonic()
    *sentences, last = reading.answer(reading.ask())
    assert time.monotonic() - begun < 2
    assert texts(sentences)
    assert last.payload.source == "offline"
    assert [len(llm.requests) for llm in owls] == [1, 1]


def test_after_its_rest_a_question_tries_the_first_one_again(owls, reading, monkeypatch):
    first, second = owls
    monkeypatch.setattr(health, "FIRST_REST", 0.05)
    tutors.in_order.cache_clear()
    first.script(Reply(status=401), Reply(THREE), Reply(THREE))
    second.script(Reply(THREE))
    reading.answer(reading.ask())
    until(lambda: not tutors.in_order()[0].resting)
    for _ in range(2):
        is_one_answer(reading.answer(reading.ask()), SENTENCES, "model")
    assert (len(first.requests), len(second.requests)) == (3, 1)


def test_a_second_worker_s_model_fails_too_and_the_next_one_goes_on(owls, reading, settings):
    settings.ANSWER_LEASE_SECONDS = 0
    first, second = owls
    first.script(Reply("She lives under a mill. She", fault=Fault.DROP))
    second.script(Reply("She has a lantern."))
    messages = reading.answer(reading.ask_a_worker_that_dies("Tiva is a fox."))
    is_one_answer(messages, SENTENCES, "model")
    assert "<said>\\nTiva is a fox. She lives under a mill.\\n</said>" in second.heard()


def test_what_a_dead_worker_s_model_said_is_not_continued_by_the_offline_tutor(owls, reading, settings):
    settings.ANSWER_LEASE_SECONDS = 0
    for llm in owls:
        llm.script(Reply(status=500))
    messages = reading.answer(reading.ask_a_worker_that_dies("Tiva is a fox."))
    is_one_answer(messages, SENTENCES[:1], "model")


def test_for_a_child_who_has_gone_no_other_model_is_asked(owls, reading, on_sentence):
    first, second = owls
    first.script(Reply("Tiva is a fox. She", fault=Fault.DROP))
    question_id = reading.ask()
    on_sentence(lambda _: reading.cancel(question_id))
    assert texts(reading.answer(question_id)) == SENTENCES[:1]
    assert second.requests == []
    assert Question.objects.get().outcome == Question.Outcome.CANCELLED


def test_no_log_line_holds_what_was_asked_or_answered_and_only_what_needs_mending_is_an_error(
    owls, reading, caplog
):
    first, second = owls
    first.script(Reply(BEGUN, fault=Fault.DROP), Reply(status=400), Reply(status=401))
    second.script(Reply(REST), Reply(THREE), Reply(THREE))
    for _ in range(3):
        reading.answer(reading.ask("Does Tiva love Mummy?"))
    lines = [record for record in caplog.records if record.name == "tutoring.answering"]
    kinds = {record.getMessage().split(": ")[1]: record.levelname for record in lines}
    assert kinds.pop("TutorRefused") == "ERROR"
    assert kinds.pop("TutorDeclined") == kinds.pop("TutorUnavailable") == "WARNING"
    for private in ("Mummy", "mill", "is a fox", "Ada"):
        assert private not in caplog.text
