"""What is said to one question: by the sentence, voiced and sent, until it is whole or not wanted."""

import logging
import re
from collections.abc import Iterator
from contextlib import closing

from django.conf import settings

from sessions import protocol, words
from sessions.live import worker
from sessions.live.store import now
from tutoring import tutors
from tutoring.fit import serves
from tutoring.models import Question
from tutoring.narration import service
from tutoring.prompts import MAX_SENTENCES
from tutoring.safety import guard
from tutoring.sentences import cut
from tutoring.tutors import stems
from tutoring.tutors.interface import Deadline, Source, Turn, Tutor, TutorTooHard

logger = logging.getLogger(__name__)

FAILED_MESSAGE = "I am sorry, I cannot answer just now. Let's read on, and ask me again later!"
MAX_ANSWER_CHARACTERS = 2_000  # a model that goes on and on is stopped here

_CONTROL_OR_MARKUP = re.compile(r"[\x00-\x08\x0e-\x1f\x7f*#`]+")


def failed(question_id: str) -> protocol.AnswerFailed:
    """Return what a child is told when no answer comes."""
    return protocol.AnswerFailed(protocol.AnswerFailedPayload(question_id, FAILED_MESSAGE, retryable=True))


class Answer:
    """What has been said so far to one question, by this worker and those that died before it."""

    def __init__(self, question: worker.LiveQuestion) -> None:
        self.question = question
        self.tutor: Tutor | None = None  # who said the newest sentence; before the first, who is asked
        self.sentences = list(question.said)
        self.voiced = list(question.said)  # also one that was not wanted any more
        self.kept_as = ""  # the key under which other children get it
        self.first_sentence_ms: int | None = None
        self.first_audio_ms: int | None = None
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
        """Send what the tutor says by the sentence; return whether it is still wanted.

        What was too hard for the child is tried once more in simpler words. Raises TutorError, and
        guard.NotToBeSaid with the sentence at which the tutor was stopped.
        """
        try:
            return self._say(tutor, turn, deadline)
        except TutorTooHard:
            if self.sentences:
                raise  # what was said before is a true answer, or another tutor's to go on with
            return self._say(tutor, turn._replace(simpler=True), deadline)

    def _say(self, tutor: Tutor, turn: Turn, deadline: Deadline) -> bool:
        if self.tutor is None or not self.sentences:
            self.tutor = tutor
        with closing(tutor.answer(turn, deadline)) as pieces:
            for sentence in cut(_limited(pieces)):
                text = plain(sentence)
                spoken = tuple(word.text for word in words.split(text))
                if not spoken or _compared(text) in self._said:
                    continue
                guard.check_sentence(text, turn, tutor.source, deadline)
                if tutor.source is Source.MODEL and not serves(text, turn):
                    raise TutorTooHard(f"{tutor.name} said something too hard for grade {turn.grade:g}")
                if not self._send(text, spoken, turn.language):
                    return False
                self.tutor = tutor
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

    def is_wanted(self) -> bool:
        """Tell whether the child still waits; asks Redis."""
        return worker.status(self.question) == "answering"

    def fate(self) -> Question.Outcome | None:
        """Return how a turn ended that was taken from us; None: it goes on elsewhere, and is kept there."""
        status = worker.let_go(self.question)
        if status == "ended":  # we were late: the child has been told that no answer comes
            return Question.Outcome.FAILED
        return Question.Outcome.CANCELLED if status == "cancelled" else None

    def _send(self, text: str, spoken: tuple[str, ...], language: str) -> bool:
        self.voiced.append(text)
        audio_url, word_times = self._voice(text, language)
        payload = protocol.AnswerSentencePayload(
            self.question.id, len(self.sentences), text, spoken, audio_url, word_times
        )
        if worker.publish(self.question, protocol.AnswerSentence(payload)) is None:
            return False
        if not self.sentences:
            self.first_sentence_ms = self.elapsed_ms()
        if audio_url and self.first_audio_ms is None:
            self.first_audio_ms = self.elapsed_ms()
        self.sentences.append(text)
        self._said.add(_compared(text))
        return True

    def _voice(self, text: str, language: str) -> tuple[str | None, tuple[tuple[int, int], ...]]:
        try:
            spoken = service.speak_answer(text, language)
        except Exception as error:  # engine or storage: the text goes out, whatever it was
            logger.warning("question %s: a sentence has no voice: %s", self.question.id, type(error).__name__)
            return None, ()
        return spoken.audio_url, spoken.word_times


def _limited(pieces: Iterator[str]) -> Iterator[str]:
    """Yield pieces until they are more than any answer needs."""
    length = 0
    for piece in pieces:
        yield piece
        length += len(piece)
        if length > MAX_ANSWER_CHARACTERS:
            return


def plain(text: str) -> str:
    """Return text as one line, without control characters and marks of formatting."""
    return " ".join(_CONTROL_OR_MARKUP.sub("", text).split())


def _compared(text: str) -> tuple[str, ...]:
    """Return a sentence's words alone: the same sentence with another mark or space says nothing new."""
    return tuple(stems.words(text.casefold()))
