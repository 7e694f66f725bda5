"""A page's words as they are shown, as they are compared, and by the sentence. Pure."""

from collections.abc import Collection
from typing import Protocol

from sessions import words
from tutoring.tutors.stems import stems


class PagePart(Protocol):
    """A page of a book, as `sessions.shelf` has it."""

    @property
    def number(self) -> int:
        """From 1."""

    @property
    def text(self) -> str:
        """Its words are those of `sessions.words.split`."""

    @property
    def first_word(self) -> int:
        """The index of its first word in the book."""


class PageWords:
    """One page; words are counted from 0 on the page."""

    def __init__(self, page: PagePart, language: str) -> None:
        self.page = page
        self.words = words.split(page.text)
        self.sentence_starts = words.sentence_starts(page.text, language, self.words)
        self._language = language
        self._stems = [
            (stem, index) for index, word in enumerate(self.words) for stem in stems(word.text, language)
        ]

    @property
    def stems(self) -> set[str]:
        """What stands on the page, as it is compared."""
        return {stem for stem, _ in self._stems}

    def first_mention(self, term: str) -> int | None:
        """Return the word with which a term, of one word or more, is first complete; None: it is not here."""
        wanted = stems(term, self._language)
        for start in range(len(self._stems) - len(wanted) + 1):
            found = self._stems[start : start + len(wanted)]
            if wanted and [stem for stem, _ in found] == wanted:
                return found[-1][1]
        return None

    def heard_all(self, wanted: Collection[str]) -> int | None:
        """Return the word with which all these stems have been read; None: some are not here."""
        first: dict[str, int] = {}
        for stem, index in self._stems:
            first.setdefault(stem, index)
        if not first.keys() >= set(wanted):
            return None
        return max((first[stem] for stem in wanted), default=0)

    def end_of_sentence(self, word: int) -> int:
        """Return the last word of a word's sentence."""
        return next((start for start in self.sentence_starts if start > word), len(self.words)) - 1
