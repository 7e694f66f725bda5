"""What a child may see, as its ticket says who it is. For grown-ups see `scope`."""

from django.db.models import Q, QuerySet

from sessions import shelf
from sessions.models import Book, ReadingSession
from sessions.shelf import BookText
from sessions.tickets import Ticket


def readable_books(ticket: Ticket) -> QuerySet[Book]:
    """Return the books this child may open: the shared ones and those of the child's own school."""
    return Book.objects.filter(Q(school=None) | Q(school_id=ticket.school_id))


def readable_text(ticket: Ticket, book_id: int) -> BookText:
    """Return the text of a book this child may open; no SQL where it is on the shelf.

    Raises Book.DoesNotExist, for another school's book too, and django.db.Error.
    """
    book = shelf.book_text(book_id)
    if book.school_id not in (None, ticket.school_id):
        raise Book.DoesNotExist
    return book


def own_sessions(ticket: Ticket) -> QuerySet[ReadingSession]:
    """Return the child's own reading sessions."""
    return ReadingSession.objects.filter(student_id=ticket.student_id)
