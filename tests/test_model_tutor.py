"""The language model over real HTTP: what it is sent, what it gives, and every way it fails."""

import gc
import json
import threading
from queue import SimpleQueue

import pytest

from tests.scripted_llm import ANSWER, Fault, Reply, ScriptedLlm
from tutoring import prompts
from tutoring.tutors.interface import (
    Deadline,
    Request,
    Source,
    Turn,
    TutorBusy,
    TutorDeclined,
    TutorError,
    TutorRefused,
    TutorTooSlow,
    TutorUnavailable,
    TutorUnusable,
)
from tutoring.tutors.model import ModelTutor

TURN = Turn("Why is the owl awake?", "The owl woke up.", "en", {})


@pytest.fixture
def llm():
    """The scripted model."""
    with ScriptedLlm() as llm:
        yield llm


def tutor(llm: ScriptedLlm, silence_seconds: float = 5, key: str = "a-key") -> ModelTutor:
    return ModelTutor(llm.url, key, "owl-1", silence_seconds)


def answered(tutor: ModelTutor, seconds: float = 10) -> tuple[str, TutorError | None]:
    """Return all that the tutor says, and how it failed if it did."""
    said = ""
    try:
        for piece in tutor.answer(TURN, Deadline(seconds)):
            said += piece
    except TutorError as error:
        return said, error
    return said, None


def test_it_says_what_the_model_writes(llm):
    llm.script(Reply("The owl is “awake”. It is night — schlaf gut!"))
    assert answered(tutor(llm)) == ("The owl is “awake”. It is night — schlaf gut!", None)


def test_it_names_the_model_in_records_and_says_model_to_the_child(llm):
    assert (tutor(llm).source, tutor(llm).name) == (Source.MODEL, "owl-1")


def test_it_asks_for_a_stream_from_the_configured_model_with_the_configured_key(llm):
    answered(tutor(llm))
    body = json.loads(llm.requests[0][llm.requests[0].index(b"{") :])
    assert body.keys() == {"model", "messages", "stream", "stream_options"}
    assert (body["model"], body["stream"]) == ("owl-1", True)
    assert "Authorization: Bearer a-key" in llm.heard()


def test_a_key_found_in_the_environment_goes_nowhere(llm, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses-key")
    answered(tutor(llm, key=""))
    assert len(llm.requests) == 1
    assert "somebody-elses-key" not in llm.heard()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=429), TutorBusy),
        (Reply(status=500), TutorUnavailable),
        (Reply(status=503), TutorUnavailable),
        (Reply(status=503, retry_after="5"), TutorBusy),
        (Reply(status=400), TutorDeclined),
        (Reply(status=413), TutorDeclined),
        (Reply(status=422), TutorDeclined),
        (Reply(status=401), TutorRefused),
        (Reply(status=403), TutorRefused),
        (Reply(status=404), TutorRefused),
        (Reply(status=429, error="insufficient_quota"), TutorRefused),
        (Reply("The owl", fault=Fault.DROP), TutorUnavailable),
        (Reply("The owl", fault=Fault.END_EARLY), TutorUnavailable),
        (Reply("The owl", fault=Fault.ERROR), TutorUnavailable),
        (Reply("The owl", fault=Fault.MALFORMED), TutorUnusable),
        (Reply("The owl", fault=Fault.NO_TEXT), TutorUnusable),
        (Reply("The owl", fault=Fault.FILTERED), TutorDeclined),
        (Reply(""), TutorUnusable),
        (Reply("The owl", fault=Fault.HANG), TutorTooSlow),
        (Reply("The owl", fault=Fault.CHATTER), TutorTooSlow),
        (Reply("The owl", fault=Fault.TRICKLE), TutorTooSlow),
    ],
    ids=lambda value: f"{value.status} {value.fault.value}" if isinstance(value, Reply) else "",
)
def test_every_failure_is_of_one_tree_and_says_if_a_retry_can_help(llm, reply, kind):
    llm.script(reply)
    said, error = answered(tutor(llm, silence_seconds=0.5 if kind is TutorTooSlow else 5))
    assert said == (reply.text if reply.status == 200 else "")
    assert type(error) is kind
    assert error.retryable is (kind not in (TutorDeclined, TutorRefused))
    assert "owl-1" in str(error)
    assert len(llm.requests) == 1


def test_nobody_listening_is_a_failure_that_may_pass():
    with ScriptedLlm() as gone:
        pass
    _, error = answered(tutor(gone))
    assert type(error) is TutorUnavailable


def test_what_was_asked_is_in_no_error(llm):
    for reply in (Reply(status=400), Reply("x", fault=Fault.MALFORMED), Reply("x", fault=Fault.ERROR)):
        llm.script(reply)
        _, error = answered(tutor(llm))
        assert "awake" not in str(error)
        assert "awake" not in repr(error.__cause__)


def test_silence_before_the_first_word_ends_at_its_limit(llm):
    llm.script(Reply(before_first=60))
    said, error = answered(tutor(llm, silence_seconds=0.2))
    assert (said, type(error)) == ("", TutorTooSlow)
    assert llm.hung_up.wait(5)


def test_a_model_that_drips_for_ever_ends_at_the_deadline(llm):
    llm.script(Reply("word " * 5_000, between=0.02))
    said, error = answered(tutor(llm), seconds=1)
    assert said.startswith("word word")
    assert type(error) is TutorTooSlow
    assert llm.hung_up.wait(5)


def test_nothing_is_asked_when_no_time_is_left(llm):
    _, error = answered(tutor(llm), seconds=0)
    assert type(error) is TutorTooSlow
    assert llm.requests == []


def test_closing_the_answer_closes_the_connection_at_once(llm):
    llm.script(Reply("The owl is", fault=Fault.HANG))
    pieces = tutor(llm).answer(TURN, Deadline(60))
    assert next(pieces) == "The"
    pieces.close()
    assert llm.hung_up.wait(5)


def test_an_answer_that_nobody_reads_on_leaves_no_connection(llm):
    llm.script(Reply("The owl is", fault=Fault.HANG))
    pieces = tutor(llm).answer(TURN, Deadline(60))
    next(pieces)
    del pieces
    gc.collect()
    assert llm.hung_up.wait(5)


def test_many_threads_share_one_tutor(llm):
    shared = tutor(llm)
    llm.default = Reply("One and two and three.", before_first=0.05)
    answers: list[tuple[str, TutorError | None]] = []
    threads = [threading.Thread(target=lambda: answers.append(answered(shared))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [("One and two and three.", None)] * 16


def test_how_long_it_wants_to_be_left_alone_is_in_the_failure(llm):
    llm.script(Reply(status=429, retry_after="20"), Reply(status=429))
    owl = tutor(llm)
    assert [answered(owl)[1].retry_after for _ in range(2)] == [20, 0]


def test_an_endpoint_that_does_not_know_of_counting_is_asked_without_and_remembered(llm):
    owl = tutor(llm)
    llm.script(Reply(status=400, error="Unrecognized request argument supplied: stream_options"))
    assert [answered(owl) for _ in range(2)] == [(ANSWER, None)] * 2
    assert [b"stream_options" in request for request in llm.requests] == [True, False, False]


def test_a_request_is_reported_once_it_has_ended_with_what_the_endpoint_counted(llm):
    requests: SimpleQueue[Request] = SimpleQueue()
    llm.script(Reply("The owl woke up.", before_first=0.1, usage=(321, 7)))
    answered(ModelTutor(llm.url, "a-key", "owl-1", 5, requests.put))
    request = requests.get(timeout=5)
    assert (request.input_tokens, request.output_tokens) == (321, 7)
    assert 0.1 <= request.first_token_seconds <= request.seconds < 5


@pytest.mark.parametrize(
    "reply",
    [Reply("The owl", fault=fault) for fault in (Fault.NONE, Fault.DROP, Fault.MALFORMED, Fault.HANG)],
    ids=lambda reply: reply.fault.value,
)
def test_without_a_count_a_request_is_reported_by_estimate_however_it_ended(llm, reply):
    requests: SimpleQueue[Request] = SimpleQueue()
    llm.script(reply)
    answered(ModelTutor(llm.url, "a-key", "owl-1", 0.3, requests.put))
    request = requests.get(timeout=5)
    prompt = sum(len(message["content"]) for message in prompts.messages(TURN))
    assert (request.input_tokens, request.output_tokens) == (-(-prompt // 4), 2)


def test_a_request_that_was_refused_is_not_reported(llm):
    requests: SimpleQueue[Request] = SimpleQueue()
    llm.script(Reply(status=500))
    owl = ModelTutor(llm.url, "a-key", "owl-1", 5, requests.put)
    answered(owl)
    answered(owl)
    requests.get(timeout=5)
    assert requests.empty()
