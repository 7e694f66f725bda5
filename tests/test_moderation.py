"""The moderation endpoint over real HTTP: what it is sent, what its answer means, and every way it fails."""

import time

import pytest

from tests.scripted_moderation import ScriptedModeration, verdict
from tutoring.safety.categories import Category
from tutoring.safety.moderation import ModerationError, look
from tutoring.tutors.interface import Deadline


@pytest.fixture
def moderation(settings):
    """The endpoint, configured as an operator would."""
    with ScriptedModeration() as moderation:
        settings.MODERATION_BASE_URL, settings.MODERATION_API_KEY = moderation.url, "a-key"
        yield moderation


def test_without_an_endpoint_nobody_is_asked(settings):
    settings.MODERATION_BASE_URL = ""
    assert look("Anything", Deadline(5)) is None


def test_it_is_sent_the_text_the_model_and_the_key_and_nothing_else(moderation, settings):
    settings.MODERATION_MODEL = "owl-moderation"
    assert look("Who is Tiva?", Deadline(5)) is None
    assert moderation.requests == [
        {"path": "/v1/moderations", "key": "Bearer a-key", "model": "owl-moderation", "input": "Who is Tiva?"}
    ]


@pytest.mark.parametrize(
    ("names", "category"),
    [
        (["self-harm/intent"], Category.SELF_HARM),
        (["sexual/minors", "sexual"], Category.ABUSE),
        (["sexual"], Category.SEX),
        (["violence/graphic", "violence"], Category.VIOLENCE),
        (["illicit"], Category.DRUGS),
        (["illicit", "illicit/violent"], Category.VIOLENCE),
        (["hate/threatening"], Category.HATE),
        (["harassment"], Category.HATE),
        (["self-harm", "violence"], Category.SELF_HARM),
        (["something-new"], Category.OTHER),
    ],
)
def test_what_it_flags_has_a_name_of_ours(moderation, names, category):
    moderation.script.append(verdict(*names))
    assert look("...", Deadline(5)) is category


def test_plain_violence_is_left_to_the_checker_that_knows_the_story(moderation):
    moderation.script.append(verdict("violence"))
    assert look("Why did the giant kill the troll?", Deadline(5)) is None


@pytest.mark.parametrize(
    "step",
    [
        500,
        401,
        302,
        429,
        b"not JSON",
        b"",
        {"results": []},
        {"error": {"message": "no"}},
        {"results": [{"flagged": "perhaps"}]},
        "hang",
        "trickle",
    ],
    ids=str,
)
def test_whatever_is_no_clear_answer_is_an_error_in_time_and_in_no_word_of_the_text(
    moderation, settings, step
):
    settings.MODERATION_SECONDS = 1
    moderation.script.append(step)
    begun = time.monotonic()
    with pytest.raises(ModerationError) as error:
        look("Who is Tiva?", Deadline(60))
    assert time.monotonic() - begun < 3  # seconds; the endpoint has one
    assert "Tiva" not in str(error.value)


def test_it_never_takes_longer_than_the_answer_has(moderation, settings):
    settings.MODERATION_SECONDS = 30
    moderation.script.append("hang")
    with pytest.raises(ModerationError):
        look("Who is Tiva?", Deadline(0.2))


def test_nobody_listening_is_an_error(settings):
    with ScriptedModeration() as gone:
        settings.MODERATION_BASE_URL = gone.url
    with pytest.raises(ModerationError, match="cannot be reached"):
        look("Who is Tiva?", Deadline(5))
