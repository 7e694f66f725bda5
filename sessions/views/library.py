"""The library: every book this child may open, on shelves by level, and where the child stopped."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions import checkpoint, level
from sessions.access import own_sessions, readable_books
from sessions.covers import cover_svg, with_cover_fingerprint
from sessions.models import Book, ReadingSession
from sessions.tickets import StudentRequest, known_student_required, student_required

WORDS_A_MINUTE = 120  # a calm narration; a card's minutes are a promise to a child, not a measurement


class Level(NamedTuple):
    """A shelf of the library: its words for a child, and its picture's name in static/icons/."""

    name: str
    hint: str
    key: str

    @property
    def picture(self) -> str:
        """The shelf's picture, a static file."""
        return f"icons/{self.key}.svg"


LEVELS = {
    level.FIRST_STEPS: Level(level.FIRST_STEPS, "Short, with easy words", "seedling"),
    level.GROWING: Level(level.GROWING, "Longer, with some new words", "sapling"),
    level.CONFIDENT: Level(level.CONFIDENT, "Big, with many new words", "tree"),
    "": Level("More books", "Books of every kind", "meadow"),
}


class Card(NamedTuple):
    """One book as the library shows it."""

    book: Book
    cover_url: str
    minutes: int
    started: bool
    percent: int  # read so far in the open session; 100: finished and not begun again
    finished: bool  # ever

    @property
    def minutes_left(self) -> int:
        """Minutes still to hear, at least 1."""
        return max(1, round(self.minutes * (100 - self.percent) / 100))


class Shelf(NamedTuple):
    """The cards of one level."""

    level: Level
    cards: list[Card]


@never_cache
@require_safe
@known_student_required
def library(request: StudentRequest) -> HttpResponse:
    """Show the shelves, and first the book to go on with. Three queries, however many books."""
    sessions = list(own_sessions(request.student))
    checkpoint.bring_up_to_date([session for session in sessions if session.finished_at is None])
    sessions.sort(key=lambda session: session.last_active, reverse=True)
    by_book: dict[int, list[ReadingSession]] = defaultdict(list)
    for session in sessions:
        by_book[session.book_id].append(session)
    books = with_cover_fingerprint(readable_books(request.student)).defer("cover_svg", "glossary")
    cards = [make_card(book, by_book[book.pk]) for book in books]
    return render(
        request,
        "reading/library.html",
        {
            "student": request.student,
            "current": book_to_go_on_with(cards, sessions),
            "shelves": make_shelves(cards),
            "finished_count": sum(card.finished for card in cards),
        },
    )


@require_safe
@student_required
def cover(request: StudentRequest, book_id: int, fingerprint: str) -> HttpResponse:
    """Serve a book's cover. The address changes with the art, so browsers may keep it for ever."""
    book = get_object_or_404(with_cover_fingerprint(readable_books(request.student)), pk=book_id)
    if fingerprint != book.cover_fingerprint:
        return redirect(cover_url(book))
    response = HttpResponse(cover_svg(book), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    # Art is imported from files: opened by itself in a tab it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def cover_url(book: Book) -> str:
    """Return the cover's address, of a book from `with_cover_fingerprint`."""
    return reverse("cover", args=[book.pk, book.cover_fingerprint])


def read_percent(session: ReadingSession | None, word_count: int) -> int:
    """Return how much of the book lies behind the session's position, 0 to 100."""
    if session is None or not word_count:
        return 0
    return min(100, session.word_index * 100 // word_count)


def make_card(book: Book, sessions: Sequence[ReadingSession]) -> Card:
    """Return the book's card from the child's own sessions with it."""
    finished = any(session.finished_at for session in sessions)
    open_session = next((session for session in sessions if not session.finished_at), None)
    return Card(
        book=book,
        cover_url=cover_url(book),
        minutes=max(1, round(book.word_count / WORDS_A_MINUTE)),
        started=open_session is not None,
        percent=100 if finished and not open_session else read_percent(open_session, book.word_count),
        finished=finished,
    )


def book_to_go_on_with(cards: Iterable[Card], sessions: Iterable[ReadingSession]) -> Card | None:
    """Return the card of the session the child was in last, of those not finished."""
    started = {card.book.pk: card for card in cards if card.started}
    latest = (s.book_id for s in sessions if not s.finished_at and s.book_id in started)
    return started.get(next(latest, None))


def make_shelves(cards: Iterable[Card]) -> list[Shelf]:
    """Return the shelves that hold something, easiest first."""
    shelves = {name: Shelf(shelf_level, []) for name, shelf_level in LEVELS.items()}
    for card in cards:
        shelves[level.band(card.book.level)].cards.append(card)
    return [shelf for shelf in shelves.values() if shelf.cards]
