"""How hard a text is to read: the Flesch-Kincaid grade, and the words a child sees for it. Pure.

The syllables are counted by rule, with no dictionary. English only: the formula's weights were
fitted to it, so other languages get no grade.
"""

import re

from sessions import words

_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"(?!^y)[aeiouyàâäèéêëìîïòôöùûü]+")
# The e of home, homes and smiled is silent; that of table, horses, wanted and hundred is heard.
_SILENT_ENDING = re.compile(
    r"(?<![^aeiouylrw][lr])(?:(?<=[^aeiouy])e|(?<=[^aeioutd])ed|(?<=[^aeiouscxzg])(?<![cs]h)es)$"
)
# Neighbours that are two syllables: li-on, qui-et, happi-er, vide-o, muse-um, are-a, cru-el, po-et,
# go-ing, play-ing, roy-al, did-n't.
_PARTED_VOWELS = re.compile(
    r"(?<![tscg])(?<!ll)i(?:a|o|u)|(?<![tc])(?<!fr)ie(?:[nt]|r$|st$)|(?<![pg])eo|eum|creat"
    r"|[aeiou][^aeiouy]+ea$|(?<![qg])u(?:a|e[lt])|oe[tm]|[eo]ing|yi|[aeo]y[aou]|[ao]ye|[ds]n't$"
)
_EXCEPTIONS = {
    "every": 2, "evening": 2, "everything": 3, "everyone": 3, "something": 2, "sometimes": 2, "someone": 2,
    "somewhere": 2, "science": 2, "tongue": 1, "wicked": 2, "naked": 2, "idea": 3,
}  # fmt: skip

FIRST_STEPS = "First steps"
GROWING = "Growing"
CONFIDENT = "Confident"
# The grade that a child of each band reads with ease.
BAND_GRADES = {FIRST_STEPS: 1.5, GROWING: 3.5, CONFIDENT: 6.0}


def grade(text: str, language: str = "en") -> float | None:
    """Return the Flesch-Kincaid grade to one decimal, at least 0; None where it has no meaning."""
    if words.primary_language(language) != "en":
        return None
    found = words.split(text)
    spoken = [match.group() for word in found for match in _LATIN_WORD.finditer(word.text)]
    if not spoken:
        return None
    sentences = len(words.sentence_starts(text, language, found))
    syllables = sum(syllable_count(word) for word in spoken)
    return max(0.0, round(0.39 * len(spoken) / sentences + 11.8 * syllables / len(spoken) - 15.59, 1))


def syllable_count(word: str) -> int:
    """Return how many syllables an English word has, by rule; at least 1."""
    plain = word.lower().replace("’", "'").removesuffix("'s")
    if plain in _EXCEPTIONS:
        return _EXCEPTIONS[plain]
    heard = _SILENT_ENDING.sub("", plain)
    return max(1, len(_VOWELS.findall(heard)) + len(_PARTED_VOWELS.findall(heard)))


def band(level: float | None) -> str:
    """Return the words for a grade that a child sees on the cover; "" for a book without one."""
    if level is None:
        return ""
    if level < 2.5:
        return FIRST_STEPS
    return GROWING if level < 5 else CONFIDENT
