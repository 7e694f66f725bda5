"""Word onsets from the rests in the sound, for voices that give no marks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.test_timing import SHIPPED, assert_contract
from tutoring.narration import encoding, pauses, timing
from tutoring.narration.compose import perform
from tutoring.narration.engine import Speech
from tutoring.narration.espeak import EspeakEngine
from tutoring.narration.pauses import Rest

RATE = encoding.RATE


def tone(milliseconds: int) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 220 * np.arange(RATE * milliseconds // 1000) / RATE)


def silence(milliseconds: int) -> np.ndarray:
    return np.zeros(RATE * milliseconds // 1000)


class Unmarked:
    """espeak-ng as a voice that says nothing of its words' times."""

    def __init__(self) -> None:
        self.marked = EspeakEngine()

    def voice_for(self, language: str) -> str:
        return self.marked.voice_for(language)

    def speak(self, text: str, language: str) -> Speech:
        return self.marked.speak(text, language)._replace(marks=())


def test_rests_are_found_within_the_speech_even_under_a_little_noise():
    sound = np.concatenate(
        [tone(400), silence(300), tone(200), silence(40), tone(300), silence(150), tone(200)]
    )
    sound += np.random.default_rng(1).normal(0, 0.002, len(sound))
    assert pauses.find(sound.astype(np.float32), RATE) == [Rest(400, 700), Rest(1240, 1390)]


def test_a_sound_without_a_rest_or_without_anything_has_none():
    assert pauses.find(tone(500).astype(np.float32), RATE) == []
    assert pauses.find(silence(500).astype(np.float32), RATE) == []
    assert pauses.find(np.zeros(0, np.float32), RATE) == []


def test_each_rest_begins_the_word_after_its_punctuation():
    words = ["One,", "two.", "Three", "four"]
    assert pauses.onsets(words, [Rest(300, 500), Rest(800, 1_300)], 2_000) == [(1, 500), (2, 1_300)]


def test_a_rest_where_no_punctuation_is_near_belongs_to_none():
    words = ["abcdef"] * 4 + ["abcdef."] + ["abcdef"] * 5
    assert pauses.onsets(words, [Rest(400, 500), Rest(2_100, 2_700)], 4_800) == [(5, 2_700)]


def test_words_without_punctuation_or_sound_have_no_onsets():
    assert pauses.onsets(["one", "two"], [Rest(300, 600)], 1_000) == []
    assert pauses.onsets(["", ""], [Rest(300, 600)], 1_000) == []
    assert pauses.onsets(["One.", "two"], [], 1_000) == []


@given(
    st.lists(st.sampled_from(["", "a", "word.", "1999,", "x" * 400]), max_size=30),
    st.lists(st.integers(1, 500), max_size=40),
)
def test_the_onsets_are_in_order_whatever_the_rests(words, lengths):
    edges = list(np.cumsum(lengths)[: len(lengths) // 2 * 2])
    rests = [Rest(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    duration = sum(lengths) + 1
    found = pauses.onsets(words, rests, duration)
    assert found == sorted(found)
    assert {word for word, _ in found} <= set(range(1, len(words)))
    end = max(duration, timing.shortest_ms(len(words)))
    assert_contract(timing.word_times(words, found, 0, end), len(words), 0, end)


def test_words_are_lit_twice_as_near_to_their_sound_as_letters_alone_could():
    paragraphs = SHIPPED[0].read_text().split("---", 2)[2].strip().split("\n\n")
    text = "\n\n".join(paragraphs[:8])
    _, marked = perform(text, "en", EspeakEngine())
    _, rested = perform(text, "en", Unmarked())
    letters = timing.word_times(text.split(), [], marked[0][0], marked[-1][1])

    def error(times) -> float:
        return float(
            np.mean([abs(start - true) for (start, _), (true, _) in zip(times, marked, strict=True)])
        )

    assert error(rested) < error(letters) / 2
    assert error(rested) < 120
