"""The tutor gets the words up to the heard one, and nothing of the book beyond it."""

import pytest

from sessions import words
from sessions.models import Book, Page
from tutoring.heard import heard_of

pytestmark = pytest.mark.django_db

PAGES = [
    "Mr. Owl woke up.\n\nThe moon — round and white — was late.",
    "“Who is there?” he asked…\n\nNobody answered, not even the $24.50 clock.",
    "夜だった。 The end.",
]


@pytest.fixture
def book() -> Book:
    """Three pages with everything that makes counting words hard."""
    book = Book.objects.create(
        content_hash="0" * 64,
        title="Mr. Owl",
        word_count=0,
        page_count=len(PAGES),
        glossary={"moon": "a lamp"},
    )
    first_word = 0
    for number, text in enumerate(PAGES, 1):
        count = len(words.split(text))
        Page.objects.create(book=book, number=number, text=text, first_word=first_word, word_count=count)
        first_word += count
    Book.objects.filter(pk=book.pk).update(word_count=first_word)
    book.refresh_from_db()
    return book


def test_every_position_hears_exactly_the_words_up_to_it(book):
    shown = [word.text for text in PAGES for word in words.split(text)]
    for index in range(book.word_count):
        heard = heard_of(book.pk, index)
        assert [word.text for word in words.split(heard.text)] == shown[: index + 1]


def test_the_end_of_the_book_and_beyond_is_the_whole_book(book):
    assert heard_of(book.pk, book.word_count).text == "\n\n".join(PAGES)
    assert heard_of(book.pk, 2**31 - 1).text == "\n\n".join(PAGES)


def test_language_and_glossary_come_with_it(book):
    heard = heard_of(book.pk, 0)
    assert (heard.language, heard.glossary) == ("en", {"moon": "a lamp"})


def test_a_book_that_is_being_read_costs_no_query(book, django_assert_num_queries):
    heard_of(book.pk, 3)
    with django_assert_num_queries(0):
        heard_of(book.pk, 4)


def test_a_book_that_is_gone_says_so():
    with pytest.raises(Book.DoesNotExist):
        heard_of(404_404, 0)
