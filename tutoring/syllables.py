"""A word alone, and its syllables. Pure.

Syllables are found by the patterns with which a language breaks its words at the end of a line (pyphen). They
would rather miss a syllable than cut in a wrong place, and no word begins or ends with a letter alone:
`again` is one piece. Of the 765 words of our own stories that CMUdict knows, 91 % have as many pieces as
syllables, and one has more. The first word of a language costs up to 0.7 s, for loading its patterns.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise

import pyphen  # type: ignore[import-untyped]

_LETTERS = re.compile(r"[^\W\d_]+")
# Where a tag leaves it open; British patterns break by a word's origin, and miss twice as many syllables.
_USUAL = {"en": "en-US"}
_AFTER_HYPHEN = re.compile(r"(?<=[^\W_][-‐‑])(?=[^\W_])")


def bare(displayed: str) -> str:
    """Return a displayed word without the punctuation around it; one that is nothing else stays as it is."""
    kept = [at for at, character in enumerate(displayed) if unicodedata.category(character)[0] not in "PZC"]
    return displayed[kept[0] : kept[-1] + 1] if kept else displayed


def syllables(word: str, language: str) -> tuple[str, ...]:
    """Return the syllables of a bare word in a BCP 47 language; joined they are the word.

    Where the language has no patterns the word is one piece, as are digits. A hyphen ends a syllable.
    """
    patterns = _patterns(language)
    if patterns is None:
        return (word,)
    cuts = {match.start() for match in _AFTER_HYPHEN.finditer(word)}
    for letters in _LETTERS.finditer(word):
        cuts.update(letters.start() + position for position in patterns.positions(letters.group()))
    return tuple(word[start:end] for start, end in pairwise([0, *sorted(cuts), len(word)]))


@cache
def _patterns(language: str) -> pyphen.Pyphen | None:
    known = pyphen.language_fallback(_USUAL.get(language.lower(), language))
    return pyphen.Pyphen(lang=known) if known else None
