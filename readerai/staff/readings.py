"""Who reads what right now, as rows: live sessions joined with children, books and answers.

The same few queries, however many sessions there are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet

from sessions import heartbeat
from sessions.live import index, keys
from sessions.live.blocking import run
from sessions.live.records import Doing, Glimpse
from sessions.models import Classroom, Page, ReadingSession, without_art
from sessions.scope import EVERY_SCHOOL, WHOLE_SCHOOL
from tutoring.models import Question

PER_PAGE = 50
_SEARCHED = 500  # of the sessions that are called so, the newest; those that are live are shown


class Reading(NamedTuple):
    """One row: who reads what right now."""

    session_id: str
    child: str  # the name, where it may be seen
    animal: str
    classroom: str
    school: str
    book: str
    word: int
    word_count: int
    page: int | None
    page_count: int
    doing: Doing
    seen: datetime
    server: str
    answer_ms: int | None  # of the last answer, to its first sentence

    @property
    def percent(self) -> int:
        """How much of the book is read."""
        return 100 * self.word // max(1, self.word_count)


def lists_for(user: User, classroom: Classroom | None) -> list[str]:
    """Return the lists of the index in which a grown-up looks: of one class, or of all they may see."""
    if classroom is not None:
        return [keys.live_in_class(classroom.pk)]
    if user.has_perm(EVERY_SCHOOL):
        return [keys.LIVE]
    schools = list(user.schools.values_list("pk", flat=True)) if user.has_perm(WHOLE_SCHOOL) else []
    classes = user.classrooms.exclude(school__in=schools).values_list("pk", flat=True)
    return [*map(keys.live_in_school, schools), *map(keys.live_in_class, classes)]


def readings(user: User, lists: Sequence[str], page: int) -> tuple[int, list[Reading]]:
    """Return how many sessions these lists have, and a page of them (from 1), those away last.

    Raises RedisError.
    """
    total = sum(run(index.count(lists)))
    return total, _rows(user, run(index.newest(lists, (page - 1) * PER_PAGE, PER_PAGE)))


def search(user: User, classroom: Classroom | None, words: str) -> list[Reading]:
    """Return the first live sessions whose child or book is called so. Raises RedisError.

    Children are found by name only by those who may see it.
    """
    called = Q(book__title__icontains=words)
    if user.has_perm("reading.view_student"):
        called |= Q(student__name__icontains=words)
    found = visible(user).filter(called, finished_at=None)
    if classroom is not None:
        found = found.filter(student__classroom=classroom)
    session_ids = [str(pk) for pk in found.values_list("pk", flat=True)[:_SEARCHED]]
    entered = run(index.entered(session_ids))
    return _rows(user, dict(list(entered.items())[:PER_PAGE]))


def _rows(user: User, entered: dict[str, int]) -> list[Reading]:
    glimpses = run(index.glimpses(entered))
    rows = visible(user).in_bulk([seen.session_id for seen in glimpses])
    by_id = {str(pk): row for pk, row in rows.items()}
    seen_here = [(seen, by_id[seen.session_id]) for seen in glimpses if seen.session_id in by_id]
    pages = _pages(seen_here)
    answers = _answers(list(rows))
    servers = {beat.channel: beat.name for beat in run(heartbeat.servers())}
    named = user.has_perm("reading.view_student")
    found = [
        Reading(
            session_id=seen.session_id,
            child=row.student.name if named else f"a child ({row.student.animal})",
            animal=row.student.animal,
            classroom=row.student.classroom.name,
            school=row.student.classroom.school.name,
            book=row.book.title,
            word=seen.word_index,
            word_count=seen.word_count,
            page=pages.get(seen.session_id),
            page_count=row.book.page_count,
            doing=seen.doing,
            seen=datetime.fromtimestamp(seen.seen_at / 1000, UTC),
            server=servers.get(seen.server, ""),
            answer_ms=answers.get(seen.session_id),
        )
        for seen, row in seen_here
    ]
    return sorted(found, key=lambda one: (one.doing is Doing.AWAY, one.school, one.classroom, one.child))


def visible(user: User) -> QuerySet[ReadingSession]:
    """Return the sessions that this grown-up may see, each with its child and book, but no book art."""
    sessions = ReadingSession.objects.visible_to(user).select_related("student__classroom__school", "book")
    return without_art(sessions, "book")


def _pages(seen_here: Sequence[tuple[Glimpse, ReadingSession]]) -> dict[str, int]:
    """Return the number of the page on which each session is; one query."""
    places = {
        seen.session_id: (row.book_id, min(seen.word_index, seen.word_count - 1)) for seen, row in seen_here
    }
    wanted = Q(pk=None)
    for book_id, word in set(places.values()):
        wanted |= Q(book_id=book_id, first_word__lte=word, end__gt=word)
    found = (
        Page.objects.annotate(end=F("first_word") + F("word_count"))
        .filter(wanted)
        .values_list("book_id", "first_word", "end", "number")
    )
    by_book: dict[int, list[tuple[int, int, int]]] = {}
    for book_id, first, end, number in found:
        by_book.setdefault(book_id, []).append((first, end, number))
    return {
        session_id: number
        for session_id, (book_id, word) in places.items()
        for first, end, number in by_book.get(book_id, ())
        if first <= word < end
    }


def _answers(session_ids: Sequence[object]) -> dict[str, int | None]:
    """Return how long the last answer of each session took to its first sentence; one query."""
    last = (
        Question.objects.filter(session__in=session_ids, first_sentence_ms__isnull=False)
        .order_by("session_id", "-asked_at")
        .distinct("session_id")
        .values_list("session_id", "first_sentence_ms")
    )
    return {str(session_id): milliseconds for session_id, milliseconds in last}
