"""A kept answer, said again: the words and the voice of the model that gave it, without asking it."""

import contextlib
from collections.abc import Generator

from tutoring.narration import service
from tutoring.narration.engine import SpeechError
from tutoring.tutors.interface import Deadline, Source, Turn


class KeptTutor:
    """Says what the model of this name has said before; needs no model and little time."""

    source = Source.MODEL

    def __init__(self, name: str, sentences: tuple[str, ...], key: str) -> None:
        self.name = name
        self.key = key  # under which the answer is kept
        self._sentences = sentences

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the sentences; a blank line after each, so that they are cut as they were."""
        for sentence in self._sentences:
            with contextlib.suppress(SpeechError):  # no voice for the language: the text goes out alone
                service.recall_answer(sentence, turn.language)
            yield f"{sentence}\n\n"
