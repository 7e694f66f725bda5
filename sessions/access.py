"""Who may see what: the one place where schools are kept apart."""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from sessions.models import Book, Page, ReadingSession, School
from sessions.tickets import Ticket


def readable_books(ticket: Ticket) -> QuerySet[Book]:
    """Return the books this child may open: the shared ones and those of the child's own school."""
    return Book.objects.filter(Q(school=None) | Q(school_id=ticket.school_id))


def readable_pages(ticket: Ticket) -> QuerySet[Page]:
    """Return the pages of the books this child may open."""
    return Page.objects.filter(book__in=readable_books(ticket))


def own_sessions(ticket: Ticket) -> QuerySet[ReadingSession]:
    """Return the child's own reading sessions."""
    return ReadingSession.objects.filter(student_id=ticket.student_id)


def staffed_schools(teacher: User) -> QuerySet[School]:
    """Return the schools in which this grown-up teaches a class."""
    return School.objects.filter(classrooms__teachers=teacher).distinct()


def colleagues(teacher: User) -> QuerySet[User]:
    """Return the grown-ups who teach a class in one of this grown-up's schools."""
    return User.objects.filter(classrooms__school__in=staffed_schools(teacher)).distinct()
