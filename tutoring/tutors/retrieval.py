"""Which sentences of a text best answer a question. Pure.

BM25 over sentences (bm25s), with three additions that children's questions about stories call for: what
stands next to a matching sentence counts too (the answer often follows in the next one), the kind
of question favours the kind of sentence ("why": "because"), and what was heard later counts more,
because children ask about what they have just heard.
"""

import logging
import math
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import bm25s  # type: ignore[import-untyped]

from tutoring.tutors.function_words import function_words
from tutoring.tutors.stems import stems, words

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns on its own debug lines, several a question

# Measured with children's questions about folk tales (docs/tutor.md); flat around these values.
_SATURATION, _LENGTH = 1.2, 0.3  # BM25's k1 and b
_BEFORE, _AFTER = 0.5, 0.2  # what the sentences before and after count
_HINT = 1.15  # what a sentence of the kind that is asked for gains
_JUST_HEARD, _SOON_FORGOTTEN = (
    0.5,
    12,
)  # what the newest sentence gains, and in how many that fades to a third
_COMMON = 0.2  # a word in more of the sentences than this is no help, where we do not know function words

_HINTS = {
    "why": "because for since so to",
    "where": "at behind beside by from in into near on under",
    "many": "one two three four five six seven eight nine ten twelve hundred thousand",
    "feel": """
        afraid amazed anger angry ashamed astonished cry delighted envious fear frightened glad grief
        happy joy joyful lonely love miserable pleased proud rage sad scared sorrow sorry surprised
        terrified tired unhappy weep worried
    """,
}
_HINT_STEMS = {asked: frozenset(stems(hints)) for kind, hints in _HINTS.items() for asked in stems(kind)}


class Found(NamedTuple):
    """A sentence that matches: its number in the text, how well, and how much of the question is near it."""

    number: int
    score: float
    coverage: float  # 0 to 1: the share of the question's weight found here or in a neighbour


def content_stems(question: str, language: str) -> list[str]:
    """Return what a question asks about: its stems without question and function words, each once."""
    known = function_words(language)
    return [each for each in dict.fromkeys(stems(question, language)) if each not in known]


class Passages:
    """The sentences of a text, ready to be searched."""

    def __init__(self, sentences: Iterable[str], language: str) -> None:
        self.sentences = list(sentences)
        self._language = language
        tokens = [stems(sentence, language) for sentence in self.sentences]
        self._stems = [frozenset(each) for each in tokens]
        self._frequency = Counter(chain.from_iterable(self._stems))
        self._index = bm25s.BM25(k1=_SATURATION, b=_LENGTH)
        if self._frequency:
            self._index.index(tokens, show_progress=False)

    def holding(self, asked: Iterable[str]) -> list[int]:
        """Return the numbers of the sentences that hold all of these stems, in order."""
        wanted = set(asked)
        return [number for number, there in enumerate(self._stems) if wanted <= there]

    def search(self, question: str) -> list[Found]:
        """Return the sentences that have to do with the question, best first."""
        asked = {stem: self._weight(stem) for stem in content_stems(question, self._language)}
        if not function_words(self._language):
            # Those of the question are taken to be the words that the text does not have, or has everywhere.
            most = max(1, _COMMON * len(self._stems))
            asked = {stem: weight for stem, weight in asked.items() if 0 < self._frequency[stem] <= most}
        total = sum(asked.values())
        own = self._scores(asked)
        hinting = self._hinting(question)
        found = []
        for number, score in enumerate(own):
            before = own[number - 1] if number else 0.0
            after = own[number + 1] if number + 1 < len(own) else 0.0
            score += _BEFORE * before + _AFTER * after
            if score:
                near = self._stems[max(0, number - 1) : number + 2]
                covered = sum(
                    weight for stem, weight in asked.items() if any(stem in there for there in near)
                )
                score *= _HINT if number in hinting else 1.0
                score *= 1 + _JUST_HEARD * math.exp((number - len(own) + 1) / _SOON_FORGOTTEN)
                found.append(Found(number, score, covered / total))
        return sorted(found, key=lambda each: (-each.score, -each.number))

    def _weight(self, stem: str) -> float:
        frequency = self._frequency[stem]
        return math.log(1 + (len(self._stems) - frequency + 0.5) / (frequency + 0.5))

    def _scores(self, asked: Iterable[str]) -> list[float]:
        """Return for each sentence how well it matches by itself."""
        read = [stem for stem in asked if self._frequency[stem]]
        return list(map(float, self._index.get_scores(read))) if read else [0.0] * len(self.sentences)

    def _hinting(self, question: str) -> set[int]:
        """Return the sentences of the kind that this question asks for."""
        kinds = set(stems(question, self._language))
        hints = {hint for asked in kinds & _HINT_STEMS.keys() for hint in _HINT_STEMS[asked]}
        hinting = {number for number, there in enumerate(self._stems) if not hints.isdisjoint(there)}
        if "who" in kinds:
            hinting.update(
                number for number, sentence in enumerate(self.sentences) if _names_someone(sentence)
            )
        return hinting


def _names_someone(sentence: str) -> bool:
    """A capital inside a sentence is, in English, a name or a title."""
    return any(word[0].isupper() and len(word) > 1 for word in words(sentence)[1:])
