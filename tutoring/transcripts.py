"""What was asked in a reading session, where in the book, and how much of each answer was heard."""

from collections.abc import Iterable
from typing import NamedTuple

from sessions import words
from sessions.shelf import BookText, find_book_text
from tutoring.models import Question

_WORDS_BEFORE = 12


class Told(NamedTuple):
    """One turn as a transcript shows it."""

    question: Question
    place: str  # the last words that were heard before the question


def transcript(questions: Iterable[Question]) -> list[Told]:
    """Return the questions with their places; no SQL for books on the shelf. Raises django.db.Error."""
    books: dict[int, BookText | None] = {}
    told = []
    for question in questions:
        book_id = question.session.book_id
        if book_id not in books:
            books[book_id] = find_book_text(book_id)
        book = books[book_id]
        told.append(Told(question, place_of(book, question.word_index) if book else ""))
    return told


def place_of(book: BookText, word_index: int) -> str:
    """Return the last words of a book up to one of them, that one included; only from its own page."""
    for page in book.pages:
        number = word_index - page.first_word
        if 0 <= number < page.word_count:
            split = words.split(page.text)[: number + 1]
            first = max(0, number + 1 - _WORDS_BEFORE)
            return ("… " if first else "") + " ".join(word.text for word in split[first:])
    return ""
