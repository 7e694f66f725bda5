"""What one request to a model takes: times, and tokens, counted by the endpoint or guessed. Pure."""

import time
from collections.abc import Mapping
from typing import TypeGuard

from tutoring.tutors.interface import Request

CHARACTERS_PER_TOKEN = 4  # in English, as a rule of thumb; for endpoints that do not count
_MOST_TOKENS = 10_000_000  # what is more than this was not counted


class Meter:
    """Measures one request from now on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._first: float | None = None
        self._ended: float | None = None
        self._accepted = False
        self._characters_in = self._characters_out = 0
        self._counted: tuple[int, int] | None = None

    def accepted(self, characters: int) -> None:
        """The endpoint has begun to answer a prompt of so many characters."""
        self._accepted = True
        self._characters_in = characters

    def wrote(self, piece: str) -> None:
        """A piece of the answer has come."""
        if self._first is None and not piece.isspace():
            self._first = self._now()
        self._characters_out += len(piece)

    def ended(self) -> None:
        """The answer is complete; its tokens may still come."""
        self._ended = self._now()

    def counted(self, usage: object) -> None:
        """The endpoint has told what it counted, if `usage` is what it should be."""
        if isinstance(usage, Mapping):
            tokens_in, tokens_out = usage.get("prompt_tokens"), usage.get("completion_tokens")
            if _is_count(tokens_in) and _is_count(tokens_out):
                self._counted = tokens_in, tokens_out

    def reading(self) -> Request | None:
        """Return what it took; None: the endpoint did not begin to answer."""
        if not self._accepted:
            return None
        tokens_in, tokens_out = self._counted or (
            _guessed(self._characters_in), _guessed(self._characters_out),
        )  # fmt: skip
        seconds = self._now() if self._ended is None else self._ended
        return Request(self._first, seconds, tokens_in, tokens_out)

    def _now(self) -> float:
        return time.monotonic() - self._begun


def _guessed(characters: int) -> int:
    """Return the tokens that a text of so many characters may have, rounded up."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def _is_count(tokens: object) -> TypeGuard[int]:
    return isinstance(tokens, int) and 0 <= tokens <= _MOST_TOKENS
