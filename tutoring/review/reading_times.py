"""How long was read: by child, class or book, over some days."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, F, Sum

from sessions.models import Classroom, ReadingTime
from tutoring.review.period import Period


class Grouping(NamedTuple):
    """How times are added up: the fields that name a row, and their headings."""

    title: str
    fields: dict[str, str]  # lookup from ReadingTime -> heading


GROUPINGS = {
    "child": Grouping(
        "By child",
        {
            "session__student__classroom__name": "class",
            "session__student__name": "child",
            "session__student": "number",
        },
    ),
    "class": Grouping(
        "By class",
        {
            "session__student__classroom__school__name": "school",
            "session__student__classroom__name": "class",
            "session__student__classroom": "number",
        },
    ),
    "book": Grouping("By book", {"session__book__title": "book", "session__book": "number"}),
}


class Row(NamedTuple):
    """What one child, class or book comes to."""

    names: list[str]
    minutes: int
    readings: int
    days: int  # on which something was read


def reading_times(user: User, grouping: Grouping, period: Period, classroom: Classroom | None) -> list[Row]:
    """Return the rows that this grown-up may see, the longest time first. One query."""
    times = ReadingTime.objects.visible_to(user).filter(day__gte=period.first)
    if classroom is not None:
        times = times.filter(session__student__classroom=classroom)
    sums = (
        times.values_list(*grouping.fields)
        .annotate(
            total=Sum("seconds"), readings=Count("session", distinct=True), days=Count("day", distinct=True)
        )
        .order_by(F("total").desc(), *grouping.fields)
    )
    names = len(grouping.fields) - 1  # the number only tells two of one name apart
    return [Row(list(each[:names]), round(each[-3] / 60), each[-2], each[-1]) for each in sums]


def minutes_by_day(user: User, period: Period, classroom: Classroom | None) -> dict[str, int]:
    """Return the minutes of each day, as ISO dates, oldest first."""
    times = ReadingTime.objects.visible_to(user).filter(day__gte=period.first)
    if classroom is not None:
        times = times.filter(session__student__classroom=classroom)
    sums = times.values_list("day").annotate(total=Sum("seconds")).order_by()
    read = dict(sums)
    days = [period.first + timedelta(days=number) for number in range(period.days)]
    return {day.isoformat(): round(read.get(day, 0) / 60) for day in days}
