"""One question's way to its answer: claimed, answered from what was heard, voiced and sent by the sentence.

What a child can rely on, whatever fails behind it:

- The first sentence is on its way while the model still writes the next; at most three are said.
- What another child was answered to the same question on the same page is said at once (`answer_cache`).
- A tutor that fails before anything was said is replaced by the next one, which always has its share of
  the question's time; the last, offline, cannot fail. A model that fails again and again is left alone for
  a while, so that it costs no more children their time.
- Where a model fails in mid-answer the next model goes on after the whole sentences that were said, and
  repeats none. Without a next one they are a true answer, if a shorter one: the turn ends as complete and
  reading goes on. The offline tutor goes on with no model's words. A half sentence is never said.
- A worker that dies is followed by another, which goes on after the sentences the child has got. A question
  that ends one worker after the other is given up.
- At its deadline the question ends: as complete if anything was said, else with a kind sentence.
- Without a voice the text is sent alone.
- A sentence that is too hard for the child is not said: the tutor tries once more in simpler words, then the
  next one answers.
- What is not for children, asked or answered, goes no further: a kind line is said instead, in the same way,
  and a grown-up finds it among the flags. What a child has asked is looked at even if it did not wait for the
  answer, or none came in time. No tutor is ever given personal data.
- Where more is asked than can be answered, who has waited for half of its time is told at once that no answer
  comes, so that those behind it get theirs.
- A child that asks on and on is told kindly to read a little first. What it says was looked at even then.
- When the question is no longer wanted, the model's connection is closed at the next sentence, and no other
  model is asked.

Log lines hold ids and kinds of failure, never what was asked or answered.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from django import db
from django.conf import settings
from redis.exceptions import RedisError

from sessions.live import worker
from sessions.models import ReadingSession
from tutoring import answer_cache, flags, metrics, pacing, turns, tutors
from tutoring.answer import Answer, failed, plain
from tutoring.heard import heard_of
from tutoring.models import Flag, Question
from tutoring.privacy.traces import Traces, voices_of
from tutoring.safety import guard, lines
from tutoring.safety.categories import Category
from tutoring.safety.personal import without_personal_data
from tutoring.tutors.interface import (
    Deadline,
    Exchange,
    Turn,
    Tutor,
    TutorError,
    TutorRefused,
)

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3  # workers that may die over one question
MAX_LOOKS = 8  # at what a child has said when nobody waits for an answer any more: in two hours

_threads = 64  # of this worker


def begin(threads: int) -> None:
    """Note how many questions this worker can have in hand."""
    global _threads
    _threads = threads


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
    if question.ended:
        _look_back(answer)
        return
    try:
        checked = _look(answer)
    except Exception:  # told by somebody who has not looked: the ledger gives it out again for that
        worker.fail_question(question.session_id, question.id, failed(question.id))
        raise
    try:
        outcome = _answer(answer, checked)
    except db.Error as error:
        logger.warning("question %s: the book cannot be read: %s", question.id, type(error).__name__)
        outcome = answer.end()
    except RedisError:
        raise  # nobody could be told; whoever gets the question next may still have time for it
    except Exception:
        _record(answer, answer.end())  # the child is told before the error goes where errors go
        raise
    _record(answer, outcome)


def _look(answer: Answer) -> guard.Checked:
    """Look at what the child has said, first of all: whatever fails next, a grown-up finds it."""
    question = answer.question
    seconds = max(answer.deadline().remaining(), settings.MODERATION_SECONDS)  # though it may come too late
    checked = guard.check_question(plain(question.text), Deadline(seconds))
    if checked.category:
        flags.keep(question, Flag.Side.QUESTION, checked.category, checked.text)
    return checked


def _look_back(answer: Answer) -> None:
    """Look at a question that has ended unseen; where that fails now, the ledger gives it out again."""
    question = answer.question
    if question.attempt > MAX_LOOKS:
        logger.error("question %s was given up: it cannot be looked at", question.id)
    elif _look(answer).category is Category.UNCHECKED:
        return
    _record(answer, answer.fate())


def _answer(answer: Answer, checked: guard.Checked) -> Question.Outcome | None:
    question = answer.question
    deadline = answer.deadline()
    if question.attempt > MAX_ATTEMPTS:
        logger.error("question %s was given up: its workers died, %d of them", question.id, MAX_ATTEMPTS)
        return answer.end()
    if answer.is_whole or not deadline.remaining() or _comes_too_late(answer, deadline):
        return answer.end()
    heard = heard_of(question.book_id, question.word_index)
    db.close_old_connections()  # the pool's connections are few: none is held while a model thinks
    turn = Turn(
        checked.text,
        heard.text,
        heard.language,
        heard.glossary,
        question.said,
        question.grade,
        tuple(Exchange(asked, told) for asked, told in guard.fit_to_repeat(question.before)),
    )
    failed = False
    for tutor, share in _whom(question, checked, turn, deadline):
        if answer.sentences and not tutors.can_go_on(tutor):
            break
        if failed:
            if not answer.is_wanted():
                return answer.fate()
            metrics.FAILOVERS.inc()
        asked = turn._replace(said=tuple(answer.sentences))
        try:
            wanted = answer.say(tutor, asked, share)
            failed = not answer.sentences
        except TutorError as error:
            level = logging.ERROR if isinstance(error, TutorRefused) else logging.WARNING
            logger.log(level, "question %s: %s: %s", question.id, type(error).__name__, error)
            wanted = failed = True
        except guard.NotToBeSaid as stopped:
            flags.keep(question, Flag.Side.ANSWER, stopped.category, stopped.text)
            answer_cache.forget_unfit(question.book_id, question.word_index, turn, tutor)
            instead = guard.KindWord(lines.for_answer(stopped.category, heard.language))
            wanted = bool(answer.sentences) or answer.say(instead, turn, deadline)
            failed = False
        else:
            if wanted and not asked.said:  # by one tutor, to its end
                answer.kept_as = answer_cache.keep(
                    question.book_id, question.word_index, turn, tutor, answer.sentences
                )
        if not wanted:
            return answer.fate()
        if not failed or answer.is_whole:
            break
    return answer.end()


def _comes_too_late(answer: Answer, deadline: Deadline) -> bool:
    """Is this worker so far behind that it should rather answer in time who asked later?

    Whoever took up each question shortly before its end would answer nobody.
    """
    late = deadline.remaining() < settings.ANSWER_SECONDS / 2
    return late and not answer.sentences and worker.in_hand() >= _threads / 2


def _whom(
    question: worker.LiveQuestion, checked: guard.Checked, turn: Turn, deadline: Deadline
) -> Iterator[tuple[Tutor, Deadline]]:
    """Yield who is to answer and by when, one after the other as they fail."""
    if checked.category and not checked.for_a_tutor:
        yield guard.KindWord(lines.to_question(checked.category, turn.language)), deadline
        return
    for kept in answer_cache.find(question.book_id, question.word_index, turn):
        yield kept, deadline
    if question.attempt == 1 and not pacing.may_ask(question.student_id):
        yield guard.KindWord(lines.lines(turn.language).one_by_one), deadline
        return
    yield from tutors.in_turn(deadline)


def _is_there(session_id: str) -> bool:
    """Does the reading still exist, as far as can be told?"""
    try:
        return ReadingSession.objects.filter(pk=session_id).exists()
    except db.Error:
        return True


def _record(answer: Answer, outcome: Question.Outcome | None) -> None:
    """Keep the turn, if it is ours to keep; whatever fails, the child has the answer all the same.

    Where the child was erased meanwhile, nothing of the turn stays.
    """
    question = answer.question
    traces = Traces(voices_of(answer.voiced, question.book_id), [answer.kept_as] if answer.kept_as else [])
    if outcome is None:
        if not worker.status(question) and not _is_there(question.session_id):
            traces.delete_quietly()
        return
    complete_ms = None if question.ended else answer.elapsed_ms()  # when it ended, nobody has noted
    source = answer.tutor.source if answer.tutor else "none"
    metrics.count_answer(outcome, source, answer.first_sentence_ms, answer.first_audio_ms, complete_ms)
    db.close_old_connections()  # none is held either while the turns of others are waited for
    try:
        turns.record(
            id=question.id,
            session_id=question.session_id,
            word_index=question.word_index,
            question=without_personal_data(plain(question.text)),
            answer="\n".join(answer.sentences),
            outcome=outcome,
            source=answer.tutor.name if answer.tutor else "",
            asked_at=datetime.fromtimestamp(question.asked_at_ms / 1000, UTC),
            first_sentence_ms=answer.first_sentence_ms,
            complete_ms=complete_ms,
            voices=traces.voices,
            kept_as=answer.kept_as,
        )
    except db.IntegrityError as error:
        logger.warning("question %s is not wanted any more: %s", question.id, type(error).__name__)
        traces.delete_quietly()
    except (db.Error, RedisError) as error:
        logger.error("question %s was not recorded: %s", question.id, type(error).__name__)
