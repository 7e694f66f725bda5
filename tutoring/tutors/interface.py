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
    simpler: bool = False  # the last try was too hard for the child


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

    def shared_by(self, number: int) -> "Deadline":
        """Return the moment at which the first of so many equal shares of the time left is over."""
        return Deadline(self.remaining() / number)


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


class Request(NamedTuple):
    """What one request took that a model accepted, and what it will be paid for."""

    first_token_seconds: float | None  # from the request to the first text; None: it wrote none
    seconds: float  # from the request to the end of the text, or until nobody wanted more
    input_tokens: int
    output_tokens: int


class TutorError(Exception):
    """A tutor cannot answer. `retryable`: the same question may do better a little later."""

    retryable = True
    kind = "failed"  # in metrics


class TutorUnavailable(TutorError):
    """It cannot be reached, is out of order, or broke off."""

    kind = "unavailable"


class TutorBusy(TutorUnavailable):
    """It has too much to do. `retry_after`: seconds for which it asks to be left alone; 0: it did not say."""

    kind = "busy"

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TutorResting(TutorError):
    """It is not asked just now, because it failed before."""

    kind = "resting"


class TutorTooSlow(TutorError):
    """It said nothing for too long, or the answer's deadline passed."""

    kind = "too_slow"


class TutorUnusable(TutorError):
    """What it said is not an answer: malformed, or empty."""

    kind = "unusable"


class TutorTooHard(TutorError):
    """What it said is not for a child who reads as this one does."""

    kind = "too_hard"


class TutorDeclined(TutorError):
    """It does not take this very question, by its own filter or rules; the next one it may take."""

    retryable = False
    kind = "declined"


class TutorRefused(TutorError):
    """It does not accept us: a wrong key, model or address. Somebody has to mend that."""

    retryable = False
    kind = "refused"
