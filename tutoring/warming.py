"""Answers got ahead: what a class is likely to ask, answered, voiced and kept before anybody asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.conf import settings

from sessions.level import band
from sessions.shelf import BookText
from tutoring import answer_cache, answer_key, kept_answers
from tutoring.heard import heard_of
from tutoring.likely_questions import Likely, from_lines, likely_questions
from tutoring.models import CachedAnswer, Question
from tutoring.safety import guard
from tutoring.tutors.interface import Deadline, Turn, Tutor, TutorError
from tutoring.unheard import UnheardAnswer

CHILDREN = 3  # who asked the same, before a question of theirs is asked ahead: then it tells of none of them

_ASKED_MOST = 10  # of the children's questions on a page
_AT_ONCE = 4  # questions that the model has at the same time


class Ahead(NamedTuple):
    """A question that is asked ahead, for readers of one band: `grade` is one of it."""

    likely: Likely
    grade: float


class Fate(StrEnum):
    """What became of a question that was asked ahead."""

    ANSWERED = "answered"
    THERE = "there already"
    UNFIT = "unfit"  # the answer is none that may be given to other children
    FAILED = "failed"


class Outcome(NamedTuple):
    """One question's end; `problem` says in one line why it failed, `retryable` whether later can help."""

    ahead: Ahead
    fate: Fate
    problem: str = ""
    retryable: bool = True


def plan(book: BookText, lines: Iterable[str], grades: Sequence[float]) -> list[Ahead]:
    """Return what is asked ahead of a book, page by page, each question once for each of the grades.

    Of several of the same words on one page the first counts: what children asked, what `lines` ask, what is
    likely. Raises ValueError for a line that cannot be used.
    """
    sources = (
        *_asked(book),
        *from_lines(lines, book.pages, book.language),
        *likely_questions(book.pages, book.glossary, book.language),
    )
    questions: dict[tuple[int, str], Likely] = {}
    for likely in sources:
        if answer_key.is_shareable(_turn(book, likely, grades[0])):
            questions.setdefault((likely.page, answer_key.normalised(likely.question, book.language)), likely)
    in_order = sorted(questions.values(), key=lambda likely: likely.page)
    one_a_band = {band(grade): grade for grade in grades}.values()
    return [Ahead(likely, grade) for likely in in_order for grade in one_a_band]


def warm(book: BookText, aheads: Iterable[Ahead], tutor: Tutor) -> Iterator[Outcome]:
    """Ask what is not answered yet, several at once; yield what became of each, in order.

    Each answer is kept at once, and children get it when its page is through or the caller stops. Answers to
    other rules than today's are deleted: nobody can get them any more.
    """
    CachedAnswer.objects.filter(book=book.id).exclude(prompt_version=answer_key.PROMPT_VERSION).delete()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        try:
            for page, of_page in groupby(aheads, key=lambda ahead: ahead.likely.page):
                try:
                    yield from _warm_page(book, page, list(of_page), tutor, threads)
                finally:
                    answer_cache.reload(book.id, page)
        finally:
            threads.shutdown(cancel_futures=True)


def _warm_page(
    book: BookText, page: int, aheads: list[Ahead], tutor: Tutor, threads: ThreadPoolExecutor
) -> Iterator[Outcome]:
    there = set(CachedAnswer.objects.filter(book=book.id, page=page).values_list("key", "heard_length"))
    turns = [_turn(book, ahead.likely, ahead.grade) for ahead in aheads]
    keys = [answer_key.key(turn, book.id, page, tutor.name) for turn in turns]
    waiting = [
        None if (key, len(turn.heard)) in there else threads.submit(_say_ahead, turn, tutor)
        for key, turn in zip(keys, turns, strict=True)
    ]
    for ahead, turn, key, said in zip(aheads, turns, keys, waiting, strict=True):
        if said is None:
            yield Outcome(ahead, Fate.THERE)
            continue
        try:
            answer = kept_answers.kept_answer(turn, said.result())
        except TutorError as error:
            yield Outcome(ahead, Fate.FAILED, f"{type(error).__name__}: {error}", error.retryable)
            continue
        except guard.NotToBeSaid:
            yield Outcome(ahead, Fate.UNFIT)
            continue
        if answer is not None:
            _keep(book, ahead, key, tutor, answer)
        yield Outcome(ahead, Fate.UNFIT if answer is None else Fate.ANSWERED)


def _keep(book: BookText, ahead: Ahead, key: str, tutor: Tutor, answer: kept_answers.KeptAnswer) -> None:
    CachedAnswer.objects.update_or_create(
        key=key,
        heard_length=answer.heard_length,
        defaults={
            "book_id": book.id,
            "page": ahead.likely.page,
            "question": ahead.likely.question,
            "sentences": answer.sentences,
            "reading_band": band(ahead.grade),
            "model": tutor.name,
            "prompt_version": answer_key.PROMPT_VERSION,
            "heard_digest": answer.heard_digest,
        },
    )


def _say_ahead(turn: Turn, tutor: Tutor) -> list[str]:
    """Return what the tutor answers, voiced: by the call that says a live answer, with all that guards it.

    Raises TutorError, and guard.NotToBeSaid for a question too.
    """
    deadline = Deadline(settings.ANSWER_SECONDS)
    if (found := guard.check_question(turn.question, deadline).category) is not None:
        raise guard.NotToBeSaid(found, turn.question)
    answer = _VoicedAnswer(turn.question)
    answer.say(tutor, turn, deadline)
    return answer.sentences


class _VoicedAnswer(UnheardAnswer):
    """Its sentences are voiced, so that their sound is there when a child asks."""

    def _send(self, text: str, spoken: tuple[str, ...], language: str) -> bool:
        self._voice(text, language)
        return super()._send(text, spoken, language)


def _turn(book: BookText, likely: Likely, grade: float) -> Turn:
    heard = heard_of(book.id, likely.word_index)
    return Turn(likely.question, heard.text, heard.language, heard.glossary, grade=grade)


def _asked(book: BookText) -> Iterator[Likely]:
    """Yield what several children asked on a page, most frequent first, at the earliest of their words."""
    rows = Question.objects.filter(session__book=book.id, outcome=Question.Outcome.ANSWERED).values_list(
        "question", "word_index", "session__student_id"
    )
    children: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    first: dict[tuple[int, str], Likely] = {}
    for question, word_index, student_id in rows.order_by("word_index").iterator():
        page = answer_cache.page_at(book.id, word_index)
        asked = page, answer_key.normalised(question, book.language)
        children[asked].add(student_id)
        first.setdefault(asked, Likely(page, word_index, question))
    taken: defaultdict[int, int] = defaultdict(int)
    for asked in sorted(first, key=lambda asked: -len(children[asked])):
        page = asked[0]
        if len(children[asked]) >= CHILDREN and taken[page] < _ASKED_MOST:
            taken[page] += 1
            yield first[asked]
