"""What a tutor is given, what it gives, and how it can fail. Pure."""

import time
from collections.abc import Generator, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol


class Source(StrEnum):
    """Who answered, as the child's screen says it."""

    MODEL = "model"
    OFFLINE = "offline"
    GUARD = "guard"  # a kind word of ours, because there was something not for children


class Exchange(NamedTuple):
    """An earlier question and what the child heard of its answer, which may be nothing."""

    question: str
    heard: str


class Turn(NamedTuple):
    """All that a tutor may know: nothing of the book beyond `heard`, and of the child how well it reads."""

    question: str
    heard: str  # the book's text from its beginning up to the word at which the child interrupted
    language: str  # BCP 47
    glossary: Mapping[str, str]  # word -> a child's explanation, from the book itself
    said: tuple[str, ...] = ()  # the answer's first sentences, which the child has heard already
    grade: float = 2.0  # the Flesch-Kincaid grade that the child reads with ease
    before: tuple[Exchange, ...] = ()  # what was asked before in this reading session, oldest first


class Deadline:
    """A moment that an answer must not pass; on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, 0 when it has passed."""
        return max(0.0, self._end - time.monotonic())

    def earlier(self, seconds: float) -> "Deadline":
        """Return the moment so many seconds before."""
        return Deadline(self._end - time.monotonic() - seconds)


class Tutor(Protocol):
    """Answers a child's question about what was read so far."""

    @property
    def source(self) -> Source:
        """What kind of tutor this is."""

    @property
    def name(self) -> str:
        """Who answers, as the records say it: the model's name, or `offline`."""

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the answer's text in pieces as it comes; closing the generator stops all work on it.

        What repeats `turn.said` is left out by the caller. Raises TutorError, at any point.
        """


class TutorError(Exception):
    """A tutor cannot answer. `retryable`: the same question may do better a little later."""

    retryable = True


class TutorUnavailable(TutorError):
    """It cannot be reached, is overloaded, or broke off."""


class TutorTooSlow(TutorError):
    """It said nothing for too long, or the answer's deadline passed."""


class TutorUnusable(TutorError):
    """What it said is not an answer: malformed, or empty."""


class TutorRefused(TutorError):
    """It does not accept what we send: a wrong key, model or address. Trying again cannot help."""

    retryable = False
