"""Who is asked, in which order, and how much of a question's time each has."""

import pytest

from tests.scripted_llm import Reply, ScriptedLlm
from tutoring import tutors
from tutoring.tutors.interface import Deadline, Turn, TutorRefused

TURN = Turn("Why is the owl awake?", "The owl woke up.", "en", {})


@pytest.fixture(autouse=True)
def anew():
    """Each test configures its own tutors."""
    tutors.in_order.cache_clear()
    yield
    tutors.in_order.cache_clear()


@pytest.fixture
def llm():
    """One server for all models: which of them it is asked for is in the request."""
    with ScriptedLlm() as llm:
        yield llm


@pytest.fixture
def three(settings, llm):
    """Three models and the offline tutor."""
    settings.ANSWER_SECONDS = 30
    for prefix, model in (("LLM", "owl-1"), ("LLM_2", "owl-2"), ("LLM_3", "owl-3")):
        setattr(settings, f"{prefix}_BASE_URL", llm.url)
        setattr(settings, f"{prefix}_MODEL", model)


def asked(seconds: float = 30) -> list[tuple[str, float]]:
    """Return who is asked if all fail at once, each with its seconds."""
    tutors.in_order()  # which takes a moment the first time
    return [(tutor.name, share.remaining()) for tutor, share in tutors.in_turn(Deadline(seconds))]


def breaks(tutor: tutors.Tutor, llm: ScriptedLlm) -> None:
    """Let a tutor fail for good."""
    llm.script(Reply(status=401))
    with pytest.raises(TutorRefused):
        list(tutor.answer(TURN, Deadline(5)))


def test_models_are_asked_in_their_order_and_the_offline_tutor_last(three):
    assert [tutor.name for tutor in tutors.in_order()] == ["owl-1", "owl-2", "owl-3", "offline"]
    assert [name for name, _ in asked()] == ["owl-1", "owl-2", "owl-3", "offline"]


def test_without_a_model_the_offline_tutor_has_all_the_time():
    [(name, seconds)] = asked()
    assert name == "offline"
    assert seconds == pytest.approx(30, abs=0.3)


def test_models_share_the_time_and_leave_some_to_the_offline_tutor(three):
    times = [seconds for _, seconds in asked()]
    # 27 seconds for three; those that failed at once have left theirs to the next.
    assert times == pytest.approx([9, 13.5, 27, 30], abs=0.3)


def test_a_question_that_waited_long_is_for_the_offline_tutor_alone(three):
    assert [name for name, _ in asked(seconds=2.5)] == ["offline"]


def test_a_model_that_rests_is_left_out_and_the_others_have_its_time(three, llm):
    breaks(tutors.in_order()[1], llm)
    assert [name for name, _ in asked()] == ["owl-1", "owl-3", "offline"]
    assert [seconds for _, seconds in asked()] == pytest.approx([13.5, 27, 30], abs=0.3)


def test_a_model_that_began_to_rest_since_is_left_out_too(three, llm):
    turn = tutors.in_turn(Deadline(30))
    assert next(turn)[0].name == "owl-1"
    breaks(tutors.in_order()[1], llm)
    assert [tutor.name for tutor, _ in turn] == ["owl-3", "offline"]


def test_when_all_models_rest_the_offline_tutor_answers_at_once(three, llm):
    for model in tutors.in_order()[:-1]:
        breaks(model, llm)
    assert [name for name, _ in asked()] == ["offline"]


def test_any_model_goes_on_with_an_answer_but_the_offline_tutor_only_with_its_own(three, settings):
    assert [tutors.can_go_on(tutor) for tutor in tutors.in_order()] == [True, True, True, False]
    settings.LLM_BASE_URL = settings.LLM_2_BASE_URL = settings.LLM_3_BASE_URL = ""
    tutors.in_order.cache_clear()
    assert tutors.can_go_on(*tutors.in_order())
