"""The checker that always runs: phrases and forms, on this machine, in a few milliseconds. Pure.

A question is stopped for what the child says, means to do or wants of the tutor; a sentence of an answer for
what it says in words that the story has not said. What a text hides is looked at as well: see `readings`.
"""

import re
from functools import lru_cache

from tutoring.safety import answer_phrases, personal, question_phrases
from tutoring.safety.categories import Category
from tutoring.safety.readings import encoded, readings, spelled_out, words

_MARKUP = re.compile(
    r"<\s*[/!?]?[a-z]|&(?:lt|#\w+);|\]\s?\(|\{\{|\{%|\$\{|[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
    "|[\U000e0000-\U000e007f]",
    re.IGNORECASE,
)
# How a text pretends to be a part of the prompt.
_FORGED = re.compile(
    r"</?\s?(?:story|question|said|system|rules|instructions?|assistant|user|prompt)\b|<\|.{0,20}\||\[/?(?:inst|system)\]"
    r"|(?:^|[\n.!?\]}\"])\s{0,9}(?:system|assistant|developer)\s?:|#{2,} ?(?:system|instruction|new)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{1,2000})[”\"»“]")

_BESIDE = 2  # words: "said Tiva"
_LEAK_WORDS = 5  # of the rules in a row, beside those that may be said
_LEAK_SPELLED = 12  # letters
_MAY_BE_SAID = (
    "do not know how the story goes on",
    "do not know yet",
    "let s read on and find out",
    "that we read on",
    "as it is used in the story",
    "the story so far says",
)


def look_at_question(text: str) -> Category | None:
    """Return why a child's question is not for a tutor; None: it is."""
    each = readings(text)
    for category, pattern in question_phrases.PHRASES.items():
        if any(pattern.search(reading) for reading in each):
            return category
    return Category.INSTRUCTIONS if _FORGED.search(text) or any(encoded(text)) else None


def look_at_answer(text: str, story: str, rules: str, *, quoting: bool = False) -> Category | None:
    """Return why a sentence of an answer must not be said; None: it may.

    `story` is what the child has heard, with its glossary; `rules` what the tutor was told, or "".
    `quoting`: the tutor says nothing but the story's own words, so that these are no words of ours.
    """
    if _MARKUP.search(text):
        return Category.MARKUP
    if found := personal.contact(text):
        return found
    as_read = readings(text)
    if any(encoded(text)) or _leaks(as_read, rules):
        return Category.INSTRUCTIONS
    for category, pattern, may_be_retold in answer_phrases.PHRASES:
        for reading in as_read:
            for match in pattern.finditer(reading):
                phrases = _endings(match[0], pattern)
                if not any(_from_the_story(each, text, story, quoting or may_be_retold) for each in phrases):
                    return category
    return None


def _from_the_story(phrase: str, text: str, story: str, may_be_retold: bool) -> bool:
    """Is this the story's, told again or quoted? A quotation has somebody beside it who says it."""
    if not _holds(words(story), phrase):
        return False
    if may_be_retold:
        return True
    beside = words(_QUOTED.sub(" ", text)).split()
    return len(beside) >= _BESIDE and any(_holds(words(said), phrase) for said in _QUOTED.findall(text))


def _endings(phrase: str, pattern: re.Pattern[str]) -> list[str]:
    """Return a phrase and each end of it that is one, too: "what we read what is your name" has two."""
    found = phrase.split()
    endings = (" ".join(found[start:]) for start in range(len(found)))
    return [ending for ending in endings if pattern.fullmatch(ending)]


def _holds(text: str, phrase: str) -> bool:
    return f" {phrase.strip()} " in f" {text} "


def _leaks(as_read: list[str], rules: str) -> bool:
    """Does a sentence repeat the rules, as they are, backwards, in rot13 or letter by letter?"""
    runs, letters = _rules(rules)
    for reading in as_read:
        if not runs.isdisjoint(_runs(reading)):
            return True
        if any(len(word) >= _LEAK_SPELLED and word in letters for word in spelled_out(reading).split()):
            return True
    return False


@lru_cache(maxsize=64)
def _rules(rules: str) -> tuple[frozenset[str], str]:
    """Return the rules' runs of words that no answer may hold, and all their letters without spaces."""
    told = words(rules)
    for phrase in _MAY_BE_SAID:
        told = told.replace(phrase, "|")
    runs = frozenset(run for part in told.split("|") for run in _runs(part))
    return runs, "".join(word for word in told.split() if len(word) < _LEAK_SPELLED)


def _runs(text: str) -> set[str]:
    each = text.split()
    return {" ".join(each[start : start + _LEAK_WORDS]) for start in range(len(each) - _LEAK_WORDS + 1)}
