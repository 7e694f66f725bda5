"""Pages of the admin for looking back; each shows what `visible_to` says, and nothing else."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from sessions import audit
from sessions.admin.page import show, staff_page
from sessions.csv_export import csv_response
from sessions.models import Book, Classroom, Student
from sessions.shelf import book_text
from tutoring.models import Question
from tutoring.review.class_page import class_page
from tutoring.review.hard_places import Asked, by_page, hard_places
from tutoring.review.period import CHOICES, period_of
from tutoring.review.reading_times import GROUPINGS, minutes_by_day, reading_times

_PLACES = 25


@require_safe
@staff_page("reading.view_classroom", "reading.view_student")
def show_class(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Who reads, who might need help, who asked what."""
    classroom = get_object_or_404(
        Classroom.objects.visible_to(request.user).select_related("school"), pk=classroom_id
    )
    audit.looked(request.user, classroom, "class page")
    return show(request, "admin/review/class.html", classroom.name, page=class_page(classroom, request.user))


@require_safe
@staff_page("reading.view_readingsession", "reading.view_student")
def show_reading_times(request: HttpRequest) -> HttpResponse:
    """Who has read how long; `?csv` is the same as a file."""
    by = request.GET.get("by", "child")
    if by not in GROUPINGS:
        raise Http404
    period, classroom = period_of(request), _chosen_class(request)
    grouping = GROUPINGS[by]
    rows = reading_times(request.user, grouping, period, classroom)
    headings = [*list(grouping.fields.values())[:-1], "minutes", "readings", "days"]
    if "csv" in request.GET:
        audit.record(request.user, audit.Action.EXPORTED, Student, f"reading time by {by}")
        return csv_response(
            f"reading time by {by}",
            headings,
            ([*row.names, row.minutes, row.readings, row.days] for row in rows),
        )
    audit.looked(request.user, Student, f"reading time by {by}")
    by_day = minutes_by_day(request.user, period, classroom)
    return show(
        request,
        "admin/review/reading_times.html",
        "Reading time",
        by=by,
        groupings=GROUPINGS,
        period=period,
        periods=CHOICES,
        classroom=classroom,
        classrooms=Classroom.objects.visible_to(request.user),
        headings=headings,
        rows=rows,
        chart=_chart("minutes", by_day),
    )


@require_safe
@staff_page("reading.view_book", "tutoring.view_question")
def show_hard_places(request: HttpRequest, book_id: int) -> HttpResponse:
    """What is hard in a book: where this grown-up's children asked most."""
    book = get_object_or_404(Book.objects.visible_to(request.user), pk=book_id)
    period, classroom = period_of(request, otherwise=365), _chosen_class(request)
    questions = Question.objects.visible_to(request.user).filter(
        session__book=book, asked_at__date__gte=period.first
    )
    if classroom is not None:
        questions = questions.filter(session__student__classroom=classroom)
    asked = [Asked(*each) for each in questions.values_list("word_index", "session__student", "question")]
    audit.looked(request.user, Question, f"hard places of book {book.pk}")
    text = book_text(book.pk)
    pages = {str(page.number): count for page, count in zip(text.pages, by_page(text, asked), strict=True)}
    return show(
        request,
        "admin/review/hard_places.html",
        book.title,
        book=book,
        asked=len(asked),
        places=hard_places(text, asked, _PLACES),
        period=period,
        periods=CHOICES,
        classroom=classroom,
        classrooms=Classroom.objects.visible_to(request.user),
        chart=_chart("questions", pages) if asked else None,
    )


def _chosen_class(request: HttpRequest) -> Classroom | None:
    """Return the class of `?classroom=`, if this grown-up may see it; 404 for one that may not be seen."""
    said = request.GET.get("classroom", "")
    if not said:
        return None
    if not said.isdecimal() or len(said) > 18:
        raise Http404
    return get_object_or_404(Classroom.objects.visible_to(request.user), pk=said)


def _chart(label: str, counts: dict[str, int]) -> str:
    """Return what unfold's chart component draws."""
    bars = {"label": label, "data": list(counts.values()), "backgroundColor": "var(--color-primary-600)"}
    return json.dumps({"labels": list(counts), "datasets": [bars]})
