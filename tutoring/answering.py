"""One question's way to its answer: claimed, answered from what was heard, voiced and sent by the sentence.

What a child can rely on, whatever fails behind it:

- The first sentence is on its way while the model still writes the next; at most three are said.
- What another child was answered to the same question on the same page is said at once (`answer_cache`).
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
from datetime import UTC, datetime

from django import db
from django.conf import settings
from redis.exceptions import RedisError

from sessions.live import worker
from tutoring import answer_cache, turns, tutors
from tutoring.answer import Answer, plain
from tutoring.heard import heard_of
from tutoring.models import Question
from tutoring.tutors.interface import Turn, TutorError

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3  # workers that may die over one question
_KEPT_FOR_THE_NEXT = 0.1  # of a question's time: what a tutor that says nothing leaves to the next one


def answer_question(session_id: str, question_id: str) -> None:
    """Answer a question, if it is still wanted and nobody else has it."""
    try:
        with worker.claimed(session_id, question_id) as question:
            if question is not None:
                _end(Answer(question))
    except RedisError as error:  # the ledger gives the question to another worker, or ends it
        logger.error("question %s: Redis was away for too long: %s", question_id, type(error).__name__)


def _end(answer: Answer) -> None:
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


def _answer(answer: Answer) -> Question.Outcome | None:
    question = answer.question
    if question.attempt > MAX_ATTEMPTS:
        logger.error("question %s was given up: its workers died, %d of them", question.id, MAX_ATTEMPTS)
        return answer.end()
    deadline = answer.deadline()
    if answer.is_whole or not deadline.remaining():
        return answer.end()
    heard = heard_of(question.book_id, question.word_index)
    db.close_old_connections()  # the pool's connections are few: none is held while a model thinks
    turn = Turn(plain(question.text), heard.text, heard.language, heard.glossary, question.said)
    in_order = tutors.in_order()
    for tutor in (*answer_cache.find(question.book_id, question.word_index, turn), *in_order):
        kept = 0 if tutor is in_order[-1] else settings.ANSWER_SECONDS * _KEPT_FOR_THE_NEXT
        try:
            wanted = answer.say(tutor, turn, deadline.earlier(kept))
        except TutorError as error:
            level = logging.WARNING if error.retryable else logging.ERROR  # the latter: somebody must mend it
            logger.log(level, "question %s: %s: %s", question.id, type(error).__name__, error)
            wanted = True
        else:
            if wanted:  # to its end
                answer_cache.keep(question.book_id, question.word_index, turn, tutor, answer.sentences)
        if not wanted:
            return answer.fate()
        if answer.sentences:
            break
    return answer.end()


def _record(answer: Answer, outcome: Question.Outcome | None) -> None:
    """Keep the turn, if it is ours to keep; whatever fails, the child has the answer all the same."""
    if outcome is None:
        return
    question = answer.question
    try:
        turns.record(
            id=question.id,
            session_id=question.session_id,
            word_index=question.word_index,
            question=plain(question.text),
            answer=" ".join(answer.sentences),
            outcome=outcome,
            source=answer.tutor.name if answer.tutor else "",
            asked_at=datetime.fromtimestamp(question.asked_at_ms / 1000, UTC),
            first_sentence_ms=answer.first_sentence_ms,
            complete_ms=answer.elapsed_ms(),
        )
    except (db.Error, RedisError) as error:
        logger.error("question %s was not recorded: %s", question.id, type(error).__name__)
