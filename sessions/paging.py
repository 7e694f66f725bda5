"""Chapters to pages: whole sentences, as many as suit the reading level. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from math import ceil
from typing import NamedTuple

from sessions import level, words

# (the size to aim at, the largest that is fine), in words, for each reading level.
_SIZES = {level.FIRST_STEPS: (42, 60), level.GROWING: (58, 80), level.CONFIDENT: (72, 95)}
_UNKNOWN_SIZE = _SIZES[level.GROWING]
_LETTERS_A_WORD = 16  # a longer word takes the room of several

# What a break in a paragraph costs; a page costs the square of its relative distance from its size.
_COST_INSIDE_PARAGRAPH = 0.08

_PAUSES = (",", ";", ":", "—", "–", "…", "、", "，", "；", "،", "؛")


class Chapter(NamedTuple):
    """A part of a book; `text` separates paragraphs by an empty line, `title` may be empty."""

    title: str
    text: str


class PageText(NamedTuple):
    """A page to be: its words are `words.split(text)`, numbered through the book from `first_word`."""

    chapter: str
    text: str
    first_word: int
    word_count: int


class _Unit(NamedTuple):
    """What is never torn: a sentence, or a part of a far too long one, as indexes into the words."""

    start: int
    end: int
    size: int
    ends_paragraph: bool


def paginate(chapters: Iterable[Chapter], grade: float | None, language: str = "en") -> list[PageText]:
    """Return the pages of a book in order; each belongs to one chapter, and none is empty."""
    aim, largest = _SIZES.get(level.band(grade), _UNKNOWN_SIZE)
    pages: list[PageText] = []
    first_word = 0
    for chapter in chapters:
        found = words.split(chapter.text)
        units = _units(chapter.text, found, language, largest)
        for start, end in _best_breaks(units, aim, largest):
            text = chapter.text[found[start].start : found[end - 1].end]
            pages.append(PageText(chapter.title, text, first_word, end - start))
            first_word += end - start
    return pages


def _size(word: words.Word) -> int:
    return ceil(len(word.text) / _LETTERS_A_WORD)


def _units(text: str, found: Sequence[words.Word], language: str, largest: int) -> list[_Unit]:
    starts = words.sentence_starts(text, language, found)
    paragraphs = {*words.paragraph_starts(text, found), len(found)}
    sums = [0, *accumulate(_size(word) for word in found)]
    units = []
    for start, end in pairwise([*starts, len(found)]):
        size = sums[end] - sums[start]
        # A sentence somewhat too long stays whole: a torn one is worse than a full page.
        parts = [(start, end)] if size <= 1.5 * largest else _torn(found, start, end, ceil(size / largest))
        units += [_Unit(a, b, sums[b] - sums[a], b in paragraphs) for a, b in parts]
    return units


def _torn(found: Sequence[words.Word], start: int, end: int, parts: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence into about `parts` even parts, each ending at a pause where one is near."""
    step = (end - start) / parts
    previous = start
    for part in range(1, parts):
        ideal = start + round(part * step)
        near = range(max(previous + 1, ideal - int(step / 3)), min(end, ideal + int(step / 3) + 1))
        at_pause = [index for index in near if found[index - 1].text.rstrip("\"'”’»)").endswith(_PAUSES)]
        cut = min(at_pause, key=lambda index: abs(index - ideal), default=ideal)
        if previous < cut < end:
            yield previous, cut
            previous = cut
    yield previous, end


def _best_breaks(units: Sequence[_Unit], aim: int, largest: int) -> Iterator[tuple[int, int]]:
    """Yield the pages as word ranges, broken where the whole chapter costs least.

    Evenly filled pages win, so that no page ends up with one last sentence; of equal ways the one
    that breaks between paragraphs.
    """
    costs = [0.0]  # of the cheapest way to set units[:n]
    breaks = [0]  # where the last page of that way begins
    for end in range(1, len(units) + 1):
        best, best_start = float("inf"), end - 1
        size = 0
        for start in range(end - 1, -1, -1):
            size += units[start].size
            if size > largest and start < end - 1:
                break
            cost = costs[start] + ((size - aim) / aim) ** 2
            if cost < best:
                best, best_start = cost, start
        costs.append(best + (0.0 if units[end - 1].ends_paragraph else _COST_INSIDE_PARAGRAPH))
        breaks.append(best_start)
    pages = []
    end = len(units)
    while end:
        start = breaks[end]
        pages.append((units[start].start, units[end - 1].end))
        end = start
    yield from reversed(pages)
