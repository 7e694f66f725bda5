"""Whom a page tells of: the names, and people like "the old woman", that a question can be about. Pure.

A place or a thing taken for somebody makes a silly question. So whoever is found here was seen to act or to
speak: in English beside any word of doing, elsewhere beside one of speaking.
"""

import re
from collections import Counter
from itertools import pairwise

from tutoring.dialogue.lexicon import DESCRIBED, PEOPLE, SPEAKING, TITLES, is_past, word_set

_PIECE = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\w\s]")
_CLAUSE_ENDS = re.compile(r"[.!?;:…“”\"«»„—–]")
_TITLE_WITH_STOP = re.compile(r"\b(Mr|Mrs|Ms|Dr)\.")
_POSSESSIVE = re.compile(r"['’]s?$")
_NO_NAMES = word_set(
    """
    I I'm I’m I'll I’ll Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April
    May June July August September October November December Christmas Easter God Heaven Ich Je Yo
    """
)
# Words that begin a sentence and may stand before what somebody did.
_BEGINNINGS = word_set(
    """
    he she it they we you nobody everybody somebody anybody everyone someone anyone none nothing something
    everything there here then that this these those what who which all many some several most one both each
    another others now so and but soon
    """
)
_BEFORE_NO_NAME = word_set(
    """
    the a an his her my your our their der die das ein eine sein seine ihr ihre le la
    les un une son sa mon ma el los las una su mi
    """
)
_BEFORE_PLACES = frozenset({"in", "into"})
# The king of a town does something, not the town.
_BELONGING = word_set("of from in to with by for von aus in mit de del du des con")
_JOINING = frozenset({"and", "or", "und", "et", "y", "e"})


def characters(text: str, language: str) -> list[str]:
    """Return who acts on a page, most often first: `Tiva`, `Mrs. Begum`, `the old woman`.

    `language` is one of those in `phrases`, without region.
    """
    clauses = _clauses(text)
    names = _capitals(clauses, language) | TITLES
    seen: Counter[str] = Counter()
    acting = set()
    for pieces in clauses:
        for start, end, who in _mentions(pieces, names, language):
            seen[who] += 1
            before = pieces[start - 1] if start else ""
            after = pieces[end] if end < len(pieces) else ""
            if _JOINING & {before.lower(), after.lower()}:
                continue
            speaks = before in SPEAKING[language] or (
                after in SPEAKING[language] and before not in _BELONGING
            )
            if speaks or (language == "en" and is_past(after) and before not in _BELONGING):
                acting.add(who)
    no_names = _no_names(clauses)
    found = [who for who in seen if who in acting and who not in no_names]
    return sorted(found, key=lambda who: (-seen[who], -len(who), who))


def is_person(word: str) -> bool:
    """Tell whether an English word is somebody rather than something."""
    return word.lower() in PEOPLE or word[:1].isupper()


def _clauses(text: str) -> list[list[str]]:
    """Return the text in pieces, words and signs, cut where a sentence or a quotation begins or ends."""
    line = _TITLE_WITH_STOP.sub(r"\1", " ".join(text.split()))
    return [_PIECE.findall(clause) for clause in _CLAUSE_ENDS.split(line)]


def _capitals(clauses: list[list[str]], language: str) -> frozenset[str]:
    """Return the words whose capital is their own, not that of a sentence's beginning."""
    inside = {piece for pieces in clauses for piece in pieces[1:] if _is_capital(piece)}
    if language == "en":
        small = {piece for pieces in clauses for piece in pieces if piece.islower()}
        first = Counter(pieces[0] for pieces in clauses if pieces and _is_capital(pieces[0]))
        inside |= {
            word
            for word, times in first.items()
            if times > 1 and word.lower() not in small | _BEGINNINGS | PEOPLE
        }
    return frozenset(inside)


def _no_names(clauses: list[list[str]]) -> set[str]:
    """Return the words that look like names and stand once where only a place or a thing can stand."""
    pairs = (pair for pieces in clauses for pair in pairwise(pieces))
    return {after for before, after in pairs if before.lower() in _BEFORE_PLACES | _BEFORE_NO_NAME}


def _mentions(pieces: list[str], names: frozenset[str], language: str) -> list[tuple[int, int, str]]:
    """Return who is mentioned in a clause: from which piece to which, and how the page calls them."""
    found = []
    position = 0
    while position < len(pieces):
        end, who = position + 1, ""
        before = pieces[position - 1].lower() if position else ""
        if language == "en" and pieces[position].lower() == "the":
            end, who = _described(pieces, position)
        elif pieces[position] in names:
            while language != "de" and end < len(pieces) and _is_capital(pieces[end]):
                end += 1
            who = "" if before in _BEFORE_NO_NAME else _name(pieces[position:end])
        if who:
            found.append((position, end, who))
        position = end
    return found


def _described(pieces: list[str], position: int) -> tuple[int, str]:
    """Return where "the old woman" ends and its words; "" where something else stands here."""
    end = position + 1
    while end < len(pieces) and pieces[end] in DESCRIBED:
        end += 1
    if end >= len(pieces) or pieces[end].lower() not in PEOPLE:
        return position + 1, ""
    return end + 1, " ".join(["the", *pieces[position + 1 : end + 1]])


def _name(words: list[str]) -> str:
    """Return the name that these words with capitals are; "" for none."""
    if words[-1] in TITLES or words[-1].lower().removesuffix("s") in PEOPLE and len(words) == 1:
        return ""  # "Mother", "Sparrow": what somebody is called by those who know them
    if len(words) > 3 or any(_POSSESSIVE.search(word) for word in words):
        return ""
    return " ".join(word + "." if word in {"Mr", "Mrs", "Ms", "Dr"} else word for word in words)


def _is_capital(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not word.isupper() and word not in _NO_NAMES
