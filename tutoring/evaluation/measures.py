"""How near an answer is to what people would answer, and how sure a figure is. Pure; for English.

Words are compared in lower case, without punctuation.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from bm25s import stopwords  # type: ignore[import-untyped]

_Z = 1.959964  # of 95 %
_RESAMPLES = 1_000
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ARTICLES = frozenset(("a", "an", "the"))
# Neither list nor stems are the offline tutor's own: what is changed there does not move the measure.
_LITTLE = frozenset(stopwords.STOPWORDS_EN_PLUS)


class Interval(NamedTuple):
    """A figure and its 95 % confidence interval; `of`: of how many. All 0 where there are none."""

    value: float
    low: float
    high: float
    of: int


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared; a possessive counts as its noun."""
    return [word.removesuffix("'s") for word in _WORD.findall(text.casefold().replace("’", "'"))]


def holds(said: str, answer: str, *, exactly: bool = False) -> bool:
    """Tell whether all content words of an answer stand in what was said, in any order.

    Content words are all but NLTK's English function words, or all where there are no others. They are
    compared by their Snowball stems, or `exactly`.
    """
    wanted = [word for word in words(answer) if word not in _LITTLE] or words(answer)
    heard = words(said)
    if not exactly:
        stemmer = Stemmer.Stemmer("english", 0)
        wanted, heard = stemmer.stemWords(wanted), stemmer.stemWords(heard)
    return bool(wanted) and set(wanted) <= set(heard)


def token_f1(said: str, answer: str) -> float:
    """Return the harmonic mean of precision and recall of words; without articles."""
    heard, wanted = _without_articles(said), _without_articles(answer)
    return _f1((Counter(heard) & Counter(wanted)).total(), len(heard), len(wanted))


def rouge_l(said: str, answer: str) -> float:
    """Return ROUGE-L's F1: of the longest sequence of words that both have in order; no articles."""
    heard, wanted = _without_articles(said), _without_articles(answer)
    lengths = [0] * (len(wanted) + 1)
    for word in heard:
        above_left = 0
        for column, other in enumerate(wanted, 1):
            above = lengths[column]
            lengths[column] = above_left + 1 if word == other else max(above, lengths[column - 1])
            above_left = above
    return _f1(lengths[-1], len(heard), len(wanted))


def best(measure: Callable[[str, str], float], said: str, answers: Iterable[str]) -> float:
    """Return the measure for the answer that is nearest."""
    return max(measure(said, answer) for answer in answers)


def stretches(said: str, text: str) -> int | None:
    """Return of how few stretches of `text` is made what was said; None: it has a word that is not there."""
    spoken, there = words(said), f" {' '.join(words(text))} "
    count = start = 0
    while start < len(spoken):
        end = start
        while end < len(spoken) and f" {' '.join(spoken[start : end + 1])} " in there:
            end += 1
        if end == start:
            return None
        count, start = count + 1, end
    return count


def tells_of(said: str, unheard: str, known: str, length: int) -> bool:
    """Tell whether `length` words in a row that were said stand in `unheard`, and not in what was `known`."""
    spoken = words(said)
    hidden, shown = f" {' '.join(words(unheard))} ", f" {' '.join(words(known))} "
    runs = (f" {' '.join(spoken[at : at + length])} " for at in range(len(spoken) - length + 1))
    return any(run in hidden and run not in shown for run in runs)


def share(outcomes: Iterable[bool]) -> Interval:
    """Return the share of what is true, with Wilson's interval."""
    each = list(outcomes)
    count = len(each)
    if not count:
        return Interval(0.0, 0.0, 0.0, 0)
    portion = sum(each) / count
    middle = portion + _Z**2 / (2 * count)
    half = _Z * math.sqrt(portion * (1 - portion) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    low, high = max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
    return Interval(portion, min(low, portion), max(high, portion), count)


def mean(values: Iterable[float], seed: int) -> Interval:
    """Return a mean, with a bootstrap interval; the same `seed` draws the same samples."""
    each = np.asarray(list(values), dtype=float)
    if not each.size:
        return Interval(0.0, 0.0, 0.0, 0)
    drawn = np.random.default_rng(seed).integers(each.size, size=(_RESAMPLES, each.size))
    low, high = np.percentile(each[drawn].mean(axis=1), (2.5, 97.5))
    return Interval(float(each.mean()), float(low), float(high), int(each.size))


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent are not above; 0 of none."""
    return float(np.percentile(values, percent)) if values else 0.0


def _without_articles(text: str) -> list[str]:
    return [word for word in words(text) if word not in _ARTICLES]


def _f1(common: int, of_one: int, of_other: int) -> float:
    return 2 * common / (of_one + of_other) if common else 0.0
