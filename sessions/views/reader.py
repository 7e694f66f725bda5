"""The reader: its page, and the pages of a book as data."""

import logging

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from sessions import checkpoint, shelf, words
from sessions.access import own_sessions, readable_books, readable_text
from sessions.languages import direction
from sessions.live import store
from sessions.live.blocking import run
from sessions.models import AskAtPageEnd, Book, Classroom, ReadingSession
from sessions.shelf import BookText, PageText
from sessions.tickets import StudentRequest, Ticket, known_student_required, student_required

logger = logging.getLogger(__name__)


@require_GET
@never_cache
@known_student_required
def read(request: StudentRequest, book_id: int) -> HttpResponse:
    """The reader page of one book, at the word where the child stopped."""
    book = get_object_or_404(readable_books(request.student), pk=book_id)
    classroom = get_object_or_404(Classroom, pk=request.student.classroom_id)
    session = _open_session(request.student, book)
    text = shelf.book_text(book.pk)  # from here on, reading it needs no SQL
    boot = {
        "sessionId": str(session.pk),
        "socketUrl": f"/ws/reading/{session.pk}/",
        "book": {
            "id": book.pk,
            "title": book.title,
            "author": book.author,
            "language": book.language,
            "direction": direction(book.language),
            "wordCount": book.word_count,
            "pageCount": book.page_count,
        },
        "pageFirstWords": [page.first_word for page in text.pages],
        "pagesUrl": reverse("book-page", args=[book.pk, 1]).removesuffix("1/"),
        "thinkingUrl": reverse("thinking", args=[book.pk]),
        "position": {"wordIndex": session.word_index, "audioTimestamp": session.audio_timestamp},
        "resumeAtSentenceStart": classroom.resume_at_sentence_start,
        "pagesPerPrompt": AskAtPageEnd(classroom.ask_at_page_end).pages,
        "csrfToken": get_token(request),
        "libraryUrl": reverse("library"),
        "wordsUrl": reverse("word-help", args=[book.pk, 0]).removesuffix("0/"),
    }
    context = {
        "boot": boot,
        "book": book,
        "student": request.student,
        "speech_input": settings.SPEECH_INPUT,
    }
    return render(request, "reading/reader.html", context)


def _open_session(ticket: Ticket, book: Book) -> ReadingSession:
    """Return the child's open session of a book, where it is now; a new one after the last was finished.

    It is put into Redis here, so that connecting needs no SQL. With Redis away the page still
    opens where the checkpoint says; the socket comes back by itself.
    """
    session = _first_open(ticket, book)
    checkpoint.bring_up_to_date([session])
    try:
        if session.finished_at is not None:
            checkpoint.write([str(session.pk)])
            session = _first_open(ticket, book)
        run(store.seed(checkpoint.seed_of(session)))
    except RedisError as error:
        logger.warning("session %s opens from its checkpoint: %s", session.pk, error)
    return session


def _first_open(ticket: Ticket, book: Book) -> ReadingSession:
    sessions = own_sessions(ticket).select_related("student", "book")
    return sessions.get_or_create(student_id=ticket.student_id, book=book, finished_at=None)[0]


@require_GET
@cache_control(private=True, max_age=300)
@student_required
def page(request: StudentRequest, book_id: int, number: int) -> JsonResponse:
    """One page as the reader shows it: words with the white space after each, and where sentences begin."""
    try:
        book = readable_text(request.student, book_id)
    except Book.DoesNotExist:
        raise Http404 from None
    found = book.page(number)
    if found is None:
        raise Http404
    return JsonResponse(page_data(book, found))


def page_data(book: BookText, found: PageText) -> dict[str, object]:
    """Return a page as JSON data; words count through the book, from `firstWord`."""
    split = words.split(found.text)
    ends = [word.start for word in split[1:]] + [len(found.text)]
    shown = [
        [word.text, " " if found.text[word.end : end] else ""] for word, end in zip(split, ends, strict=True)
    ]
    starts = words.paragraph_starts(found.text)
    return {
        "number": found.number,
        "chapter": found.chapter,
        "firstWord": found.first_word,
        "paragraphs": [
            shown[start:end] for start, end in zip(starts, [*starts[1:], len(shown)], strict=True)
        ],
        "sentences": [found.first_word + start for start in words.sentence_starts(found.text, book.language)],
        "narrationUrl": reverse("narration", args=[book.id, found.number]),
    }
