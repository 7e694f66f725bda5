"""Words and sentences: one list for the screen, the voice and the index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import words

# Text as it comes: every script, and much of what trips a splitter, close together.
TROUBLE = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("ab1 \n\n\t.,!?\"'“”‘’—–-…()«»「」は今がっーアß😀🏽")),
        st.sampled_from(list("\u200b\u200d\u200e\u200f\u00ad\u00a0\u0301\ufe0f\ufeff\u2028\u202e")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=120,
)


def texts(source: str) -> list[str]:
    return [word.text for word in words.split(source)]


def sentences(source: str, language: str = "en") -> list[str]:
    """The source cut at its sentence starts."""
    found = words.split(source)
    starts = [*words.sentence_starts(source, language), len(found)]
    return [
        source[found[first].start : found[last - 1].end]
        for first, last in zip(starts, starts[1:], strict=False)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\"It's 24.50 o'clock—Mr. Owl said…\"", ["\"It's", "24.50", "o'clock—", "Mr.", "Owl", 'said…"']),
        (
            "well--maybe wait...what no…yes he–she 1914–1918 re-read",
            ["well--", "maybe", "wait...", "what", "no…", "yes", "he–", "she", "1914–1918", "re-read"],
        ),
        ("“Wait—” “…and then” —said", ["“Wait—”", "“…and", "then”", "—said"]),
        ("he — said ; yes !", ["he —", "said ;", "yes !"]),
        ("— Bonjour, dit : « Oui »", ["— Bonjour,", "dit :", "« Oui »"]),
        ("Hi 😀 there 👨‍👩‍👧 1️⃣ 🇫🇮", ["Hi", "😀", "there", "👨‍👩‍👧", "1️⃣", "🇫🇮"]),
        ("Tom & Jerry: 2 + 2 = $4", ["Tom", "&", "Jerry:", "2", "+", "2", "=", "$4"]),
        (
            "「元気？」と言った。Tomです……ね",
            ["「元", "気？」", "と", "言っ", "た。", "Tom", "で", "す……", "ね"],
        ),
        ("がっこうのキャー！", ["がっ", "こ", "う", "の", "キャー！"]),
        ("把書（好）給我。", ["把", "書", "（好）", "給", "我。"]),
        ("안녕하세요, 세계!", ["안녕하세요,", "세계!"]),
        ("שָׁלוֹם — עולם؟ مرحبًا", ["שָׁלוֹם —", "עולם؟", "مرحبًا"]),
        (
            "but\u00adter\u00adfly cafe\u0301 zero\u200bwidth \ufeffbom",
            ["but\u00adter\u00adfly", "cafe\u0301", "zero\u200b", "width", "\ufeffbom"],
        ),
        ("one\n\n* * *\n\ntwo", ["one", "* * *", "two"]),
        ("…", ["…"]),
        (" \n\n\t", []),
        ("", []),
    ],
)
def test_words_keep_their_punctuation(source, expected):
    assert texts(source) == expected


@given(TROUBLE)
def test_every_character_but_spaces_is_in_exactly_one_word(source):
    covered = []
    end_before = 0
    for text, start, end in words.split(source):
        assert text == source[start:end]
        assert text == text.strip() != ""
        assert start >= end_before
        covered += range(start, end)
        end_before = end
    missed = set(range(len(source))) - set(covered)
    assert all(source[index].isspace() for index in missed)


@given(TROUBLE)
def test_splitting_the_words_again_changes_nothing(source):
    once = [word for paragraph in source.split("\n\n") for word in texts(paragraph)]
    again = [inner for word in once for inner in texts(word)]
    assert again == once


@given(TROUBLE.filter(lambda source: "\n" not in source))
def test_words_joined_by_spaces_are_the_same_words(source):
    assert texts(" ".join(texts(source))) == texts(source)


@given(TROUBLE, st.sampled_from(["en", "pt-BR", "ja", "ar", "zz", "", "x-\U0001f989"]))
def test_starts_are_ordered_indexes_and_paragraphs_begin_sentences(source, language):
    count = len(words.split(source))
    paragraphs = words.paragraph_starts(source)
    starts = words.sentence_starts(source, language)
    for indexes in (paragraphs, starts):
        assert indexes == sorted(set(indexes))
        assert indexes[:1] == [0][:count]
        assert all(index < count for index in indexes)
    assert set(paragraphs) <= set(starts)


def test_no_text_of_punctuation_alone_takes_long():
    for trouble in ("…”", "(", "—", ".-", "\n ", "「", "\u200b"):
        assert len(words.split(trouble * 100_000)) <= 1


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ['"It is late," said Mr. Owl.', '"Go to bed!" he said.', "The end."]),
        ("en", ["“Who is there?” asked the king.", "“I am.”", "He left—Dr. Hen stayed."]),
        ("en", ["Is it 24.50 o'clock—Mr. Owl said… yes.", "At 5 p.m. he ate."]),
        ("en", ["She gave him a fig.", "“You are not naughty,” she said."]),
        ("en", ['He said: "I will go.', 'You will stay."', "Mrs. “Bo” Owl said no."]),
        ("en-GB", ["He met St. George.", "They fought (twice!).", "Who won?!"]),
        ("pt-BR", ["O Sr. Silva veio.", "Ele foi."]),
        ("de", ["Er kam am 3. Mai.", "„Geh!“, sagte er."]),
        ("fr", ["— Qui est là ?", "« C’est moi ! »"]),
        ("ar", ["مرحبا.", "كيف؟", "نعم."]),
        ("tlh-Latn", ["Hello there.", "Good."]),
        ("not a language", ["Hello there.", "Good."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(language, expected):
    assert sentences(" ".join(expected), language) == expected


def test_a_paragraph_of_any_length_is_split_in_fair_time():
    assert len(sentences("彼は「今日は」と言った。" * 2_000, "ja")) >= 2_000
    assert len(sentences('"Go!" he said. ' * 4_000)) == 4_000
    assert sentences("owl " * 20_000) == [("owl " * 20_000).strip()]


def test_a_line_end_inside_a_paragraph_does_not_end_a_sentence():
    assert sentences("The owl\nsaid to Mr.\nFox: go.\nHe went.") == [
        "The owl\nsaid to Mr.\nFox: go.",
        "He went.",
    ]


def test_a_paragraph_begins_a_sentence_although_the_last_one_had_no_stop():
    assert sentences("A title\n\nThe owl sat.") == ["A title", "The owl sat."]


def test_no_sentence_begins_inside_a_word():
    assert sentences("今日は。「元気？」さようなら。", "ja") == ["今日は。", "「元気？」", "さようなら。"]
    assert sentences("He left.Then he came. Good.") == ["He left.Then he came.", "Good."]


def test_paragraphs_begin_after_blank_lines():
    assert words.paragraph_starts("One two.\nthree\n \t\nfour\r\n\r\nfive\n\n\n\n") == [0, 3, 4]
