"""One reading, word by word: its page; what moves on it comes by the socket of `follow_socket`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from readerai.staff.live import STEER, VIEW
from readerai.staff.readings import visible
from sessions import audit
from sessions.admin.page import show, staff_page
from sessions.languages import direction


@require_GET
@staff_page(VIEW)
def follow_reading(request: HttpRequest, session_id: str) -> HttpResponse:
    """The page in which a grown-up follows one child's reading."""
    session = get_object_or_404(visible(request.user), pk=session_id)
    audit.looked(request.user, session, "followed")
    named = request.user.has_perm("reading.view_student")
    child = session.student.name if named else f"A child ({session.student.animal})"
    return show(
        request,
        "staff/follow.html",
        f"{child} reads {session.book.title}",
        session=session,
        child=child,
        direction=direction(session.book.language),
        may_steer=request.user.has_perm(STEER),
    )
