"""What the child has heard of a book: the only text a tutor is ever given."""

from typing import NamedTuple

from sessions import words
from sessions.models import Book, Page


class Heard(NamedTuple):
    """A book up to a word, with what helps to explain it."""

    text: str  # paragraphs separated by a blank line; ends with the word that was heard last
    language: str  # BCP 47
    glossary: dict[str, str]


def heard_of(book_id: int, word_index: int) -> Heard:
    """Return the book's words [0 .. word_index], the last one included; two queries.

    An index beyond the end gives the whole book. Raises Book.DoesNotExist.
    """
    book = Book.objects.only("language", "glossary").get(pk=book_id)
    pages = Page.objects.filter(book_id=book_id, first_word__lte=word_index).order_by("number")
    texts = [
        _up_to(text, word_index - first_word) for text, first_word in pages.values_list("text", "first_word")
    ]
    return Heard("\n\n".join(texts), book.language, book.glossary)


def _up_to(text: str, index: int) -> str:
    """Return a page's text up to its word `index`, or all of it where it has no such word."""
    spans = words.split(text)
    return text[: spans[index].end] if index < len(spans) else text
