"""The timing contract: whatever a text holds and whatever an engine claims, every word has its time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions.words import split
from tutoring.narration import encoding, timing
from tutoring.narration.compose import perform
from tutoring.narration.engine import Mark, Speech
from tutoring.narration.script import spoken_form, write

NASTY = [
    "In the garden of the king",
    "24",
    "$24.50",
    "1999",
    "Dr. Smith",
    "“It’s 24.50 o’clock—Mr. Owl said…” ‘Me!’",
    "— he said – and -- went ―",
    "twenty-one well-known rock-'n'-roll",
    "😀 hi 👩‍👩‍👧 1️⃣ 🇬🇧 end 😀",
    "😀 😀\n\n✨",
    "a" * 400 + " end " + "привет" * 9,
    "你好，世界。我们 read 日本語。",
    "שלום עולם مرحبا بالعالم",
    "<b>[[x]]</b> &amp; {y} *star* #1 a_b ~ ^ | \\ http://a.b/c?d=e",
    "\ufeffzero\u200bwidth soft\u00adhyphen\u0000null\x07bell",
    "One.\n\nTwo.\n \n\nThree",
    "...!?",
    "",
]

SHIPPED = sorted((Path(__file__).parent.parent / "sessions" / "library").glob("*.md"))

any_text = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join),
    st.text(alphabet="aZ é1’“—-…. \n😀你*", max_size=80),
)
any_onsets = st.lists(
    st.tuples(
        st.integers(-3, 60), st.one_of(st.integers(-100, 20_000), st.sampled_from([-(2**31), 2**31 - 1]))
    ),
    max_size=60,
)


def assert_contract(times, word_count, begin, end):
    assert len(times) == word_count
    for start, stop in times:
        assert type(start) is type(stop) is int
        assert begin <= start < stop <= end
    for (_, former_stop), (latter_start, _) in pairwise(times):
        assert former_stop <= latter_start


@given(
    st.lists(
        st.one_of(st.sampled_from(["", "a", "word.", "1999", "x" * 400]), st.text(max_size=9)), max_size=50
    ),
    any_onsets,
    st.integers(0, 1_000),
    st.integers(0, 10_000),
)
@example(["a"], [(0, 2**31 - 1)], 0, 0)
@example(["a", "b", "c"], [(0, 500), (1, 0), (2, 500)], 0, 600)
def test_the_contract_holds_for_whatever_onsets_an_engine_claims(words, onsets, begin, spare):
    end = begin + timing.shortest_ms(len(words)) + spare
    times = timing.word_times(words, onsets, begin, end)
    assert_contract(times, len(words), begin, end)
    if words:
        assert times[-1][1] == end
        assert timing.problem(times, len(words), end) is None


class LyingEngine:
    """An engine whose sound has any length and whose marks claim anything."""

    def __init__(self, seconds: float, marks: list[tuple[int, int]]) -> None:
        sound = np.full(int(seconds * encoding.RATE), 0.1, np.float32)
        self.speech = Speech(sound, encoding.RATE, tuple(Mark(*mark) for mark in marks))

    def voice_for(self, language: str) -> str:
        return "liar"

    def speak(self, text: str, language: str) -> Speech:
        return self.speech


@given(any_text, st.floats(0, 3), any_onsets)
@settings(max_examples=60)
@example("many words in no time at all", 0.0, [(-1, 5), (99, 5), (3, 2**31 - 1), (0, -(2**31))])
def test_the_contract_holds_whatever_an_engine_claims_of_whatever_text(text, seconds, marks):
    sound, times = perform(text, "en", LyingEngine(seconds, marks))
    assert_contract(times, len(split(text)), 0, len(sound) * 1000 // encoding.RATE)


@given(any_text)
@example(NASTY[5])
def test_every_character_that_is_said_belongs_to_a_word_that_says_it(text):
    script = write(text)
    assert len(script.owners) == len(script.text)
    assert len(script.words) == len(split(text))
    assert list(script.owners) == sorted(script.owners)
    for index, spoken in enumerate(script.words):
        said = "".join(c for c, owner in zip(script.text, script.owners, strict=True) if owner == index)
        assert said.strip() == spoken
        assert spoken == spoken_form(split(text)[index].text)
    script.text.encode()


@given(any_text)
def test_nothing_is_said_that_a_voice_would_read_as_garbage(text):
    assert not set(write(text).text) & set('“”„«»‘’"—―*_#[]{}<>|~^\\\0\ufeff\u200b\u00ad😀✨')


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("“It’s", "It's"),
        ("$24.50,", "$24.50,"),
        ("o’clock—", "o'clock,"),
        ("said…”", "said…"),
        ("(one_two)", "one two"),
        ("twenty-one", "twenty-one"),
        ("soft\u00adhyphen", "softhyphen"),
        ("dogs’", "dogs"),
        ("1️⃣", "1"),
        ("he —", "he,"),
        ("“—Oui!”", "Oui!"),
        ("&", "&"),
        ("世界。」", "世界。"),
        ("😀", ""),
        ("***", ""),
        ("…", ""),
    ],
)
def test_a_word_is_said_as_a_reader_would_say_it(shown, said):
    assert spoken_form(shown) == said


def test_paragraphs_are_parted_even_where_a_silent_word_begins_one():
    assert write("One\n\n😀 two three").text == "One\n\ntwo three"


def test_an_engines_onset_is_kept_to_the_millisecond():
    times = timing.word_times(["one", "two", "three"], [(0, 100), (1, 400), (2, 900)], 80, 1_500)
    assert times == [(100, 400), (400, 900), (900, 1_500)]


def test_a_number_that_gives_several_onsets_begins_at_the_first():
    times = timing.word_times(
        ["in", "1999,", "he"], [(0, 0), (1, 300), (1, 700), (1, 1_100), (2, 2_000)], 0, 2_400
    )
    assert times == [(0, 300), (300, 2_000), (2_000, 2_400)]


def test_words_that_share_an_onset_share_the_time_by_their_length():
    (_, the), (of, garden), _ = timing.word_times(["of", "garden", "end"], [(0, 0), (2, 800)], 0, 1_000)
    assert the == of
    assert 200 <= of <= 230  # 2 letters of 8, beside each word's shortest time
    assert garden == 800


def test_a_pause_after_a_full_stop_belongs_to_the_word_before_it():
    plain = timing.word_times(["one", "two", "end"], [], 0, 1_200)
    stopped = timing.word_times(["one.", "two", "end"], [], 0, 1_200)
    assert stopped[1][0] > plain[1][0]


def test_one_wild_onset_spoils_only_its_own_word():
    onsets = [(index, index * 300) for index in range(10)]
    onsets[3] = (3, 2_900)
    times = timing.word_times(["word"] * 10, onsets, 0, 3_000)
    assert [start for start, _ in times] == [0, 300, 600, 900, 1_200, 1_500, 1_800, 2_100, 2_400, 2_700]


def test_a_silent_word_is_lit_for_a_moment_and_takes_it_from_its_neighbour():
    times = timing.word_times(["hello", "", "world"], [(0, 0), (2, 500)], 0, 1_000)
    assert times == [(0, 480), (480, 500), (500, 1_000)]


def test_speech_too_short_for_its_words_is_refused():
    with pytest.raises(ValueError, match="3 words need 60 ms, not 59"):
        timing.word_times(["a"] * 3, [], 0, 59)


@pytest.mark.parametrize(
    ("times", "words", "duration", "said"),
    [
        ([(0, 10)], 2, 100, "1 word times for 2 words"),
        ([(0, 10), (9, 20)], 2, 100, r"word 1 has \[9, 20\) after 10"),
        ([(0, 10), (10, 10)], 2, 100, r"word 1 has \[10, 10\) after 10"),
        ([(-1, 10)], 1, 100, r"word 0 has \[-1, 10\) after 0"),
        ([(0, 101)], 1, 100, "the last word ends at 101 ms, the audio at 100 ms"),
    ],
)
def test_a_broken_contract_is_told_in_one_line(times, words, duration, said):
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(timing.problem(times, words, duration))
