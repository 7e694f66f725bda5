"""The same question is recognised in other clothes; what is one child's alone is shared with nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring import answer_key, prompts
from tutoring.answer_key import GRADES, is_shareable, key, normalised, sentences_it_stands
from tutoring.tutors.interface import Exchange, Turn

HEARD = "Tiva the fox met Zanzibar, an old heron from Ghana. She hid his golden key under the mill."
WHO = Turn("Who is Tiva?", HEARD, "en", {})


@pytest.mark.parametrize(
    "question",
    [
        "who is tiva",
        "  WHO   is\nTiva ??",
        "Who's Tiva?",
        "Who’s “Tiva”?!",
        "Please, who is Tiva?",
        "Who is Tiva, please?",
        "Can you tell me who is the Tiva?",
        "Excuse me, could you please tell me: who is Tiva…",
        "Ｗｈｏ is Tiva？",
    ],
)
def test_the_same_question_in_other_clothes_is_one(question):
    assert normalised(question, "en") == "who is tiva"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who is Tiva?", "Where is Tiva?"),
        ("Is Tiva sad?", "Isn't Tiva sad?"),
        ("What is 2-2?", "What is 2+2?"),
        ("Did it cost 24.50?", "Did it cost 2450?"),
        ("Why did she say please?", "Why did she say?"),
        ("Was she happy?", "Was she unhappy?"),
    ],
)
def test_questions_of_another_meaning_are_two(one, other):
    assert normalised(one, "en") != normalised(other, "en")


def test_in_other_languages_words_are_left_as_they_are():
    assert normalised("Wo ist die Mühle, bitte?", "de") == "wo ist die mühle bitte"
    assert normalised("What's a Gift?", "de") == "what's a gift"


words = st.lists(
    st.sampled_from(["who", "is", "tiva", "river", "24.50", "it's", "mother-in-law"]), min_size=1
)


@given(words, st.sampled_from(["", "?", " ?!", "…", "’", "。"]), st.sampled_from([" ", "  ", "\n", "\u00a0"]))
def test_case_spaces_and_the_marks_around_words_tell_nothing_apart(words, end, space):
    plain = normalised(" ".join(words), "en")
    assert normalised(f"“{space.join(words).upper()}{end}", "en") == plain
    assert normalised(plain, "en") == plain


@given(st.text(), st.sampled_from(["en", "de", "ja"]))
def test_whatever_is_asked_has_one_line_in_lower_case(question, language):
    found = normalised(question, language)
    assert found == " ".join(found.split())
    assert found == found.lower() or not found.isascii()


def test_a_key_is_one_question_s_of_one_page_band_language_model_and_prompt(monkeypatch):
    keys = {
        key(turn, book, page, model)
        for turn in (
            WHO,
            WHO._replace(question="Where is Tiva?"),
            WHO._replace(language="en-GB"),
            *(WHO._replace(grade=grade) for grade in GRADES[1:]),
        )
        for book in (1, 2)
        for page in (1, 2)
        for model in ("owl-1", "owl-2")
    }
    assert len(keys) == 5 * 2 * 2 * 2
    monkeypatch.setattr(answer_key, "PROMPT_VERSION", "another")
    assert key(WHO, 1, 1, "owl-1") not in keys


def test_readers_of_one_band_share_a_key_and_what_was_heard_is_no_part_of_it():
    assert key(WHO, 1, 1, "owl-1") == key(WHO._replace(grade=GRADES[0] - 1, heard="Tiva"), 1, 1, "owl-1")


def test_another_word_in_what_the_model_is_told_is_another_version(monkeypatch):
    monkeypatch.setattr(prompts, "MAX_SENTENCES", prompts.MAX_SENTENCES + 1)
    assert answer_key._prompt_version() != answer_key.PROMPT_VERSION


@pytest.mark.parametrize(
    "question",
    [
        "Who is Tiva?",
        "WHO is the heron",
        "What does golden mean?",
        "What just happened?",
        "Is Ghana far away?",
    ],
)
def test_a_question_about_the_story_is_shareable(question):
    assert is_shareable(WHO._replace(question=question))


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?!",
        "Why am I sad?",
        "My dog is like Tiva, isn't he?",
        "Does Benjamin know Tiva?",
        "Is Tiva at tiva@example.org?",
        "Can Tiva phone 555 01 99?",
        "Is www.example.org her house?",
        "Is Tiva as old as 1984?",
        "Where is Tiva? " * 20,
    ],
)
def test_a_question_that_may_tell_of_the_child_is_not(question):
    assert not is_shareable(WHO._replace(question=question))


def test_where_another_worker_has_begun_nothing_is_shared():
    assert not is_shareable(WHO._replace(said=("Tiva is a fox.",)))


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Who is Tiva?", True),
        ("What does golden mean?", True),
        ("Why?", False),
        ("Why did she do that?", False),
        ("Where does he live?", False),
        ("And the heron?", False),
        ("What about the mill?", False),
        ("But is the key golden?", False),
    ],
)
def test_after_a_talk_only_what_stands_alone_is_shareable(question, alone):
    before = (Exchange("Who is Zanzibar?", "He is a heron."),)
    assert is_shareable(WHO._replace(question=question))
    assert is_shareable(WHO._replace(question=question, before=before)) == alone
    assert not is_shareable(WHO._replace(question=question, before=before, language="de"))


@pytest.mark.parametrize(
    ("question", "language", "sentences"),
    [
        ("What just happened?", "en", 0),
        ("Why?", "en", 0),
        ("Who is he?", "en", 0),
        ("Why did she hide?", "en", 1),
        ("Is this key golden?", "en", 1),
        ("Warum versteckt sich Tiva?", "de", 1),
        ("Who is Tiva?", "en", None),
        ("Why did Tiva hide the key?", "en", None),
    ],
)
def test_the_more_a_question_points_the_sooner_its_answer_is_old(question, language, sentences):
    assert sentences_it_stands(question, language) == sentences
