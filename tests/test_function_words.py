"""Function words say nothing of what a question is about; the words of the story are none."""

import pytest

from tutoring.tutors.function_words import function_words
from tutoring.tutors.retrieval import content_stems
from tutoring.tutors.stems import stems


@pytest.mark.parametrize(
    ("language", "question", "about"),
    [
        ("en-GB", "Where did the foxes hide?", "fox hide"),
        ("de", "Wo haben sich die Füchse versteckt?", "füchse versteckt"),
        ("fr-CA", "Où est-ce que les renards dorment ?", "renards dorment"),
        ("es", "¿Dónde duermen los zorros?", "duermen zorros"),
        ("it", "Dove dormono le volpi?", "dormono volpi"),
        ("nl", "Waar slapen de vossen?", "slapen vossen"),
        ("sv", "Var sover rävarna?", "sover rävarna"),
        ("da", "Hvor sover rævene?", "sover rævene"),
        ("no", "Hvor sover revene?", "sover revene"),
        ("pt-BR", "Onde dormem as raposas?", "dormem raposas"),
        ("ru", "Где спят лисы?", "спят лисы"),
    ],
)
def test_what_children_ask_with_is_left_out(language, question, about):
    assert content_stems(question, language) == stems(about, language)


def test_of_other_languages_none_are_known():
    assert function_words("ja") == function_words("") == frozenset()
