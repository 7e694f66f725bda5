"""What is hard in a book: its sentences, by how often children asked there."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sessions import words
from sessions.shelf import BookText

_SAMPLES = 3


class Asked(NamedTuple):
    """One question, as it is counted."""

    word_index: int
    student_id: int
    text: str


class Place(NamedTuple):
    """A sentence of the book, and what was asked there."""

    page: int
    sentence: str
    questions: int
    children: int
    samples: list[str]  # the newest


def hard_places(book: BookText, asked: Iterable[Asked], limit: int) -> list[Place]:
    """Return the sentences at which most was asked, the hardest first; `asked` is newest first."""
    by_page: dict[int, list[Asked]] = defaultdict(list)
    firsts = [page.first_word for page in book.pages]
    for each in asked:
        if firsts:
            by_page[max(0, bisect_right(firsts, each.word_index) - 1)].append(each)
    places = [place for number, found in by_page.items() for place in _places(book, number, found)]
    return sorted(places, key=lambda place: (-place.questions, -place.children, place.page))[:limit]


def by_page(book: BookText, asked: Iterable[Asked]) -> list[int]:
    """Return how many questions were asked on each page, first to last."""
    counts = [0] * len(book.pages)
    firsts = [page.first_word for page in book.pages]
    for each in asked:
        if firsts:
            counts[max(0, bisect_right(firsts, each.word_index) - 1)] += 1
    return counts


def _places(book: BookText, number: int, asked: list[Asked]) -> Iterable[Place]:
    page = book.pages[number]
    split = words.split(page.text)
    starts = words.sentence_starts(page.text, book.language, split)
    by_sentence: dict[int, list[Asked]] = defaultdict(list)
    for each in asked:
        word = min(max(0, each.word_index - page.first_word), len(split) - 1)
        by_sentence[max(0, bisect_right(starts, word) - 1)].append(each)
    for sentence, found in by_sentence.items():
        first = starts[sentence]
        last = starts[sentence + 1] - 1 if sentence + 1 < len(starts) else len(split) - 1
        yield Place(
            page.number,
            " ".join(page.text[split[first].start : split[last].end].split()),
            len(found),
            len({each.student_id for each in found}),
            list(dict.fromkeys(each.text for each in found))[:_SAMPLES],
        )
