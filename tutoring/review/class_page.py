"""A class at a glance: who reads, who might need help, who asked what. As many queries for any class."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Sum
from django.utils import timezone
from redis.exceptions import RedisError

from sessions import checkpoint
from sessions.live import index
from sessions.live.blocking import run
from sessions.models import Classroom, ReadingSession, ReadingTime, Student, without_art
from sessions.views.library import read_percent
from tutoring.models import Flag, Question
from tutoring.review.period import Period
from tutoring.review.stuck import Signs, reasons
from tutoring.transcripts import Told, transcript

_QUESTIONS_SHOWN = 10
_WEEK = Period(7)


class Child(NamedTuple):
    """One row of the page."""

    student: Student
    reading: ReadingSession | None  # the newest
    percent: int
    state: str  # reading, paused, asking, finished, away; empty: not open
    minutes: int  # this week
    questions: int  # this week
    why: list[str]  # somebody might go and see it


class ClassPage(NamedTuple):
    """What the page shows."""

    classroom: Classroom
    children: list[Child]
    questions: list[Told]
    reading_now: int
    flags: int  # that nobody has looked at

    @property
    def worth_a_look(self) -> list[Child]:
        """The children whom somebody might go and see."""
        return [child for child in self.children if child.why]


def class_page(classroom: Classroom, user: User) -> ClassPage:
    """Return what this grown-up may see of a class, of the last seven days."""
    students = list(classroom.students.all())
    newest = _newest_readings(classroom)
    states = _states(list(newest.values()))
    minutes = _minutes(classroom)
    asked = _asked(classroom)
    now = timezone.now()
    children = []
    for student in students:
        reading = newest.get(student.pk)
        state, since = states.get(reading.pk, ("", None)) if reading else ("", None)
        places = asked[student.pk]
        signs = Signs(
            last_active=reading.last_active if reading else None,
            paused_since=since if state == "paused" else None,
            asked_at=[word for session_id, word in places if reading and session_id == reading.pk],
            has_begun=reading is not None and reading.finished_at is None,
        )
        percent = read_percent(reading, reading.book.word_count) if reading else 0
        children.append(
            Child(student, reading, percent, state, minutes[student.pk], len(places), reasons(signs, now))
        )
    recent = Question.objects.filter(session__student__classroom=classroom).select_related(
        "session__student", "session__book"
    )
    sees_questions = user.has_perm("tutoring.view_question")
    waiting = Flag.objects.filter(student__classroom=classroom, status=Flag.Status.NEW)
    return ClassPage(
        classroom,
        children,
        transcript(without_art(recent, "session__book")[:_QUESTIONS_SHOWN]) if sees_questions else [],
        reading_now=sum(child.state in ("reading", "asking") for child in children),
        flags=waiting.count() if user.has_perm("tutoring.view_flag") else 0,
    )


def _newest_readings(classroom: Classroom) -> dict[int, ReadingSession]:
    """Return the reading each child was in last, where it is now."""
    readings = (
        ReadingSession.objects.filter(student__classroom=classroom)
        .select_related("book")
        .order_by("student_id", "-last_active")
        .distinct("student_id")
    )
    newest = {reading.student_id: reading for reading in without_art(readings, "book")}
    checkpoint.bring_up_to_date([each for each in newest.values() if each.finished_at is None])
    return newest


def _states(readings: list[ReadingSession]) -> dict[UUID, tuple[str, datetime]]:
    """Return what each live reading does, and since when it is at its place; with Redis away nothing."""
    try:
        seen = run(index.glimpses(run(index.entered([str(reading.pk) for reading in readings]))))
    except RedisError:
        return {}
    return {
        UUID(each.session_id): (each.doing.value, datetime.fromtimestamp(each.position_at / 1000, UTC))
        for each in seen
    }


def _minutes(classroom: Classroom) -> dict[int, int]:
    sums = (
        ReadingTime.objects.filter(session__student__classroom=classroom, day__gte=_WEEK.first)
        .values_list("session__student")
        .annotate(seconds=Sum("seconds"))
        .order_by()
    )
    return defaultdict(int, {student_id: round(seconds / 60) for student_id, seconds in sums})


def _asked(classroom: Classroom) -> dict[int, list[tuple[object, int]]]:
    """Return the reading and the word of each question of the week, by child."""
    asked: dict[int, list[tuple[object, int]]] = defaultdict(list)
    questions = Question.objects.filter(
        session__student__classroom=classroom, asked_at__gte=timezone.now() - timedelta(days=_WEEK.days)
    )
    for student_id, session_id, word in questions.values_list("session__student", "session_id", "word_index"):
        asked[student_id].append((session_id, word))
    return asked
