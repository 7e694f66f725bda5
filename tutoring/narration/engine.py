"""What every voice engine is, takes and gives."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class SpeechError(Exception):
    """A text could not be voiced; `retryable` says whether trying again later can help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class Mark(NamedTuple):
    """The engine began to speak the character at `position` of the text, `at_ms` into the sound."""

    position: int
    at_ms: int


class Speech(NamedTuple):
    """Sound, one channel, -1 to 1, `rate` samples a second; `marks` is empty where the engine gives none."""

    samples: Samples
    rate: int
    marks: tuple[Mark, ...] = ()


class Engine(Protocol):
    """A voice engine. Both methods raise SpeechError and may be called from many threads."""

    def voice_for(self, language: str) -> str:
        """Return the name of the voice for a BCP 47 language, with all that changes its sound."""
        ...

    def speak(self, text: str, language: str) -> Speech:
        """Speak a text that has something to say."""
        ...
