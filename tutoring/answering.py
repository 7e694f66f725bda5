"""One question's way to its answer: claimed, answered from what was heard, voiced and sent by the sentence.

What a child can rely on, whatever fails behind it:

- The first sentence is on its way while the model still writes the next; at most three are said.
- A tutor that fails before anything was said is replaced by the next one, which always has some of the
  question's time left; the last, offline, cannot fail.
- A tutor that fails in mid-answer leaves the whole sentences it said: they are a true answer, if a
  shorter one, so the turn ends as complete and reading goes on. A half sentence is never said.
- A worker that dies is followed by another, which goes on after the sentences the child has got. A question
  that ends one worker after the other is given up.
- At its deadline the question ends: as complete if anything was said, else with a kind sentence.
- Without a voice the text is sent alone.
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
from tutoring import turns, tutors
from tutoring.heard import heard_of
from tutoring.models import Question
from tutoring.narration import service
from tutoring.prompts import MAX_SENTENCES
from tutoring.sentences import cut
from tutoring.tutors import stems
from tutoring.tutors.interface import Deadline, Turn, Tutor, TutorError

logger = logging.getLogger(__name__)

FAILED_MESSAGE = "I am sorry, I cannot answer just now. Let's read on, and ask me again later!"
MAX_ANSWER_CHARACTERS = 2_000  # a model that goes on and on is stopped here
MAX_ATTEMPTS = 3  # workers that may die over one question
_KEPT_FOR_THE_NEXT = 0.1  # of a question's time: what a tutor that says nothing leaves to the next one

_CONTROL_OR_MARKUP = re.compile(r"[\x00-\x08\x0e-\x1f\x7f*#`]+")


def answer_question(session_id: str, question_id: str) -> None:
    """Answer a question, if it is still wanted and nobody else has it."""
    try:
        with worker.claimed(session_id, question_id) as question:
            if question is not None:
                _end(_Answer(question))
    except RedisError as error:  # the ledger gives the question to another worker, or ends it
        logger.error("question %s: Redis was away for too long: %s", question_id, type(error).__name__)


def failed(question_id: str) -> protocol.AnswerFailed:
    """Return what a child is told when no answer comes."""
    return protocol.AnswerFailed(protocol.AnswerFailedPayload(question_id, FAILED_MESSAGE, retryable=True))


def _end(answer: "_Answer") -> None:
    """Answer, or tell the child that there is no answer; keep the turn."""
    question = answer.question
    try:
        outcome = _answer(answer)
    except db.Error as error:
        logger.warning("question %s: the book cannot be read: %s", question.id, type(error).__name__)
        outcome = answer.end()
    except RedisError:
        raise  # nobody could be told; whoever gets the question next may still have time for it
    except Exception:
        _record(answer, answer.end())  # the child is told before the error goes where errors go
        raise
    _record(answer, outcome)


def _answer(answer: "_Answer") -> Question.Outcome | None:
    question = answer.question
    if question.attempt > MAX_ATTEMPTS:
        logger.error("question %s was given up: its workers died, %d of them", question.id, MAX_ATTEMPTS)
        return answer.end()
    deadline = answer.deadline()
    if answer.is_whole or not deadline.remaining():
        return answer.end()
    heard = heard_of(question.book_id, question.word_index)
    db.close_old_connections()  # the pool's connections are few: none is held while a model thinks
    turn = Turn(_plain(question.text), heard.text, heard.language, heard.glossary, question.said)
    in_order = tutors.in_order()
    for tutor in in_order:
        kept = 0 if tutor is in_order[-1] else settings.ANSWER_SECONDS * _KEPT_FOR_THE_NEXT
        try:
            wanted = answer.say(tutor, turn, deadline.earlier(kept))
        except TutorError as error:
            level = logging.WARNING if error.retryable else logging.ERROR  # the latter: somebody must mend it
            logger.log(level, "question %s: %s: %s", question.id, type(error).__name__, error)
            wanted = True
        if not wanted:
            return answer.fate()
        if answer.sentences:
            break
    return answer.end()


class _Answer:
    """What has been said so far to one question, by this worker and those that died before it."""

    def __init__(self, question: worker.LiveQuestion) -> None:
        self.question = question
        self.tutor: Tutor | None = None
        self.sentences = list(question.said)
        self.first_sentence_ms: int | None = None
        self._said = {_compared(sentence) for sentence in question.said}

    @property
    def is_whole(self) -> bool:
        """May nothing more be said?"""
        return len(self.sentences) >= MAX_SENTENCES

    def deadline(self) -> Deadline:
        """Return when the question must have ended; servers' clocks may differ a little."""
        seconds = (self.question.deadline_ms - now()) / 1000
        return Deadline(min(seconds, settings.ANSWER_SECONDS))

    def elapsed_ms(self) -> int:
        """Return the time since the child asked."""
        return max(0, now() - self.question.asked_at_ms)

    def say(self, tutor: Tutor, turn: Turn, deadline: Deadline) -> bool:
        """Send what the tutor says by the sentence; return whether it is still wanted. Raises TutorError."""
        self.tutor = tutor
        with closing(tutor.answer(turn, deadline)) as pieces:
            for sentence in cut(_limited(pieces)):
                text = _plain(sentence)
                spoken = tuple(word.text for word in words.split(text))
                if not spoken or _compared(text) in self._said:
                    continue
                if not self._send(text, spoken, turn.language):
                    return False
                if self.is_whole:
                    break
        return True

    def end(self) -> Question.Outcome | None:
        """End the answer; with a kind sentence if there was none."""
        message: protocol.AnswerComplete | protocol.AnswerFailed
        if self.sentences:
            source = (self.tutor or tutors.in_order()[0]).source
            payload = protocol.AnswerCompletePayload(self.question.id, len(self.sentences), source)
            message, outcome = protocol.AnswerComplete(payload), Question.Outcome.ANSWERED
        else:
            message, outcome = failed(self.question.id), Question.Outcome.FAILED
        return self.fate() if worker.publish(self.question, message) is None else outcome

    def fate(self) -> Question.Outcome | None:
        """Return how a turn ended that was taken from us; None: it goes on elsewhere, and is kept there."""
        status = worker.status(self.question)
        if status == "ended":  # we were late: the child has been told that no answer comes
            return Question.Outcome.FAILED
        return Question.Outcome.CANCELLED if status == "cancelled" else None

    def _send(self, text: str, spoken: tuple[str, ...], language: str) -> bool:
        audio_url, word_times = self._voice(text, language)
        payload = protocol.AnswerSentencePayload(
            self.question.id, len(self.sentences), text, spoken, audio_url, word_times
        )
        if worker.publish(self.question, protocol.AnswerSentence(payload)) is None:
            return False
        if not self.sentences:
            self.first_sentence_ms = self.elapsed_ms()
        self.sentences.append(text)
        return True

    def _voice(self, text: str, language: str) -> tuple[str | None, tuple[tuple[int, int], ...]]:
        try:
            spoken = service.speak(text, language)
        except Exception as error:  # engine or storage: the text goes out, whatever it was
            logger.warning("question %s: a sentence has no voice: %s", self.question.id, type(error).__name__)
            return None, ()
        return spoken.audio_url, spoken.word_times


def _record(answer: _Answer, outcome: Question.Outcome | None) -> None:
    """Keep the turn, if it is ours to keep; whatever fails, the child has the answer all the same."""
    if outcome is None:
        return
    question = answer.question
    try:
        turns.record(
            id=question.id,
            session_id=question.session_id,
            word_index=question.word_index,
            question=_plain(question.text),
            answer=" ".join(answer.sentences),
            outcome=outcome,
            source=answer.tutor.name if answer.tutor else "",
            asked_at=datetime.fromtimestamp(question.asked_at_ms / 1000, UTC),
            first_sentence_ms=answer.first_sentence_ms,
            complete_ms=answer.elapsed_ms(),
        )
    except (db.Error, RedisError) as error:
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


def _compared(text: str) -> tuple[str, ...]:
    """Return a sentence's words alone: the same sentence with another mark or space says nothing new."""
    return tuple(stems.words(text.casefold()))
