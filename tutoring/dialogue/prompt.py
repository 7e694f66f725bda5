"""What a child can be asked at a page's end, and what can be said to the answer. Pure."""

from enum import StrEnum
from typing import NamedTuple

GAP = "____"  # seen, not heard: a voice makes a pause of it


class Kind(StrEnum):
    """The four kinds of dialogic prompts that a page can give."""

    COMPLETION = "completion"  # a sentence without its last word
    RECALL = "recall"  # what somebody did
    OPEN = "open"  # what the child thinks: no answer is better than another
    WH = "wh"  # who, or where


class Verdict(StrEnum):
    """How an answer was. None of them is "wrong"."""

    PRAISE = "praise"
    CLOSE = "close"
    HINT = "hint"


class Prompt(NamedTuple):
    """`expected` is never sent to the child's browser; "" where every answer is welcome."""

    kind: Kind
    text: str  # what the child hears
    language: str  # BCP 47
    expected: str  # the word or phrase of `sentence` that answers it
    sentence: str  # from the page, said again after the answer; "" where none fits
    choices: tuple[str, ...]  # three words to tap, the expected one among them; or none


class Reply(NamedTuple):
    """What is said to an answer; `done`: reading goes on after it."""

    verdict: Verdict
    text: str
    done: bool
