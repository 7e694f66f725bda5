"""espeak-ng: the real library, its voices and where it says each word begins."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import espeakng_loader
import numpy as np
import pytest

from sessions.words import split
from tests.test_timing import NASTY, SHIPPED, assert_contract
from tutoring.narration import encoding
from tutoring.narration.compose import compose, perform
from tutoring.narration.engine import SpeechError
from tutoring.narration.espeak import EspeakEngine

engine = EspeakEngine()


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en", "gmw/en"),
        ("en-US", "gmw/en-US"),
        ("EN_gb", "gmw/en"),
        ("en-AU", "gmw/en"),
        ("eng", "gmw/en"),
        ("pt-BR", "roa/pt-BR"),
        ("zh-Hans-CN", "sit/cmn"),
        ("ar", "sem/ar"),
    ],
)
def test_the_nearest_voice_of_a_language_is_taken(language, voice):
    assert re.fullmatch(rf"espeak-ng [\d.]+ {voice} rate \d+", engine.voice_for(language))


@pytest.mark.parametrize("language", ["xx", "und", "", "tlh-Latn"])
def test_a_language_without_a_voice_is_refused_by_name(language):
    with pytest.raises(SpeechError, match=f"no voice for the language '{language}'") as refusal:
        engine.speak("hello", language)
    assert not refusal.value.retryable


def test_a_voice_may_be_chosen_or_varied():
    assert " gmw/en+f3 " in EspeakEngine("+f3").voice_for("en")
    assert " en-us " in EspeakEngine("en-us").voice_for("fr")
    with pytest.raises(SpeechError, match="no voice 'nobody': see SPEECH_VOICE"):
        EspeakEngine("nobody").speak("hello", "en")


def test_each_word_of_a_plain_sentence_is_marked_where_it_begins():
    text = "Every morning, our “old” grandmother café.".replace("“", "").replace("”", "")
    speech = engine.speak(text, "en")
    assert [mark.position for mark in speech.marks] == [word.start for word in split(text)]
    assert all(0 <= mark.at_ms <= len(speech.samples) * 1000 / speech.rate for mark in speech.marks)


def test_ten_threads_at_once_each_get_their_own_sound():
    texts = [f"{count} {'little ducks ' * count}" for count in range(1, 11)]
    alone = [engine.speak(text, "en") for text in texts]
    with ThreadPoolExecutor(10) as threads:
        together = list(threads.map(lambda text: engine.speak(text, "en"), texts))
    for one, other in zip(alone, together, strict=True):
        assert [mark.position for mark in one.marks] == [mark.position for mark in other.marks]
        assert abs(len(one.samples) - len(other.samples)) < one.rate / 20  # it varies by itself


def test_a_forked_child_speaks_though_its_parent_was_speaking():
    with ThreadPoolExecutor(1) as thread:
        speaking = thread.submit(lambda: [engine.speak("before " * 50, "en-US") for _ in range(5)])
        children = []
        for _ in range(4):
            child = os.fork()
            if not child:
                os._exit(0 if len(engine.speak("after", "fr").samples) else 1)
            children.append(child)
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
        assert len(speaking.result()) == 5


def in_a_new_process(prepare: str) -> str:
    """Load the library after some other preparation; return what was said to have happened."""
    code = f"""
import espeakng_loader
{prepare}
from tutoring.narration.espeak import EspeakEngine, SpeechError
try:
    print(len(EspeakEngine().speak("hello", "en").samples) > 0)
except SpeechError as error:
    print(error, error.retryable)
"""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_a_data_folder_with_a_long_path_is_no_obstacle(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-of-the-school"] * 9)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    path = str(deep / "espeak-ng-data")
    assert in_a_new_process(f"espeakng_loader.get_data_path = lambda: {path!r}") == "True\n"


def test_a_missing_library_is_one_clear_line():
    said = in_a_new_process("espeakng_loader.get_library_path = lambda: '/nowhere/libespeak-ng.so'")
    assert said.startswith("espeak-ng cannot be loaded (/nowhere/")
    assert said.endswith("reinstall the espeakng-loader wheel, or set SPEECH_BASE_URL False\n")


def test_missing_voices_are_one_clear_line():
    said = in_a_new_process("espeakng_loader.get_data_path = lambda: '/nowhere'")
    assert said == "espeak-ng finds no voices in /nowhere: reinstall the espeakng-loader wheel False\n"


def assert_recording(text, language="en"):
    recording = compose(text, language, engine)
    samples, rate = encoding.decode(recording.audio)
    assert len(samples) * 1000 // rate == recording.duration_ms
    assert_contract(recording.word_times, len(split(text)), 0, recording.duration_ms)
    assert np.abs(samples).max(initial=0) < 0.99
    return recording, samples, rate


@pytest.mark.parametrize("text", NASTY)
def test_the_contract_holds_against_the_decoded_mp3_of(text):
    assert_recording(text)


@pytest.mark.parametrize(("language", "text"), [("zh", NASTY[11]), ("ar", NASTY[12]), ("he", NASTY[12])])
def test_the_contract_holds_in_languages_written_otherwise(language, text):
    assert_recording(text, language)


@pytest.mark.parametrize("story", SHIPPED, ids=lambda path: path.stem)
def test_the_contract_holds_for_the_shipped_story(story):
    text = story.read_text().split("---", 2)[2].strip()
    sound, times = perform(text, "en", engine)
    duration_ms = len(sound) * 1000 // encoding.RATE
    assert_contract(times, len(split(text)), 0, duration_ms)
    assert 120 <= len(times) / duration_ms * 60_000 <= 165  # words a minute


def test_there_are_shipped_stories():
    assert len(SHIPPED) >= 6


def test_a_word_sounds_where_its_time_says_after_mp3():
    text = "Stop. Go. Stop. Go. Stop. Go."
    recording, samples, rate = assert_recording(text)
    loud = np.abs(samples) > 0.05
    for start, _ in recording.word_times:
        at = start * rate // 1000
        heard = np.flatnonzero(loud[max(0, at - rate // 10) :])[0] + max(0, at - rate // 10)
        assert abs(int(heard) - at) / rate < 0.08  # what an s or a closed g takes to be loud


def test_mp3_keeps_the_sound_in_its_place_to_the_millisecond():
    speech = engine.speak("The quick brown fox. It jumps over the lazy dog.", "en")
    sound = encoding.level(encoding.resample(speech.samples, speech.rate))
    decoded, rate = encoding.decode(encoding.mp3(sound))
    assert (rate, len(decoded)) == (encoding.RATE, len(sound))
    size = 2 * len(sound)
    likeness = np.fft.irfft(np.fft.rfft(decoded, size) * np.conj(np.fft.rfft(sound, size)))
    assert int(np.argmax(likeness)) in {0, *range(1, rate // 1000), *range(size - rate // 1000, size)}


def test_every_page_is_as_loud_and_breathes_at_its_ends_and_between_sentences():
    recording, samples, rate = assert_recording("The sun rose. The hen woke.")
    loudness = np.sqrt(np.mean(np.square(samples[np.abs(samples) > 0.01])))
    assert 0.07 < loudness < 0.13
    quiet = np.convolve(np.abs(samples), np.ones(rate // 50) / (rate // 50), "same") < 0.002
    assert quiet[: rate // 50].all()
    assert quiet[-rate // 3 :].all()
    middle = quiet[recording.word_times[2][0] * rate // 1000 : recording.word_times[3][0] * rate // 1000]
    assert middle.sum() > 0.2 * rate


def test_a_minute_of_audio_is_about_360_kilobytes():
    recording, _, _ = assert_recording("The sun rose over the quiet garden. " * 4)
    kilobits_a_second = len(recording.audio) * 8 / recording.duration_ms
    assert 32 <= kilobits_a_second <= 49.5
