"""What answers take and cost, for Prometheus. Numbers only: nothing of children, and no keys.

Answers are made by the `llm` worker, pages narrated by `tts` workers, so it is there that these are to be
asked for: `serve`. Providers are named by their numbers: "1" is the one of LLM_BASE_URL, "2" that of
LLM_2_BASE_URL.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram, start_http_server

from tutoring.tutors.interface import Request

logger = logging.getLogger(__name__)

_SECONDS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30)  # a question's time is 30

_RESPONSE = Histogram(
    "llm_response_time_seconds",
    "From the request to the end of what a model wrote, if it wrote anything.",
    ["provider"],
    buckets=_SECONDS,
)
_FIRST_TOKEN = Histogram(
    "llm_first_token_seconds", "From the request to a model's first text.", ["provider"], buckets=_SECONDS
)
_TOKENS = Counter(
    "llm_tokens",
    "Tokens of prompts (input) and answers (output), as the endpoint counts them; where it does not, "
    "or the answer was closed before its end, a quarter of the characters.",
    ["provider", "kind"],
)
_COST = Counter("llm_cost", "Those tokens at the prices set, in the unit of LLM_PRICE_INPUT.", ["provider"])
FAILURES = Counter("llm_failures", "Requests to models that failed, by how.", ["provider", "kind"])
FAILOVERS = Counter("llm_failovers", "Times that another tutor was asked because one failed.")
RESTING = Gauge("llm_resting", "1 from a model's first rest until it has answered again.", ["provider"])

FLAGGED = Counter(
    "flagged", "Questions and sentences that went no further, by what they hold.", ["category", "side"]
)

_FIRST_SENTENCE = Histogram(
    "answer_first_sentence_seconds",
    "From the question to the first sentence on its way to the child.",
    ["source"],
    buckets=_SECONDS,
)
_FIRST_AUDIO = Histogram(
    "answer_first_audio_seconds",
    "From the question to the first sentence with a voice.",
    ["source"],
    buckets=_SECONDS,
)
_COMPLETE = Histogram(
    "answer_complete_seconds", "From the question to the end of its answer.", ["source"], buckets=_SECONDS
)
_HEARD = Histogram(
    "answer_heard_seconds",
    "From the question until the child had heard its answer or enough of it, by its tablet.",
    buckets=(2, 5, 7, 10, 15, 20, 30, 45, 60, 120, 300),
)
_SPEECH_AUDIO = Counter(
    "tts_audio_seconds", "Seconds of speech that were voiced: of pages, and at once for who waits.", ["kind"]
)
_SPEECH_TIME = Counter("tts_engine_seconds", "Seconds that voicing them took.", ["kind"])
_ANSWERS = Counter("answers", "Questions that ended, by how and by who answered.", ["outcome", "source"])

_report_speech: Callable[[str, int, float], None] | None = None


class Prices(NamedTuple):
    """What a model costs: units of any currency for a million tokens."""

    input: float
    output: float


def count_request(provider: str, prices: Prices, request: Request) -> None:
    """Count a request that a model accepted and that has ended."""
    if request.first_token_seconds is not None:
        _FIRST_TOKEN.labels(provider).observe(request.first_token_seconds)
        _RESPONSE.labels(provider).observe(request.seconds)
    _TOKENS.labels(provider, "input").inc(request.input_tokens)
    _TOKENS.labels(provider, "output").inc(request.output_tokens)
    cost = request.input_tokens * prices.input + request.output_tokens * prices.output
    _COST.labels(provider).inc(cost / 1_000_000)


def count_answer(
    outcome: str,
    source: str,
    first_sentence_ms: int | None,
    first_audio_ms: int | None,
    complete_ms: int | None,
) -> None:
    """Count a question that has ended; the times are since it was asked, None: this did not happen here."""
    _ANSWERS.labels(outcome, source).inc()
    if first_sentence_ms is not None:
        _FIRST_SENTENCE.labels(source).observe(first_sentence_ms / 1000)
    if first_audio_ms is not None:
        _FIRST_AUDIO.labels(source).observe(first_audio_ms / 1000)
    if outcome == "answered" and complete_ms is not None:
        _COMPLETE.labels(source).observe(complete_ms / 1000)


def count_speech(kind: str, audio_ms: int, seconds: float) -> None:
    """Count speech so long that was voiced within so many seconds; `kind` is page or at_once."""
    if _report_speech is not None:
        _report_speech(kind, audio_ms, seconds)
        return
    _SPEECH_AUDIO.labels(kind).inc(audio_ms / 1000)
    _SPEECH_TIME.labels(kind).inc(seconds)


def report_speech_to(report: Callable[[str, int, float], None]) -> None:
    """Count speech elsewhere from now on: this process is not asked for its metrics."""
    global _report_speech
    _report_speech = report


def count_heard(after_ms: int) -> None:
    """Count an answer that a child has heard; in the web process whose socket told it."""
    _HEARD.observe(after_ms / 1000)


def serve(port: int) -> None:
    """Serve this process's metrics over HTTP, where a port is set; without them children are answered too."""
    if not port:
        return
    try:
        start_http_server(port, settings.WORKER_METRICS_HOST)
    except OSError as error:
        logger.error("no metrics on port %d: %s", port, error.strerror)
