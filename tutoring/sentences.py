"""Sentences from a stream: a token stream is cut at sentence ends while it still runs.

Pure. What comes out, joined, is what went in: no character is lost, repeated or changed; the
space after a sentence stays with it. Where the cuts fall does not depend on how the stream was
chopped into pieces. A sentence is given out as soon as the first character of the next one is
there, because only that tells `"Oh!" cried Mia.` from two sentences. A blank line ends one always.
"""

import re
from collections.abc import Iterable, Iterator

_CLOSING = "\"'”’»)\\]"
# Where a sentence may end: an end mark with what closes a quotation, then space; a blank line; or an
# ideographic end mark, which needs no space. Each counts once the next character is known. Each looks
# behind, so that it begins only where its run of marks or space begins: no text is slow to search.
_CANDIDATE = re.compile(
    rf"(?<![.!?…؟।])(?P<mark>[.!?…؟।]+)[{_CLOSING}]*\s+(?=\S)"
    r"|(?<!\s)[^\S\n]*\n[^\S\n]*\n\s*(?=\S)"
    r"|(?<![。！？])[。！？]+[」』”’）]*\s*(?=[^\s。！？」』”’）])"
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LOOK_BACK = 40  # characters: enough for an abbreviation
_LAST_WORD = re.compile(r"(?:^|[\s(\"'“‘«—-])([^\W_][\w.]*)$")
_ABBREVIATION = re.compile(
    r"mr|mrs|ms|mx|dr|prof|st|jr|sr|capt|lt|sgt|rev|vs|etc|e\.g|i\.e|cf|approx|"
    r"hr|fr|frl|bzw|ggf|usw|z\.b|d\.h|u\.a|mme|mlle|sra|srta",
    re.IGNORECASE,
)


class SentenceCutter:
    """Takes a stream piece by piece and gives out whole sentences."""

    def __init__(self) -> None:
        self._waiting = ""

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; return the sentences that it completes."""
        self._waiting += piece
        sentences = []
        start = 0
        for candidate in _CANDIDATE.finditer(self._waiting):
            if _ends_sentence(self._waiting, start, candidate):
                sentences.append(self._waiting[start : candidate.end()])
                start = candidate.end()
        self._waiting = self._waiting[start:]
        return sentences

    def finish(self) -> list[str]:
        """Return what is left at the end of the stream: one sentence, or none."""
        rest, self._waiting = self._waiting, ""
        return [rest] if rest else []


def cut(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of a stream, each as soon as it is complete."""
    cutter = SentenceCutter()
    for piece in pieces:
        yield from cutter.feed(piece)
    yield from cutter.finish()


def _ends_sentence(text: str, start: int, candidate: re.Match[str]) -> bool:
    before = text[max(start, candidate.start() - _LOOK_BACK) : candidate.start()]
    mark = candidate["mark"]
    if mark is None or _BLANK_LINE.search(candidate[0]):
        return bool((before + candidate[0]).strip())
    if text[candidate.end()].islower():
        return False
    if mark != ".":
        return True
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    if before.strip() == word[1] and word[1].isdigit():
        return False  # the number of a list item: "1. First"
    return not _ABBREVIATION.fullmatch(word[1]) and not _is_initial(word[1])


def _is_initial(word: str) -> bool:
    """A single letter is an initial or part of an abbreviation; "I" alone is the pronoun."""
    return len(word) == 1 and word.isascii() and word.isalpha() and word != "I"
