"""Is a sentence of an answer fit for a child: not too long, and in words that it reads with ease? Pure.

The Flesch-Kincaid grade, in which the words of the story count as easy: the child has just met them. Where
the formula has no meaning (other languages than English) length alone decides.
"""

from collections.abc import Container
from typing import NamedTuple

from sessions import words
from sessions.level import CONFIDENT, FIRST_STEPS, GROWING, band, syllable_count
from tutoring.tutors import stems
from tutoring.tutors.interface import Turn


class Limits(NamedTuple):
    """What one sentence may have, and an age whose words are right."""

    words: int
    grade: float
    years: int


# Heard is easier than read, so a sentence may be some grades above the child's own.
_LIMITS = {
    FIRST_STEPS: Limits(words=16, grade=5.0, years=5),
    GROWING: Limits(words=22, grade=7.5, years=8),
    CONFIDENT: Limits(words=30, grade=10.0, years=11),
}
# Fewer words than this tell little: one long word does not make a short sentence hard.
_FEW_WORDS = 8


def limits(grade: float) -> Limits:
    """Return what a child who reads this grade with ease is told in."""
    return _LIMITS[band(grade)]


def known_words(heard: str) -> frozenset[str]:
    """Return the words of a story as `is_fit` compares them."""
    return frozenset(stems.words(heard.casefold()))


def grade_of(sentence: str, known: Container[str] = ()) -> float:
    """Return a sentence's Flesch-Kincaid grade, at least 0; `known` words count one syllable."""
    spoken = stems.words(sentence.casefold())
    if not spoken:
        return 0.0
    missing = max(0, _FEW_WORDS - len(spoken))
    syllables = missing + sum(1 if word in known else syllable_count(word) for word in spoken)
    count = len(spoken) + missing
    return max(0.0, 0.39 * count + 11.8 * syllables / count - 15.59)


def serves(sentence: str, turn: Turn) -> bool:
    """Tell whether a sentence is for the child of this turn, who knows the words of the story so far.

    Knowing more words never makes a sentence harder, so most need no look at the story, which may be long.
    """
    about = sentence, turn.language, turn.grade
    return is_fit(*about, ()) or is_fit(*about, known_words(turn.heard))


def is_fit(sentence: str, language: str, grade: float, known: Container[str]) -> bool:
    """Tell whether a child who reads `grade` with ease is served by this sentence."""
    most = limits(grade)
    if len(words.split(sentence)) > most.words:
        return False
    return words.primary_language(language) != "en" or grade_of(sentence, known) <= most.grade
