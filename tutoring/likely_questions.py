"""What a class is likely to ask on each page of a book, and from which word on it can be answered. Pure.

The earlier a question is asked, the more children may be given its answer, as nobody may who has heard less;
and the later, the more there is to be told. So each is asked at the end of the sentence with which the story
has named all that it asks for, or with the page's first word where it had done so before.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sessions.level import syllable_count
from tutoring.page_words import PagePart, PageWords
from tutoring.tutors.retrieval import content_stems
from tutoring.tutors.stems import is_english, stems

WHAT_HAPPENED = "What just happened?"

_LONG_WORDS = 3  # of a page, beside those of the glossary
_SYLLABLES = 3  # from which on a word is long
_TIMES_NAMED = 2  # in the book, before a capital is taken for a name's
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"\s*(\d+)\s*:(.*)", re.DOTALL)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir"})
_CALENDAR = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december christmas easter
    """.split()  # noqa: SIM905
_NO_NAMES = frozenset({*_CALENDAR, "god", "lord", "heaven", "oh", "ah", "yes", "no"})
# Words that are long, and that no child asks for.
_KNOWN_WELL = frozenset({
    *_CALENDAR, "another", "together", "already", "everything", "everyone", "everybody", "anything", "anyone",
    "anybody", "somebody", "nobody", "whatever", "however", "eleven", "nineteen", "seventeen", "grandmother",
    "grandfather", "banana", "bananas", "computer", "computers",
})  # fmt: skip


class Likely(NamedTuple):
    """A question, and the word of the book at which it is asked: who has heard that may have the answer."""

    page: int
    word_index: int
    question: str


def likely_questions(
    pages: Sequence[PagePart], glossary: Mapping[str, str], language: str
) -> Iterator[Likely]:
    """Yield, page by page, who is who, what words mean, what happened; of English books only."""
    if not is_english(language):
        return
    story = [PageWords(page, language) for page in pages]
    names = _names(story)
    explained = {stem for term in (*glossary, *names) for stem in stems(term)}
    named: set[str] = set()
    told: set[str] = set()
    for page in story:
        for name in names:
            if (mention := page.first_mention(name)) is not None:
                yield _at(page, 0 if name in named else page.end_of_sentence(mention), f"Who is {name}?")
                named.add(name)
        for term in (*glossary, *_long_words(page, explained | told)):
            if (mention := page.first_mention(term)) is not None:
                yield _at(page, mention, f"What does {term} mean?")  # which children ask in mid-sentence
        yield _at(page, page.sentence_starts[-1], WHAT_HAPPENED)
        told |= page.stems


def from_lines(lines: Iterable[str], pages: Sequence[PagePart], language: str) -> Iterator[Likely]:
    """Yield the questions of a file, one a line.

    `3: Why did she hide?` is asked on page 3, a question without a number on every page from the one on where
    the story has all its words. Raises ValueError: the book has no such page.
    """
    questions = [(number, *_numbered(line)) for number, line in enumerate(lines, 1) if line.strip()]
    numbers = {page.number for page in pages}
    for number, wanted, _ in questions:
        if wanted is not None and wanted not in numbers:
            raise ValueError(f"line {number}: the book has no page {wanted}")
    story = [PageWords(page, language) for page in pages]
    everything = {stem for page in story for stem in page.stems}
    told: set[str] = set()
    for page in story:
        for _, wanted, question in questions:
            if wanted is None or wanted == page.page.number:
                word = _word_for(question, page, told, everything, language)
                if word is not None or wanted is not None:
                    yield _at(page, word or 0, question)
        told |= page.stems


def _numbered(line: str) -> tuple[int | None, str]:
    """Return the page that a line begins with, if it does, and its question."""
    found = _NUMBERED.fullmatch(line)
    return (int(found[1]), found[2].strip()) if found else (None, line.strip())


def _word_for(
    question: str, page: PageWords, told: set[str], everything: set[str], language: str
) -> int | None:
    """Return at which word of a page to ask; None: the story has not yet named all that is asked for."""
    asked = everything.intersection(content_stems(question, language))
    if not asked:
        return page.sentence_starts[-1]
    if asked <= told:
        return 0
    last = page.heard_all(asked - told)
    return None if last is None else page.end_of_sentence(last)


def _at(page: PageWords, word: int, question: str) -> Likely:
    return Likely(page.page.number, page.page.first_word + word, question)


def _long_words(page: PageWords, known: set[str]) -> list[str]:
    """Return the longest words that are new on a page, in lower case; `known` are stems."""
    found = {each.casefold() for word in page.words for each in _LETTERS.findall(word.text)}
    syllables = {word: syllable_count(word) for word in found - _KNOWN_WELL if known.isdisjoint(stems(word))}
    long = [word for word, count in syllables.items() if count >= _SYLLABLES]
    return sorted(long, key=lambda word: (-syllables[word], word))[:_LONG_WORDS]


def _names(story: Iterable[PageWords]) -> list[str]:
    """Return the book's names, in order: what comes again with a capital and never without."""
    named: Counter[str] = Counter()
    small: set[str] = set()
    for page in story:
        named.update(_capitals(page))
        small.update(each for word in page.words for each in _LETTERS.findall(word.text) if each.islower())
    return sorted(
        name
        for name, count in named.items()
        if count >= _TIMES_NAMED and small.isdisjoint(name.casefold().split())
    )


def _capitals(page: PageWords) -> Iterator[str]:
    """Yield what has capitals inside sentences: a name of one word, or of several that stand together."""
    run: list[str] = []
    for index, word in enumerate(page.words):
        name = _capital(word.text, begins=index in page.sentence_starts)
        if run and not (name and (_is_title(run[-1]) or page.words[index - 1].text[-1].isalpha())):
            yield from _whole_name(run)
            run = []
        if name:
            run.append(name)
    yield from _whole_name(run)


def _whole_name(run: list[str]) -> Iterator[str]:
    if run and not _is_title(run[-1]):
        yield " ".join(run)


def _capital(text: str, *, begins: bool) -> str:
    """Return a shown word's letters if they may be a name's; with which a sentence begins, only a title."""
    letters = _LETTERS.match(text)
    if letters is None or not letters[0][0].isupper() or not letters[0][1:].islower():
        return ""
    return letters[0] if _is_title(letters[0]) or not (begins or letters[0].casefold() in _NO_NAMES) else ""


def _is_title(name: str) -> bool:
    return name.casefold() in _TITLES
