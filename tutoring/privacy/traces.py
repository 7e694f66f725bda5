"""What a turn leaves outside PostgreSQL: the audio of its answer, and the answer kept for other children.

Audio and kept answers are shared by all who are answered the same, so what is deleted here is made anew for
the next who needs it.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Self

from django.db import Error
from redis.exceptions import RedisError

from sessions.models import Book
from sessions.shelf import book_text
from tutoring import answer_cache
from tutoring.models import Question
from tutoring.narration import service
from tutoring.narration.engine import SpeechError

logger = logging.getLogger(__name__)

_BATCH = 200  # questions whose traces are deleted at once


class Traces(NamedTuple):
    """Keys of narrations and of kept answers."""

    voices: Sequence[str] = ()
    kept_as: Sequence[str] = ()

    @classmethod
    def of(cls, questions: Iterable[Question], more_voices: Iterable[str] = ()) -> Self:
        """Return what these turns have left, with further narrations."""
        voices = set(more_voices)
        kept: set[str] = set()
        for question in questions:
            voices.update(question.voices)
            kept.update(filter(None, [question.kept_as]))
        return cls(sorted(voices), sorted(kept))

    def delete(self) -> None:
        """Delete them. Raises RedisError, django.db.Error and SpeechError (of the storage)."""
        for start in range(0, len(self.voices), _BATCH):
            service.forget(self.voices[start : start + _BATCH])
        for start in range(0, len(self.kept_as), _BATCH):
            answer_cache.forget_keys(self.kept_as[start : start + _BATCH])

    def delete_quietly(self) -> None:
        """Delete them; what cannot be deleted now ends with its own term, and is logged."""
        try:
            self.delete()
        except (RedisError, Error, SpeechError) as error:
            logger.error("traces of an erased turn stay until their term: %s", type(error).__name__)


def voices_of(sentences: Collection[str], book_id: int) -> list[str]:
    """Return the keys of the narrations that say these sentences of an answer about a book.

    None where the book is gone or cannot be read, or its language has no voice.
    """
    if not sentences:
        return []
    try:
        language = book_text(book_id).language
        return [service.answer_key(sentence, language) for sentence in sentences]
    except (Book.DoesNotExist, Error, SpeechError):
        return []
