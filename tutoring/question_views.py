"""My questions: what a child has asked, and what it heard in answer."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.access import own_sessions
from sessions.models import without_art
from sessions.tickets import StudentRequest, known_student_required
from tutoring.models import Question
from tutoring.transcripts import transcript

_A_PAGE = 10


@never_cache
@require_safe
@known_student_required
def my_questions(request: StudentRequest, session_id: uuid.UUID | None = None) -> HttpResponse:
    """Show the child's own questions, newest first: all of them, or those of one reading session."""
    sessions = own_sessions(request.student)
    session = None
    if session_id is not None:
        session = get_object_or_404(sessions.select_related("book"), pk=session_id)
        sessions = sessions.filter(pk=session.pk)
    questions = Question.objects.filter(session__in=sessions).select_related("session__book")
    pages = Paginator(without_art(questions, "session__book"), _A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "reading/my_questions.html",
        {"student": request.student, "session": session, "page": page, "turns": transcript(page)},
    )
