"""Both checkers together, and the lines that children hear instead."""

import pytest

from tests.scripted_moderation import ScriptedModeration
from tutoring.prompts import MAX_SENTENCES
from tutoring.safety import lines
from tutoring.safety.categories import Category
from tutoring.safety.guard import KindWord, NotToBeSaid, check_question, check_sentence
from tutoring.safety.local import look_at_answer
from tutoring.safety.personal import REMOVED
from tutoring.sentences import cut
from tutoring.tutors import frames
from tutoring.tutors.interface import Deadline, Source, Turn

TURN = Turn("Who is Tiva?", "Tiva was a young fox.", "en", {"fox": "a red animal"})


@pytest.fixture
def moderation(settings):
    """A configured endpoint."""
    with ScriptedModeration() as moderation:
        settings.MODERATION_BASE_URL = moderation.url
        yield moderation


def said(text: str, source: Source = Source.MODEL) -> Category | None:
    """Return why a sentence was stopped."""
    try:
        check_sentence(text, TURN, source, Deadline(5))
    except NotToBeSaid as stopped:
        assert stopped.text == text and text not in str(stopped)
        return stopped.category
    return None


def test_a_question_goes_on_without_personal_data():
    checked = check_question("My name is Ada, who is Tiva?", Deadline(5))
    assert checked == (f"My name is {REMOVED}, who is Tiva?", None, True)


def test_an_address_is_taken_out_and_told_but_the_question_is_answered():
    checked = check_question("Who is Tiva? I am at ada@example.org", Deadline(5))
    assert checked == (f"Who is Tiva? I am at {REMOVED}", Category.PERSONAL_DATA, True)


@pytest.mark.parametrize("text", ["www.toys.example", "my phone number is 0171 2345678"])
def test_an_address_alone_is_no_question(text):
    checked = check_question(text, Deadline(5))
    assert not checked.for_a_tutor
    assert not any(digit in checked.text for digit in "0123456789")


def test_what_the_local_checker_stops_is_sent_to_nobody(moderation):
    assert not check_question("I want to kill myself", Deadline(5)).for_a_tutor
    assert said("You are stupid.") is Category.HATE
    assert moderation.requests == []


def test_the_endpoint_is_sent_no_personal_data(moderation):
    check_question("My name is Ada, I am at ada@example.org, who is Tiva?", Deadline(5))
    [request] = moderation.requests
    assert request["input"] == f"My name is {REMOVED}, I am at {REMOVED}, who is Tiva?"


def test_what_the_endpoint_flags_is_stopped_on_both_sides(moderation):
    moderation.flags["sad thing"] = "self-harm"
    checked = check_question("About a sad thing", Deadline(5))
    assert (checked.category, checked.for_a_tutor) == (Category.SELF_HARM, False)
    assert said("About a sad thing.") is Category.SELF_HARM
    assert said("About a happy thing.") is None


def test_an_endpoint_that_does_not_answer_stops_everything_but_our_own_words(moderation, caplog):
    moderation.script.extend([500] * 3)
    checked = check_question("Who is Tiva?", Deadline(5))
    assert (checked.category, checked.for_a_tutor) == (Category.UNCHECKED, False)
    assert said("Tiva is a fox.") is Category.UNCHECKED
    assert said("Let's read on!", Source.GUARD) is None
    assert "Tiva" not in caplog.text


def test_the_offline_tutor_may_quote_and_the_model_may_not_say_so_itself():
    turn = TURN._replace(heard="I am a fox called Tiva. What is your name?")
    check_sentence(
        "I am not sure, but this is what we read: I am a fox called Tiva.", turn, Source.OFFLINE, Deadline(5)
    )
    with pytest.raises(NotToBeSaid):
        check_sentence("I am a fox called Tiva.", turn, Source.MODEL, Deadline(5))


def test_a_word_of_the_glossary_may_be_explained():
    turn = TURN._replace(glossary={"murder": "to kill a person"})
    check_sentence("To murder is to kill a person.", turn, Source.MODEL, Deadline(5))


LANGUAGES = ["en", "de", "fr", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_line_is_short_and_would_pass_the_checker_itself(language):
    for line in lines.lines(language):
        assert 1 <= len(list(cut([line]))) <= MAX_SENTENCES
        assert look_at_answer(line, "", "") is None, line
    assert list(KindWord("Read on!").answer(TURN, Deadline(1))) == ["Read on!"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frames_of_the_offline_tutor_pass_it_too(language):
    for frame in frames.frames(language):
        assert look_at_answer(frame.format(word="fox", meaning="an animal.", quote="…"), "", "") is None, (
            frame
        )


def test_whoever_may_be_in_danger_hears_of_a_grown_up_who_will_help():
    for category in (Category.SELF_HARM, Category.ABUSE):
        assert "A grown-up will help you" in lines.to_question(category, "en-GB")
        assert "Erwachsener" in lines.to_question(category, "de")
    assert lines.to_question(Category.SEX, "tlh") == lines.to_question(Category.DRUGS, "en")


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_line_on_both_sides(category):
    assert lines.to_question(category, "fr")
    assert lines.for_answer(category, "fr")
