"""One question's way to its answer: claimed, answered from what was heard, voiced and sent by the sentence.

What a child can rely on, whatever fails behind it:

- The first sentence is on its way while the model still writes the next; at most three are said.
- A tutor that fails before it said anything is replaced by the next one; the last, offline, cannot fail.
- A tutor that fails in mid-answer leaves the whole sentences it said: they are a true answer, if a
  shorter one, so the turn ends as complete and reading goes on. A half sentence is never said.
- Without a voice the text is sent alone. Without PostgreSQL at the end only the record is lost.
- When the question is no longer wanted, the model's connection is closed at the next sentence.

Log lines hold ids and kinds of failure, never what was asked or answered.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from django import db
from django.conf import settings
from redis.exceptions import RedisError

from sessions import protocol, words
from sessions.live import worker
from sessions.live.store import now
from tutoring import tutors
from tutoring.heard import heard_of
from tutoring.models import Question
from tutoring.narration import service
from tutoring.prompts import MAX_SENTENCES
from tutoring.sentences import cut
from tutoring.tutors.interface import Deadline, Turn, Tutor, TutorError

logger = logging.getLogger(__name__)

FAILED_MESSAGE = "I am sorry, I cannot answer just now. Let's read on, and ask me again later!"
MAX_ANSWER_CHARACTERS = 2_000  # a model that goes on and on is stopped here

_CONTROL_OR_MARKUP = re.compile(r"[\x00-\x08\x0e-\x1f\x7f*#`]+")


def answer_question(session_id: str, question_id: str) -> None:
    """Answer a question, if it is still wanted and nobody else has it."""
    try:
        question = worker.claim_question(session_id, question_id)
        if question is not None:
            _end(_Answer(question))
    except RedisError as error:  # the child's page has its own patience
        logger.error("question %s: Redis was away for too long: %s", question_id, type(error).__name__)


def _end(answer: "_Answer") -> None:
    """Answer, or tell the child that there is no answer; keep the turn."""
    question = answer.question
    try:
        outcome = _answer(answer)
    except db.Error as error:
        logger.warning("question %s: the book cannot be read: %s", question.id, type(error).__name__)
        outcome = answer.fail()
    except Exception:
        _record(answer, answer.fail())  # the child is told before the error goes where errors go
        raise
    _record(answer, outcome)


def _answer(answer: "_Answer") -> Question.Outcome:
    question = answer.question
    heard = heard_of(question.book_id, question.word_index)
    db.close_old_connections()  # the pool's connections are few: none is held while a model thinks
    turn = Turn(_plain(question.text), heard.text, heard.language, heard.glossary)
    deadline = Deadline(settings.ANSWER_SECONDS - answer.elapsed_ms() / 1000)
    for tutor in tutors.in_order():
        try:
            wanted = answer.say(tutor, turn, deadline)
        except TutorError as error:
            level = logging.WARNING if error.retryable else logging.ERROR  # the latter: somebody must mend it
            logger.log(level, "question %s: %s: %s", question.id, type(error).__name__, error)
            wanted = True
        if not wanted:
            return Question.Outcome.CANCELLED
        if answer.sentences:
            break
    return answer.complete()


class _Answer:
    """What has been said so far to one question."""

    def __init__(self, question: worker.LiveQuestion) -> None:
        self.question = question
        self.tutor: Tutor | None = None
        self.sentences: list[str] = []
        self.first_sentence_ms: int | None = None

    def elapsed_ms(self) -> int:
        """Return the time since the child asked; servers' clocks may differ a little."""
        return max(0, now() - self.question.asked_at_ms)

    def say(self, tutor: Tutor, turn: Turn, deadline: Deadline) -> bool:
        """Send what the tutor says by the sentence; return whether it is still wanted. Raises TutorError."""
        self.tutor = tutor
        with closing(tutor.answer(turn, deadline)) as pieces:
            for sentence in cut(_limited(pieces)):
                text = _plain(sentence)
                spoken = words.split(text)
                if not spoken:
                    continue
                if not self._send(text, tuple(word.text for word in spoken), turn.language):
                    return False
                if len(self.sentences) == MAX_SENTENCES:
                    break
        return True

    def complete(self) -> Question.Outcome:
        """End the answer."""
        payload = protocol.AnswerCompletePayload(self.question.id, len(self.sentences), self.tutor.source)
        ended = worker.publish(self.question.session_id, protocol.AnswerComplete(payload))
        return Question.Outcome.CANCELLED if ended is None else Question.Outcome.ANSWERED

    def fail(self) -> Question.Outcome:
        """End the answer with a kind sentence instead."""
        payload = protocol.AnswerFailedPayload(self.question.id, FAILED_MESSAGE, retryable=True)
        ended = worker.publish(self.question.session_id, protocol.AnswerFailed(payload))
        return Question.Outcome.CANCELLED if ended is None else Question.Outcome.FAILED

    def _send(self, text: str, spoken: tuple[str, ...], language: str) -> bool:
        audio_url, word_times = self._voice(text, language)
        payload = protocol.AnswerSentencePayload(
            self.question.id, len(self.sentences), text, spoken, audio_url, word_times
        )
        if worker.publish(self.question.session_id, protocol.AnswerSentence(payload)) is None:
            return False
        if not self.sentences:
            self.first_sentence_ms = self.elapsed_ms()
        self.sentences.append(text)
        return True

    def _voice(self, text: str, language: str) -> tuple[str | None, tuple[tuple[int, int], ...]]:
        try:
            narration = service.voice(text, language)
            return service.audio_url(narration), tuple((start, end) for start, end in narration.word_times)
        except Exception as error:  # engine, storage or database: the text goes out, whatever it was
            logger.warning("question %s: a sentence has no voice: %s", self.question.id, type(error).__name__)
            return None, ()
        finally:
            db.close_old_connections()


def _record(answer: _Answer, outcome: Question.Outcome) -> None:
    """Keep the turn; if PostgreSQL is away, the child has the answer all the same."""
    question = answer.question
    try:
        Question.objects.update_or_create(
            id=question.id,
            defaults={
                "session_id": question.session_id,
                "word_index": question.word_index,
                "question": _plain(question.text),
                "answer": " ".join(answer.sentences),
                "outcome": outcome,
                "source": answer.tutor.name if answer.tutor else "",
                "asked_at": datetime.fromtimestamp(question.asked_at_ms / 1000, UTC),
                "first_sentence_ms": answer.first_sentence_ms,
                "complete_ms": answer.elapsed_ms(),
            },
        )
    except db.Error as error:
        logger.error("question %s was not recorded: %s", question.id, type(error).__name__)


def _limited(pieces: Iterator[str]) -> Iterator[str]:
    """Yield pieces until they are more than any answer needs."""
    length = 0
    for piece in pieces:
        yield piece
        length += len(piece)
        if length > MAX_ANSWER_CHARACTERS:
            return


def _plain(text: str) -> str:
    """Return text as one line, without control characters and marks of formatting."""
    return " ".join(_CONTROL_OR_MARKUP.sub("", text).split())
