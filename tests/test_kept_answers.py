"""A kept answer is given to who has heard all it was made from, and as long as it is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import words
from tutoring.kept_answers import MAX_ANSWER_CHARACTERS, KeptAnswer, choose, kept_answer
from tutoring.tutors.interface import Exchange, Turn

STORY = (
    "Tiva was a young fox. She lived under the old mill, near the river.\n\n"
    "One evening Tiva met a heron. He had lost his golden key! “Help me,” he said. Tiva hid behind the mill. "
    "She hid because the heron was so tall."
)
WORDS = words.split(STORY)
ANSWER = ("Tiva is a fox.", "She is young.")


def heard(word: int) -> str:
    return STORY[: WORDS[word].end]


def at(word: str) -> int:
    """Return where a word stands first in the story."""
    return next(index for index, each in enumerate(WORDS) if each.text.startswith(word))


def turn(question: str, word: int, **fields) -> Turn:
    return Turn(question, heard(word), "en", {}, **fields)


def kept(question: str, word: int, sentences=ANSWER) -> KeptAnswer:
    answer = kept_answer(turn(question, word), sentences)
    assert answer is not None
    return answer


QUESTIONS = (
    "Who is Tiva?",
    "What just happened?",
    "Why did she hide?",
    "Where is the golden key?",
    "What does heron mean?",
)


@given(st.lists(st.tuples(st.sampled_from(QUESTIONS), st.integers(0, len(WORDS) - 1)), max_size=30))
def test_whatever_is_asked_where_nobody_is_told_of_words_not_heard(asked):
    """Each answer names the word it was made at; many children ask, here and there, forward and back."""
    shelf: dict[str, list[KeptAnswer]] = {}
    for question, word in asked:
        given = choose(shelf.get(question, []), turn(question, word))
        if given is None:
            made = kept_answer(turn(question, word), [f"Up to word {word}."])
            shelf.setdefault(question, []).append(made)
        else:
            made_at = int(given.sentences[0].strip(".").rpartition(" ")[2])
            assert made_at <= word
            assert heard(word).startswith(heard(made_at))


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 400))
def test_another_book_s_text_is_never_taken_for_this_one_s(one, other, length):
    answer = kept_answer(Turn("who is tiva?", one[:length], "en", {}), ANSWER)
    given = choose([answer], Turn("who is tiva?", other, "en", {}))
    assert given is None or other.startswith(one[:length])


def test_of_several_answers_the_newest_that_may_be_told_is_given():
    answers = [kept("Who is Tiva?", word, [f"Word {word}."]) for word in (9, 2, 14, 20)]
    assert choose(answers, turn("Who is Tiva?", 16)).sentences == ("Word 14.",)
    assert choose(answers, turn("Who is Tiva?", 2)).sentences == ("Word 2.",)
    assert choose(answers, turn("Who is Tiva?", 1)) is None


def test_we_do_not_know_yet_stands_until_the_story_names_what_was_asked():
    unknown = [kept("Where is the golden key?", at("heron"), ["We do not know yet."])]
    assert choose(unknown, turn("Where is the golden key?", at("lost")))
    assert choose(unknown, turn("Where is the golden key?", at("golden"))) is None
    assert choose(unknown, turn("Where is the golden key?", len(WORDS) - 1)) is None


def test_what_the_model_knew_of_may_be_named_again():
    assert choose([kept("Who is Tiva?", at("fox"))], turn("Who is Tiva?", len(WORDS) - 1))


def test_what_just_happened_is_old_when_its_sentence_ends():
    answer = [kept("What just happened?", at("lost"))]
    assert choose(answer, turn("What just happened?", at("key!")))
    assert choose(answer, turn("What just happened?", at("key!") + 1)) is None


def test_why_she_did_it_is_old_one_sentence_later():
    answer = [kept("Why did she hide?", at("hid"))]
    assert choose(answer, turn("Why did she hide?", at("because")))
    late = turn("Why did she hide?", at("because"))
    assert choose(answer, late._replace(heard=heard(len(WORDS) - 1) + " So")) is None


@pytest.mark.parametrize(
    ("sentences", "why"),
    [
        ([], "nothing was said"),
        (["Tiva is a fox.", "She liv"], "it was cut off"),
        (["She lives with Mr."], "it ends with an abbreviation"),
        (["word " * MAX_ANSWER_CHARACTERS + "."], "it goes on and on"),
        (["Tiva is a fox. She is young."], "it would be cut in another way"),
    ],
)
def test_what_is_not_whole_is_not_kept(sentences, why):
    assert kept_answer(turn("Who is Tiva?", 4), sentences) is None, why


def test_an_answer_to_who_has_talked_before_is_this_child_s_alone():
    before = (Exchange("Why?", "Because."),)
    assert kept_answer(turn("Who is Tiva?", 4, before=before), ANSWER) is None
    assert choose([kept("Who is Tiva?", 4)], turn("Who is Tiva?", 4, before=before)).sentences == ANSWER
    assert kept_answer(turn("Who am I?", 4), ANSWER) is None


@pytest.mark.parametrize(
    "sentences", [("“Oh!” she said.", "Then: silence…"), ("それは狐です。",), ("Is it 1.5 km?",)]
)
def test_whole_sentences_of_any_kind_are_kept(sentences):
    assert kept_answer(turn("Who is Tiva?", 4), sentences).sentences == sentences
