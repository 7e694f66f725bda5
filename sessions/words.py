"""Words: what is displayed, what is spoken and what is indexed are the same list.

Pure. A word is what stands between spaces, with its punctuation: `"It's`, `24.50`, `said…"`.
Beyond that:

- a dash or an ellipsis between two words ends the first: `o'clock—Mr.` is `o'clock—` and `Mr.`;
- punctuation standing alone joins the word before it, opening punctuation and what begins a
  paragraph the word after it, so a word may contain a space: `he —`, `« Oui`;
- Chinese and Japanese, which write no spaces, go by character, each with its punctuation.

Every character that is not a space belongs to exactly one word, and no word crosses a blank line.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sentencex  # type: ignore[import-untyped]


class Word(NamedTuple):
    """A displayed word: `text == source[start:end]`, in code points."""

    text: str
    start: int
    end: int


_Span = tuple[int, int]

_BLANK_LINE = re.compile(r"\n\s*\n")
_TOKEN = re.compile(r"\S+")
_LETTER = re.compile(r"[^\W_]")

# What ends a word although no space follows. Possessive runs, each tried once from its beginning,
# and a bounded look-ahead: no text can make the search quadratic.
_JOINT = re.compile(
    r"""(?: (?<![—―…\u200b]) [—―…\u200b]++ | (?<!-) -{2,}+ | (?<!\.) \.{3,}+ | (?<=[^\W\d_]) – (?=[^\W\d_]) )
        [”»)\]]*+ (?=[^\w\s]{0,8}\w)""",
    re.VERBOSE,
)

_OPENING = "([{¿¡«‹“‘„‚「『（《〈【〔〖［｛｟〘〝"
# Han, kana and bopomofo without the marks that are written with the character before them.
_IDEOGRAPH = (
    "\u3005-\u3007\u3042\u3044\u3046\u3048\u304a-\u3062\u3064-\u3082\u3084\u3086\u3088-\u308d\u308f-\u3094"
    "\u309d-\u309f\u30a2\u30a4\u30a6\u30a8\u30aa-\u30c2\u30c4-\u30e2\u30e4\u30e6\u30e8-\u30ed\u30ef-\u30f4"
    "\u30f7-\u30fa\u30fd-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66\uff71-\uff9d"
    "\U00020000-\U0003ffff"
)
# Small kana, the long-vowel mark and the half-width voicing marks.
_ATTACHED = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶー\u31f0-\u31ff\uff67-\uff70\uff9e\uff9f"
_HAS_IDEOGRAPH = re.compile(f"[{_IDEOGRAPH}]")
_MAY_BE_CUT = re.compile(rf"[—―…–\u200b{_IDEOGRAPH}]|--|\.\.\.")
_BY_CHARACTER = re.compile(
    f"[{re.escape(_OPENING)}]{{0,8}}[{_IDEOGRAPH}](?:[{_ATTACHED}]|[^\\w{re.escape(_OPENING)}])*"
    f"|(?:(?![{re.escape(_OPENING)}]{{0,8}}[{_IDEOGRAPH}]).)+",
    re.DOTALL,
)

# For the sentence splitter only, which knows no abbreviation after a dash and takes a line's end
# for a sentence's: same length, so that positions stay.
_PLAIN = str.maketrans(dict.fromkeys("\n\r\t\u00a0\u202f\u00ad\u200b—―–", " "))
_LONGEST_STRETCH = 4_000
_SENTENCE_ENDS = (". ", "! ", "? ", "。", "！", "？")
# The splitter takes a whole quotation for one sentence; without its marks, what is said is split too.
_NO_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»', " "))
# A quotation after a stop begins a sentence, although the splitter may know the word before as an
# abbreviation ("fig."); titles (Mrs.) have a capital or are shorter.
_BEFORE_QUOTATION = re.compile(r"(?<=[^\W\d_A-Z]{3})[.!?…]\s+(?=[“«][^\W\d_])")
_ENDS_INSIDE_QUOTATION = re.compile(r"[^\W\d_][.!?…]+\s+\Z")


def split(text: str) -> list[Word]:
    """Return the words of `text` in order."""
    spans = [
        span
        for start, end in _paragraphs(text)
        for span in _join_punctuation(text, _tokens(text, start, end))
    ]
    return [Word(text[start:end], start, end) for start, end in spans]


def sentence_starts(text: str, language: str = "en", found: Sequence[Word] | None = None) -> list[int]:
    """Return the indexes into `split(text)` of the words that begin a sentence.

    The first is 0; no words give []. A paragraph always begins a sentence. `language` is a BCP 47
    tag, of which the first part counts; an unknown one is read like English. `found` is
    `split(text)`, where the caller has it already.
    """
    words = split(text) if found is None else found
    starts = [word.start for word in words]
    primary = primary_language(language)
    indexes = set(_paragraph_starts(text, starts))
    for start, end in _paragraphs(text):
        plain = text[start:end].translate(_PLAIN)
        for first, last in _stretches(plain):
            for position in _boundaries(plain[first:last], primary):
                if position == 0 and first and plain[first - 1] not in ".!?。！？":
                    continue  # where the stretch was cut, not where a sentence begins
                index = _word_beginning_at(start + first + position, text, words, starts)
                if index is not None:
                    indexes.add(index)
    return sorted(indexes)


def _stretches(plain: str) -> Iterator[_Span]:
    """Yield a paragraph in parts that the splitter, quadratic in quotations, can take."""
    first = 0
    while len(plain) - first > _LONGEST_STRETCH:
        limit = first + _LONGEST_STRETCH
        stop = max(plain.rfind(mark, first, limit) for mark in _SENTENCE_ENDS)
        last = stop + 1 if stop > first else limit
        yield first, last
        first = last
    yield first, len(plain)


def _boundaries(plain: str, language: str) -> set[int]:
    """Return where sentences begin in a paragraph, those inside a quotation too."""
    found = {boundary["start_index"] for boundary in sentencex.get_sentence_boundaries(language, plain)}
    found |= {match.end() for match in _BEFORE_QUOTATION.finditer(plain)}
    bare = plain.translate(_NO_QUOTES)
    if bare != plain:
        for boundary in sentencex.get_sentence_boundaries(language, bare):
            position = boundary["start_index"]
            before = plain[max(0, position - 20) : position]
            if plain[position : position + 1].isupper() and _ENDS_INSIDE_QUOTATION.search(before):
                found.add(position)
    return found


def paragraph_starts(text: str, found: Sequence[Word] | None = None) -> list[int]:
    """Return the indexes into `split(text)`, which is `found`, of the words that begin a paragraph."""
    words = split(text) if found is None else found
    return _paragraph_starts(text, [word.start for word in words])


def primary_language(tag: str) -> str:
    """Return the first part of a BCP 47 tag in lower case: `pt` for `pt-BR` and `pt_BR`."""
    return re.split(r"[-_]", tag.strip(), maxsplit=1)[0].lower()


def _paragraph_starts(text: str, word_starts: list[int]) -> list[int]:
    indexes = (bisect_right(word_starts, start - 1) for start, end in _paragraphs(text))
    return sorted({index for index in indexes if index < len(word_starts)})


def _paragraphs(text: str) -> Iterator[_Span]:
    """Yield the stretches of text between blank lines; one may be empty or all spaces."""
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def _tokens(text: str, start: int, end: int) -> Iterator[_Span]:
    """Yield what stands between spaces, cut further at joints and ideographs."""
    for match in _TOKEN.finditer(text, start, end):
        token = match.group()
        if not _MAY_BE_CUT.search(token):  # nearly every word of most languages
            yield match.span()
            continue
        cuts = [0, *(joint.end() for joint in _JOINT.finditer(token)), len(token)]
        pieces: Iterable[_Span] = zip(cuts, cuts[1:], strict=False)
        if _HAS_IDEOGRAPH.search(token):
            pieces = [
                character.span()
                for first, last in pieces
                for character in _BY_CHARACTER.finditer(token, first, last)
            ]
        for first, last in _join_punctuation(token, pieces):
            yield match.start() + first, match.start() + last


def _join_punctuation(text: str, spans: Iterable[_Span]) -> list[_Span]:
    """Join each span that says nothing to the one before it, or after it where it opens something."""
    joined: list[_Span] = []
    waiting: int | None = None  # the start of silent spans that belong to the next word
    for start, end in spans:
        if says_something(text[start:end]):
            joined.append((start if waiting is None else waiting, end))
            waiting = None
        elif waiting is None and joined and not set(text[start:end]) <= set(_OPENING):
            joined[-1] = (joined[-1][0], end)
        elif waiting is None:
            waiting = start
        last = end
    if waiting is not None:
        begin = joined.pop()[0] if joined else waiting
        joined.append((begin, last))
    return joined


def says_something(text: str) -> bool:
    """Tell whether a voice has anything to say of it: a letter, a digit, an emoji, a sign like + or &."""
    if _LETTER.search(text):
        return True
    return any(
        character in "&%@" or unicodedata.category(character) in {"Sc", "Sm", "So"} for character in text
    )


def _word_beginning_at(position: int, text: str, words: Sequence[Word], starts: list[int]) -> int | None:
    """Return the word that a sentence starting at `position` begins with; None for one inside a word."""
    index = bisect_right(starts, position) - 1
    if index < 0 or position >= words[index].end:
        index += 1  # in the space before the next word
    elif says_something(text[words[index].start : position]):
        if says_something(text[position : words[index].end]):
            return None
        index += 1  # only the punctuation of the word before
    return index if index < len(words) else None
