"""What answers take and cost is counted once, at the prices set, and served where it is asked for."""

import socket
import urllib.request

import pytest

from readerai.services import free_port
from tests import test_answering as story
from tests.samples import Growth, until
from tests.scripted_llm import Fault, Reply
from tests.test_answering import THREE
from tutoring import metrics, tutors
from tutoring.metrics import Prices
from tutoring.narration import service
from tutoring.tutors.interface import Request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_voice")]

# The story that Ada reads, and how she asks.
one_connection, quick_voice = story.one_connection, story.quick_voice
book, reading = story.book, story.reading
llm, offline, on_sentence = story.llm, story.offline, story.on_sentence


def test_tokens_are_counted_and_paid_at_the_prices_set():
    tokens_in = Growth("llm_tokens_total", provider="7", kind="input")
    tokens_out = Growth("llm_tokens_total", provider="7", kind="output")
    cost = Growth("llm_cost_total", provider="7")
    for _ in range(2):
        metrics.count_request("7", Prices(0.15, 0.60), Request(0.4, 2.5, 1_000, 50))
    assert (tokens_in(), tokens_out()) == (2_000, 100)
    assert cost() == pytest.approx(2 * (1_000 * 0.15 + 50 * 0.60) / 1_000_000)


def test_a_request_that_brought_no_text_is_paid_but_has_no_time():
    times = Growth("llm_response_time_seconds_count", provider="7")
    first = Growth("llm_first_token_seconds_count", provider="7")
    tokens = Growth("llm_tokens_total", provider="7", kind="input")
    metrics.count_request("7", Prices(0, 0), Request(None, 10.0, 1_000, 0))
    assert (times(), first(), tokens()) == (0, 0, 1_000)


@pytest.mark.parametrize("name", ["llm_response_time_seconds", "llm_first_token_seconds"])
def test_times_of_one_to_thirty_seconds_fall_into_buckets_of_their_own(name):
    bounds = ["1.0", "2.0", "3.0", "5.0", "10.0", "15.0", "20.0", "30.0"]
    buckets = [Growth(f"{name}_bucket", provider="7", le=bound) for bound in bounds]
    for seconds in map(float, bounds):
        metrics.count_request("7", Prices(0, 0), Request(seconds, seconds, 1, 1))
    assert [bucket() for bucket in buckets] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_turn_has_its_times_its_tokens_and_its_price(llm, reading, settings):
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 2.0, 10.0
    tutors.in_order.cache_clear()
    grown = {
        name: Growth(f"{name}_count", **labels)
        for name, labels in {
            "llm_response_time_seconds": {"provider": "1"},
            "llm_first_token_seconds": {"provider": "1"},
            "answer_first_sentence_seconds": {"source": "model"},
            "answer_first_audio_seconds": {"source": "model"},
            "answer_complete_seconds": {"source": "model"},
        }.items()
    }
    waited = Growth("llm_first_token_seconds_sum", provider="1")
    took = Growth("llm_response_time_seconds_sum", provider="1")
    first = Growth("answer_first_sentence_seconds_sum", source="model")
    complete = Growth("answer_complete_seconds_sum", source="model")
    answers = Growth("answers_total", outcome="answered", source="model")
    cost = Growth("llm_cost_total", provider="1")
    llm.script(Reply(THREE, before_first=0.1, between=0.01, usage=(800, 20)))
    reading.answer(reading.ask())
    until(lambda: cost())
    assert {name: growth() for name, growth in grown.items()} == dict.fromkeys(grown, 1)
    assert 0.1 <= waited() <= took()
    assert 0.1 <= first() <= complete()
    assert answers() == 1
    assert cost() == pytest.approx((800 * 2.0 + 20 * 10.0) / 1_000_000)


def test_an_answer_closed_before_its_end_is_paid_by_estimate(llm, reading):
    tokens = Growth("llm_tokens_total", provider="1", kind="output")
    llm.script(Reply(THREE + " And. So. On.", fault=Fault.HANG, usage=(800, 999)))
    reading.answer(reading.ask())
    until(lambda: tokens())
    assert len(THREE) / 4 <= tokens() <= (len(THREE) + 20) / 4


def test_a_request_that_is_refused_costs_nothing(llm, reading):
    tokens = Growth("llm_tokens_total", provider="1", kind="input")
    llm.script(Reply(status=500))
    reading.answer(reading.ask())
    assert tokens() == 0


def test_an_answer_without_a_voice_has_no_first_audio(llm, reading, monkeypatch):
    monkeypatch.setattr(service, "speak_answer", lambda text, language: 1 / 0)
    audio = Growth("answer_first_audio_seconds_count", source="model")
    sentence = Growth("answer_first_sentence_seconds_count", source="model")
    llm.script(Reply(THREE))
    reading.answer(reading.ask())
    assert (audio(), sentence()) == (0, 1)


def test_offline_answers_are_counted_apart(offline, reading):
    answers = Growth("answers_total", outcome="answered", source="offline")
    failovers = Growth("llm_failovers_total")
    reading.answer(reading.ask())
    assert (answers(), failovers()) == (1, 0)


def test_a_cancelled_answer_is_counted_and_has_no_complete_time(llm, reading, on_sentence):
    cancelled = Growth("answers_total", outcome="cancelled", source="model")
    complete = Growth("answer_complete_seconds_count", source="model")
    llm.script(Reply(THREE, fault=Fault.HANG))
    question_id = reading.ask()
    on_sentence(lambda _: reading.cancel(question_id))
    reading.answer(question_id)
    assert (cancelled(), complete()) == (1, 0)


def test_a_question_that_came_too_late_is_counted_as_failed(llm, reading, settings):
    settings.ANSWER_SECONDS = 0
    failed = Growth("answers_total", outcome="failed", source="none")
    reading.answer(reading.ask())
    assert failed() == 1


def test_by_default_nothing_is_served(settings, monkeypatch):
    monkeypatch.setattr(metrics, "start_http_server", lambda *_: 1 / 0)
    for port in (settings.WORKER_METRICS_PORT, settings.NARRATION_METRICS_PORT):
        assert port == 0
        metrics.serve(port)


def test_a_worker_serves_its_metrics_where_it_is_told_to(settings):
    settings.WORKER_METRICS_PORT = free_port()
    metrics.serve(settings.WORKER_METRICS_PORT)
    address = f"http://127.0.0.1:{settings.WORKER_METRICS_PORT}/metrics"
    with urllib.request.urlopen(address, timeout=5) as page:
        assert "llm_failovers_total" in page.read().decode()


def test_a_taken_port_is_told_and_children_are_answered_all_the_same(settings, caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        metrics.serve(port)
    assert f"no metrics on port {port}: Address already in use" in caplog.text


def test_what_goes_no_further_is_counted_by_what_it_holds(llm, reading):
    asked = Growth("flagged_total", category="self-harm", side="question")
    said = Growth("flagged_total", category="link", side="answer")
    reading.answer(reading.ask("I want to kill myself"))
    llm.script(Reply("Look at www.example.com for more."))
    reading.answer(reading.ask())
    assert (asked(), said()) == (1, 1)
