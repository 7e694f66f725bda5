"""The script: what a voice is given to say for a text's words, and which character belongs to which word.

Pure. A page shows `“It’s—` and a smiling face; a voice should say `It's,` and nothing. Whatever is
changed or left out here, each character keeps the number of its word, so that an engine's
positions lead back to the words of `sessions.words.split`.
"""

import unicodedata
from typing import NamedTuple

from sessions.words import paragraph_starts, split

_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼ＇`´", "'"))
_DASHES = frozenset("—―⸺⸻")
_SIGNS_READ_ALOUD = frozenset("&%+=@°/")
_PAUSES = frozenset(".,;:!?…")
_INSIDE_WORDS = frozenset("'-‐‑–−·")
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


class Script(NamedTuple):
    """What is said.

    `text` goes to the engine; `owners[i]` is the word of its character i (a space belongs to the
    word after it); `words` has the spoken form of every displayed word, "" where it is silent.
    """

    text: str
    owners: tuple[int, ...]
    words: tuple[str, ...]


def write(text: str) -> Script:
    """Return the script of a text. A script without a single sound has the text ""."""
    displayed = split(text)
    paragraphs = frozenset(paragraph_starts(text))
    written = ""
    owners: list[int] = []
    spoken_words = []
    break_due = False
    former_end = 0
    for index, word in enumerate(displayed):
        spoken = spoken_form(word.text)
        spoken_words.append(spoken)
        break_due = break_due or index in paragraphs
        touches = word.start == former_end
        former_end = word.end
        if not spoken:
            continue
        if not written:
            gap = ""
        elif break_due:
            gap = "\n\n"
        else:
            gap = "" if touches and written[-1] not in _PAUSES else " "
        break_due = False
        written += gap + spoken
        owners.extend([index] * (len(gap) + len(spoken)))
    return Script(written, tuple(owners), tuple(spoken_words))


def spoken_form(word: str) -> str:
    """Return what to say for a displayed word: no emoji, quotes, brackets or ornaments; "" for silence."""
    kept = []
    for character in unicodedata.normalize("NFC", word.translate(_APOSTROPHES)):
        if character in _DASHES:
            kept.append(", ")
        elif _is_kept(character):
            kept.append(character)
        elif unicodedata.category(character) != "Cf":  # a soft hyphen or joiner parts nothing
            kept.append(" ")
    spoken = " ".join("".join(kept).replace("--", ", ").replace(" ,", ",").split())
    spoken = spoken.lstrip("".join(_PAUSES | _INSIDE_WORDS) + " ").rstrip("' ")
    return spoken if any(map(_has_sound, spoken)) else ""


def _has_sound(character: str) -> bool:
    return (
        unicodedata.category(character)[0] in "LN"
        or unicodedata.category(character) == "Sc"
        or character in _SIGNS_READ_ALOUD
    )


def _is_kept(character: str) -> bool:
    if character in _PAUSES or character in _INSIDE_WORDS or _has_sound(character):
        return True
    category = unicodedata.category(character)
    if category in {"Mn", "Mc"}:
        return ord(character) not in _VARIATION_SELECTORS
    # The full stops and commas of other scripts make a voice pause; those of ours are named above.
    return category == "Po" and ord(character) > 0x2E7F or character in "।॥،؛؟۔"
