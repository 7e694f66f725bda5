"""What the child has heard of a book: the only text a tutor is ever given."""

from typing import NamedTuple

from sessions import words
from sessions.shelf import book_text


class Heard(NamedTuple):
    """A book up to a word, with what helps to explain it."""

    text: str  # paragraphs separated by a blank line; ends with the word that was heard last
    language: str  # BCP 47
    glossary: dict[str, str]


def heard_of(book_id: int, word_index: int) -> Heard:
    """Return the book's words [0 .. word_index], the last one included; no SQL where it is on the shelf.

    An index beyond the end gives the whole book. Raises Book.DoesNotExist and django.db.Error.
    """
    book = book_text(book_id)
    texts = [
        page.text  # most pages are whole: to split them would take longer than all the rest of an answer
        if page.first_word + page.word_count <= word_index
        else _up_to(page.text, word_index - page.first_word)
        for page in book.pages
        if page.first_word <= word_index
    ]
    return Heard("\n\n".join(texts), book.language, book.glossary)


def _up_to(text: str, index: int) -> str:
    """Return a page's text up to its word `index`, or all of it where it has no such word."""
    spans = words.split(text)
    return text[: spans[index].end] if index < len(spans) else text
