"""A server with OpenAI's speech interface: asked over real HTTP, and every way it can fail."""

import re

import pytest

from sessions.words import split
from tests.scripted_speech import RATE, SECONDS_A_CHARACTER, ScriptedSpeech, tone
from tests.test_timing import assert_contract
from tutoring.narration import encoding
from tutoring.narration.compose import compose
from tutoring.narration.engine import SpeechError
from tutoring.narration.openai_speech import OpenAISpeechEngine

TEXT = "“The owl—Mr. Owl,” she said 😀."


@pytest.fixture
def server():
    with ScriptedSpeech() as server:
        yield server


@pytest.fixture
def engine(server) -> OpenAISpeechEngine:
    return OpenAISpeechEngine(server.url, "the-key", "tts-1", "fable")


def test_the_server_is_asked_for_the_words_in_the_chosen_voice(server, engine):
    speech = engine.speak("The owl.", "en")
    assert server.requests == [
        {
            "path": "/v1/audio/speech",
            "key": "Bearer the-key",
            "model": "tts-1",
            "voice": "fable",
            "input": "The owl.",
            "response_format": "wav",
            "speed": 0.9,
        }
    ]
    assert speech.rate == RATE
    assert len(speech.samples) == RATE + RATE * SECONDS_A_CHARACTER * len("The owl.")
    assert speech.marks == ()


def test_the_voices_name_has_all_that_changes_the_sound(server, engine):
    assert re.fullmatch(r"tts-1 fable x0.9 at 127.0.0.1:\d+", engine.voice_for("fr"))


def test_a_password_in_the_address_is_told_to_nobody():
    engine = OpenAISpeechEngine("http://reader:hunter2@speech.example:8000/v1", "", "tts-1")
    assert engine.voice_for("en") == "tts-1 alloy x0.9 at speech.example:8000"


def test_a_server_without_a_key_is_asked_too(server):
    assert len(OpenAISpeechEngine(server.url, "", "kokoro").speak("Hello.", "en").samples)
    assert server.requests[0]["voice"] == "alloy"


def test_words_are_timed_within_the_speech_and_not_within_the_silence_around_it(engine, server):
    recording = compose(TEXT, "en", engine)
    samples, _ = encoding.decode(recording.audio)
    assert_contract(recording.word_times, len(split(TEXT)), 0, len(samples) * 1000 // encoding.RATE)
    said = server.requests[0]["input"]
    assert said == "The owl, Mr. Owl, she said"
    first, last = recording.word_times[0][0], recording.word_times[-1][1]
    assert abs((last - first) - len(said) * SECONDS_A_CHARACTER * 1000) < 100


def test_longer_words_take_longer_and_sentences_are_parted(engine):
    times = compose("A caterpillar sat. It ate", "en", engine).word_times
    lengths = [end - start for start, end in times]
    assert lengths[1] > 3 * lengths[0]
    assert lengths[2] > 2 * lengths[4]  # "sat." and the pause after it, "ate"


@pytest.mark.parametrize("file_format", ["WAV", "MP3", "FLAC"])
def test_a_server_may_send_another_format_than_asked_for(server, engine, file_format):
    server.script.append(tone("Hello there.", file_format))
    speech = engine.speak("Hello there.", "en")
    assert abs(len(speech.samples) / RATE - 1.6) < 0.06


def test_a_streamed_wav_that_does_not_know_its_length_is_read(server, engine):
    wav = tone("Hello there.")
    streamed = wav[:4] + b"\xff\xff\xff\xff" + wav[8:]
    at = streamed.index(b"data") + 4
    server.script.append(streamed[:at] + b"\xff\xff\xff\xff" + streamed[at + 4 :])
    assert abs(len(engine.speak("Hello there.", "en").samples) / RATE - 1.6) < 0.01


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_at_once(server, engine, status):
    server.script.append(status)
    assert len(engine.speak("Hello.", "en").samples)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "retryable"), [(429, True), (500, True), (503, True), (400, False), (401, False), (404, False)]
)
def test_a_refusal_names_the_server_the_status_and_whether_later_may_help(server, engine, status, retryable):
    server.script.extend([status] * 3)
    with pytest.raises(
        SpeechError, match=rf"127.0.0.1:\d+ answered {status}: see SPEECH_BASE_URL"
    ) as refusal:
        engine.speak("Hello.", "en")
    assert refusal.value.retryable is retryable


def test_a_server_that_hangs_is_left_after_the_timeout(server):
    server.script.extend(["hang"] * 3)
    with pytest.raises(SpeechError, match="cannot be reached") as refusal:
        OpenAISpeechEngine(server.url, "the-key", "tts-1", timeout_seconds=0.5).speak("Hello.", "en")
    assert refusal.value.retryable


def test_a_server_that_is_not_there_can_be_tried_later():
    with pytest.raises(SpeechError, match=r"127.0.0.1:1 cannot be reached") as refusal:
        OpenAISpeechEngine("http://127.0.0.1:1/v1", "", "tts-1").speak("Hello.", "en")
    assert refusal.value.retryable


@pytest.mark.parametrize("sent", [b"", b"not audio at all", b"RIFF\x00\x00\x00\x00WAVE", tone("")[:44]])
def test_bytes_that_are_no_sound_are_refused(server, engine, sent):
    server.script.append(sent)
    with pytest.raises(SpeechError, match="not an audio file|empty sound") as refusal:
        engine.speak("Hello.", "en")
    assert refusal.value.retryable


def test_a_silent_answer_still_gives_every_word_its_time(server, engine):
    import io

    import numpy as np
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.zeros(10), RATE, format="WAV")
    server.script.append(file.getvalue())
    recording = compose(TEXT, "en", engine)
    assert_contract(recording.word_times, len(split(TEXT)), 0, recording.duration_ms)
