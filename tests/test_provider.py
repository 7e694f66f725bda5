"""A model as one of several, over real HTTP: when it is left alone, who tries it, and what is counted."""

import threading

import pytest

from tests.samples import Growth, until
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.test_model_health import Clock
from tutoring.tutors.health import FIRST_REST, Health
from tutoring.tutors.interface import Deadline, Source, Turn, TutorError, TutorResting, TutorTooSlow
from tutoring.tutors.model import ModelTutor
from tutoring.tutors.provider import Provider

TURN = Turn("Why is the owl awake?", "The owl woke up.", "en", {})
BROKEN = Reply(status=500)


@pytest.fixture
def llm():
    """The scripted model."""
    with ScriptedLlm(default=Reply("It is night.")) as llm:
        yield llm


@pytest.fixture
def clock() -> Clock:
    """Moves when it is told to."""
    return Clock()


@pytest.fixture
def owl(llm, clock) -> Provider:
    """The provider; a second is time enough for it."""
    health = Health(clock, lambda: 0.0, probe_seconds=30)
    return Provider(1, ModelTutor(llm.url, "a-key", "owl-1", 0.3), health, fair_seconds=1)


def ask(provider: Provider, seconds: float = 10) -> str:
    """Return what it says, or the kind of its failure."""
    try:
        return "".join(provider.answer(TURN, Deadline(seconds)))
    except TutorError as error:
        return error.kind


def test_it_is_its_model_to_records_and_to_the_child(owl):
    assert (owl.source, owl.name) == (Source.MODEL, "owl-1")
    assert ask(owl) == "It is night."


def test_while_it_fails_it_is_left_alone(llm, owl):
    llm.script(BROKEN, BROKEN)
    assert [ask(owl) for _ in range(5)] == ["unavailable", "unavailable", "resting", "resting", "resting"]
    assert owl.resting
    assert len(llm.requests) == 2


def test_after_its_rest_one_of_sixteen_children_tries_it_and_then_it_serves_all(llm, owl, clock):
    llm.script(BROKEN, BROKEN, Reply("It is night.", hold_after_words=0))
    ask(owl)
    ask(owl)
    clock.now += FIRST_REST
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(ask(owl))) for _ in range(16)]
    for thread in threads:
        thread.start()
    until(lambda: len(answers) == 15)
    assert set(answers) == {"resting"}
    llm.release.set()
    for thread in threads:
        thread.join()
    assert answers[15:] == ["It is night."]
    assert [ask(owl) for _ in range(3)] == ["It is night."] * 3
    assert len(llm.requests) == 2 + 1 + 3


def test_a_wrong_key_needs_no_second_child_to_find_out(llm, owl):
    llm.script(Reply(status=401))
    assert [ask(owl), ask(owl)] == ["refused", "resting"]


def test_who_asks_to_be_left_alone_is(llm, owl, clock):
    llm.script(Reply(status=429, retry_after="20"))
    assert ask(owl) == "busy"
    clock.now += 19
    assert ask(owl) == "resting"
    clock.now += 1
    assert ask(owl) == "It is night."


@pytest.mark.parametrize(
    "reply", [Reply(status=400), Reply("It", fault=Fault.FILTERED)], ids=["HTTP 400", "its own filter"]
)
def test_questions_that_it_does_not_take_are_not_held_against_it(llm, owl, reply):
    llm.script(*[reply] * 5)
    assert [ask(owl) for _ in range(6)] == ["declined"] * 5 + ["It is night."]


def test_that_it_was_given_no_time_is_not_held_against_it(llm, owl):
    llm.script(*[Reply(before_first=60)] * 3)
    assert [ask(owl, seconds=0.03) for _ in range(3)] == ["too_slow"] * 3
    assert ask(owl) == "It is night."


def test_that_it_was_silent_with_time_enough_is(llm, owl):
    llm.script(*[Reply(before_first=60)] * 2)
    assert [ask(owl) for _ in range(3)] == ["too_slow", "too_slow", "resting"]


def test_an_answer_that_is_closed_because_enough_was_said_heals(llm, owl, clock):
    llm.script(BROKEN, BROKEN, Reply("It is night.", fault=Fault.HANG))
    ask(owl)
    ask(owl)
    clock.now += FIRST_REST
    pieces = owl.answer(TURN, Deadline(10))
    assert next(pieces) == "It"
    pieces.close()
    assert not owl.resting
    assert ask(owl) == "It is night."


def test_failures_are_counted_by_kind_and_the_rest_is_told(llm, owl, clock):
    unavailable = Growth("llm_failures_total", provider="1", kind="unavailable")
    resting = Growth("llm_failures_total", provider="1", kind="resting")
    rest = Growth("llm_resting", provider="1")
    llm.script(BROKEN, BROKEN)
    for _ in range(3):
        ask(owl)
    assert (unavailable(), resting(), rest()) == (2, 0, 1)
    clock.now += FIRST_REST
    ask(owl)
    assert rest() == 0


def test_the_log_says_who_rests_and_who_answers_again_and_not_what_was_asked(llm, owl, clock, caplog):
    caplog.set_level("INFO", "tutoring")
    llm.script(Reply(status=401))
    ask(owl)
    clock.now += FIRST_REST
    for _ in range(2):
        ask(owl)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["owl-1 rests for 2 s: TutorRefused", "owl-1 answers again"]


def test_no_time_at_all_is_too_slow(owl):
    with pytest.raises(TutorTooSlow):
        next(owl.answer(TURN, Deadline(0)))


def test_left_alone_it_says_so(llm, owl):
    llm.script(Reply(status=401))
    ask(owl)
    with pytest.raises(TutorResting):
        next(owl.answer(TURN, Deadline(10)))
