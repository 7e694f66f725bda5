"""Languages and how they are written. Pure."""

import unicodedata
from collections import Counter
from itertools import islice

_RIGHT_TO_LEFT = {
    "ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
    "iw", "ji",  # older tags of he and yi
}  # fmt: skip
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}
# The first word of a letter's Unicode name -> the language most books in that script are in.
_LANGUAGE_OF_SCRIPT = {
    "ARABIC": "ar", "ARMENIAN": "hy", "BENGALI": "bn", "CJK": "zh", "CYRILLIC": "ru", "DEVANAGARI": "hi",
    "ETHIOPIC": "am", "GEORGIAN": "ka", "GREEK": "el", "GUJARATI": "gu", "HANGUL": "ko", "HEBREW": "he",
    "HIRAGANA": "ja", "KANNADA": "kn", "KATAKANA": "ja", "KHMER": "km", "LAO": "lo", "MALAYALAM": "ml",
    "MYANMAR": "my", "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te", "THAI": "th",
}  # fmt: skip
_LETTERS_LOOKED_AT = 2_000
_KANA_SHARE = 0.05  # of the letters; Chinese has none, Japanese never so few


def direction(tag: str) -> str:
    """Return "rtl" or "ltr" for a BCP 47 tag such as en, ar-EG or az-Arab; an explicit script decides."""
    language, *subtags = tag.replace("_", "-").lower().split("-")
    script = next((subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), None)
    right_to_left = script in _RIGHT_TO_LEFT_SCRIPTS if script else language in _RIGHT_TO_LEFT
    return "rtl" if right_to_left else "ltr"


def guess(text: str) -> str:
    """Return the most likely language of a text that does not say it, by its script alone; else "en"."""
    letters = islice(filter(str.isalpha, text), _LETTERS_LOOKED_AT)
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > _KANA_SHARE * scripts.total():
        return "ja"
    return _LANGUAGE_OF_SCRIPT.get(scripts.most_common(1)[0][0], "en") if scripts else "en"
