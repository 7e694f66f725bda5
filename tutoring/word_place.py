"""A word where it stands in a book, with all that an explanation of it may know.

A child asks about a word that it sees, so the word's whole sentence may be told; nothing behind that.
"""

import hashlib
import json
from bisect import bisect_right
from typing import NamedTuple

from sessions import words
from sessions.shelf import BookText
from tutoring.heard import heard_of
from tutoring.prompts import newest_sentences
from tutoring.syllables import bare
from tutoring.tutors.offline import glossary_entry
from tutoring.tutors.stems import stems

_EDITION = 1  # part of every key: raise it when another explanation or voice would be made of the same text


class Place(NamedTuple):
    """One word of a book."""

    key: str  # the hash of all that help is made from, 64 hexadecimal digits
    word: str  # without the punctuation around it
    sentence: str
    heard: str  # the book up to the end of that sentence
    language: str  # BCP 47
    meaning: str | None  # what the book's own glossary says


def find(book: BookText, index: int) -> Place | None:
    """Return the book's word `index` where it stands; None beyond the book.

    No SQL where the book is on the shelf. Raises as `heard_of`.
    """
    page = next((page for page in book.pages if 0 <= index - page.first_word < page.word_count), None)
    if page is None:
        return None
    split = words.split(page.text)
    starts = [*words.sentence_starts(page.text, book.language, split), len(split)]
    following = bisect_right(starts, index - page.first_word)
    first, last = starts[following - 1], starts[following] - 1
    sentence = " ".join(page.text[split[first].start : split[last].end].split())
    word = bare(split[index - page.first_word].text)
    meaning = _from_glossary(word, book)
    heard = heard_of(book.id, page.first_word + last).text
    return Place(_key(book.language, word, meaning, heard), word, sentence, heard, book.language, meaning)


def _from_glossary(word: str, book: BookText) -> str | None:
    entry = glossary_entry(stems(word, book.language), book.glossary, book.language)
    return entry[1].strip() or None if entry else None


def _key(language: str, word: str, meaning: str | None, heard: str) -> str:
    identity = [_EDITION, language, word, meaning, newest_sentences(heard)]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
