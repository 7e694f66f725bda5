"""The shelf: a book's text from memory, Redis or PostgreSQL, and never one that was taken off."""

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from sessions import shelf
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.models import Book, Page
from sessions.recent import Recent


@pytest.fixture(autouse=True)
def memory(monkeypatch) -> None:
    """This process has read nothing yet."""
    forget(monkeypatch)


def forget(monkeypatch) -> None:
    """As another process would, know no book."""
    monkeypatch.setattr(shelf, "_memory", Recent(shelf._MEMORY_BYTES))


def make_book(**fields) -> Book:
    book = Book.objects.create(
        **{"title": "The Owl", "content_hash": "owl", "word_count": 4, "page_count": 2, **fields}
    )
    Page.objects.create(book=book, number=2, chapter="Two", text="The end.", first_word=2, word_count=2)
    Page.objects.create(book=book, number=1, chapter="One", text="Night fell.", first_word=0, word_count=2)
    return book


@pytest.fixture
def owl_book(db) -> Book:
    return make_book(glossary={"owl": "a bird of the night"}, language="en-GB", author="Ms Rivera")


@pytest.fixture
def no_redis(monkeypatch) -> None:
    """Redis is away."""

    def away(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    monkeypatch.setattr(shelf, "run", away)


def lose_postgresql(monkeypatch) -> None:
    def away(book_id):
        raise OperationalError("gone")

    monkeypatch.setattr(shelf, "_from_postgresql", away)


def in_redis(book: Book) -> bytes | None:
    async def get() -> bytes | None:
        return await client().get(shelf._key(book.pk))

    return run(get())


def test_a_book_comes_whole_with_its_pages_in_order(owl_book):
    book = shelf.book_text(owl_book.pk)
    assert (book.id, book.school_id, book.title, book.author) == (owl_book.pk, None, "The Owl", "Ms Rivera")
    assert (book.language, book.glossary, book.word_count) == ("en-GB", {"owl": "a bird of the night"}, 4)
    assert [(page.chapter, page.text, page.first_word) for page in book.pages] == [
        ("One", "Night fell.", 0),
        ("Two", "The end.", 2),
    ]
    assert book.page(2) is book.pages[1]
    assert book.page(3) is None


def test_only_the_first_process_asks_postgresql(owl_book, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(2):
        first = shelf.book_text(owl_book.pk)
    with django_assert_num_queries(0):
        assert shelf.book_text(owl_book.pk) is first
        forget(monkeypatch)
        assert shelf.book_text(owl_book.pk) == first


def test_a_book_that_is_not_there_says_so(db):
    with pytest.raises(Book.DoesNotExist):
        shelf.book_text(404)


def test_a_deleted_book_is_gone_at_once(owl_book):
    shelf.book_text(owl_book.pk)
    pk = owl_book.pk
    owl_book.delete()
    with pytest.raises(Book.DoesNotExist):
        shelf.book_text(pk)


def test_a_book_that_moves_to_a_school_is_that_schools_at_once(owl_book, willow, monkeypatch):
    shelf.book_text(owl_book.pk)
    owl_book.school = willow
    owl_book.save()
    assert shelf.book_text(owl_book.pk).school_id == willow.pk
    forget(monkeypatch)
    assert shelf.book_text(owl_book.pk).school_id == willow.pk


def test_another_processes_copy_is_renewed_when_it_is_no_longer_fresh(owl_book, willow, monkeypatch):
    monkeypatch.setattr(shelf, "_FRESH_SECONDS", 0)
    there = shelf.book_text(owl_book.pk)
    assert shelf.book_text(owl_book.pk) is there, "Redis has the same: it is not read again"
    other = shelf._memory.get(owl_book.pk)
    owl_book.school = willow
    owl_book.save()
    shelf._keep(other)
    assert shelf.book_text(owl_book.pk).school_id == willow.pk


def test_what_was_read_before_a_change_is_not_put_back_after_it(owl_book, monkeypatch):
    read = shelf._from_postgresql

    def changed_meanwhile(book_id):
        book = read(book_id)
        shelf.remove(book_id)
        return book

    monkeypatch.setattr(shelf, "_from_postgresql", changed_meanwhile)
    shelf.book_text(owl_book.pk)
    assert in_redis(owl_book) == b""


def test_with_postgresql_away_the_shelf_in_redis_serves_a_new_process(owl_book, monkeypatch):
    book = shelf.book_text(owl_book.pk)
    forget(monkeypatch)
    lose_postgresql(monkeypatch)
    assert shelf.book_text(owl_book.pk) == book


def test_with_postgresql_away_a_book_that_nobody_has_read_is_refused(owl_book, monkeypatch):
    lose_postgresql(monkeypatch)
    with pytest.raises(OperationalError):
        shelf.book_text(owl_book.pk)


def test_with_redis_away_postgresql_serves(owl_book, no_redis):
    assert shelf.book_text(owl_book.pk).title == "The Owl"


def test_with_both_away_a_process_goes_on_with_its_own_copy(owl_book, no_redis, monkeypatch):
    monkeypatch.setattr(shelf, "_FRESH_SECONDS", 0)
    book = shelf.book_text(owl_book.pk)
    lose_postgresql(monkeypatch)
    assert shelf.book_text(owl_book.pk) is book


def test_with_postgresql_away_a_book_that_was_taken_off_is_not_served(owl_book, monkeypatch):
    monkeypatch.setattr(shelf, "_FRESH_SECONDS", 0)
    shelf.book_text(owl_book.pk)
    copy = shelf._memory.get(owl_book.pk)
    shelf.remove(owl_book.pk)
    shelf._keep(copy)
    lose_postgresql(monkeypatch)
    with pytest.raises(OperationalError):
        shelf.book_text(owl_book.pk)


def test_memory_is_bounded_and_keeps_what_was_used_last(db, monkeypatch):
    books = [make_book(content_hash=f"owl {number}") for number in range(4)]
    shelf.book_text(books[0].pk)
    monkeypatch.setattr(shelf, "_memory", Recent(shelf._memory.get(books[0].pk).size * 7 // 2))
    for book in books[:3]:
        shelf.book_text(book.pk)
    shelf.book_text(books[0].pk)
    shelf.book_text(books[3].pk)
    assert [shelf._memory.get(book.pk) is not None for book in books] == [True, False, True, True]
