"""The shelf: the text of each book that is being read, within reach of every process without PostgreSQL.

A book is looked up in this process's memory, then in Redis, then in PostgreSQL, and put back where it
was missing. The words of a book never change; what is said about it (title, glossary, whose it is) may.
Saving or deleting a Book therefore takes it off the shelf in Redis at once, and off the memory of other
processes within `_FRESH_SECONDS`; whoever changes rows in another way (`QuerySet.update`) calls `remove`.
"""

import logging
import time
import zlib
from bisect import bisect_right
from functools import partial
from typing import Any, NamedTuple

import msgspec
from django.db import Error, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from redis.exceptions import RedisError

from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.models import Book
from sessions.recent import Recent

logger = logging.getLogger(__name__)

_FORMAT = 1  # part of every key: raise it when the structures below change
_REDIS_SECONDS = 3 * 24 * 3600  # since a process last looked
_FRESH_SECONDS = 60  # then a process asks Redis whether its copy is still the one
_MEMORY_BYTES = 64 * 2**20  # per process; the library's novels are about 0.5 MB each
# A book that was taken off stays off for so long: nobody puts back what was read before the change.
_EMPTY_SECONDS = 60
_EMPTY = b""


class PageText(msgspec.Struct, frozen=True, array_like=True):
    """A page as it was imported; its words count through the book, from `first_word`."""

    id: int
    number: int
    chapter: str
    text: str
    first_word: int
    word_count: int


class BookText(msgspec.Struct, frozen=True, array_like=True):
    """A book and its pages in order; `school_id` None: every school may read it."""

    id: int
    school_id: int | None
    title: str
    author: str
    language: str  # BCP 47
    glossary: dict[str, str]
    word_count: int
    pages: tuple[PageText, ...]

    def page(self, number: int) -> PageText | None:
        """Return the page with this number, which counts from 1."""
        return next((page for page in self.pages if page.number == number), None)

    def page_of(self, word_index: int) -> PageText:
        """Return the page on which a word is; behind the last word, the last page."""
        return self.pages[bisect_right(self.pages, word_index, key=lambda page: page.first_word) - 1]


class _Copy(NamedTuple):
    """A book in memory; `mark` tells whether Redis still has the same."""

    book: BookText
    size: int
    mark: int
    fresh_until: float


_memory: Recent[int, _Copy] = Recent(_MEMORY_BYTES)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(BookText).decode


def book_text(book_id: int) -> BookText:
    """Return a book's text; no SQL where it is on the shelf. Thread-safe, for code without an event loop.

    Raises Book.DoesNotExist, and django.db.Error where PostgreSQL is away and nobody else has it.
    """
    copy = _memory.get(book_id)
    if copy is not None and time.monotonic() < copy.fresh_until:
        return copy.book
    shelved = _from_redis(book_id)
    if shelved:
        if copy is None or copy.mark != hash(shelved):
            return _remember(shelved)
        _keep(copy._replace(fresh_until=time.monotonic() + _FRESH_SECONDS))
        return copy.book
    try:
        book = _from_postgresql(book_id)
    except Book.DoesNotExist:
        _memory.drop(book_id)
        raise
    except Error:
        if copy is None or shelved == _EMPTY:
            raise
        return copy.book  # neither server has it: better an old copy than none
    packed = zlib.compress(_encode(book))
    if shelved is None:
        _into_redis(book_id, packed)
    return _remember(packed)


def find_book_text(book_id: int) -> BookText | None:
    """Return a book's text likewise; None: it was deleted meanwhile. Raises django.db.Error."""
    try:
        return book_text(book_id)
    except Book.DoesNotExist:
        return None


def remove(book_id: int) -> None:
    """Take a book off the shelf, because its row was changed or deleted."""
    _memory.drop(book_id)
    try:
        run(_set(book_id, _EMPTY, _EMPTY_SECONDS))
    except RedisError as error:
        logger.error(
            "book %s stays on the shelf (%s): save it again once Redis is back", book_id, type(error).__name__
        )


@receiver([post_save, post_delete], sender=Book)
def _row_changed(sender: type[Book], instance: Book, created: bool = False, **_: Any) -> None:
    """At once, so that a process that dies now has done it; and once others can see the change."""
    if not created:
        remove(instance.pk)
        transaction.on_commit(partial(remove, instance.pk))


def _remember(packed: bytes) -> BookText:
    text = zlib.decompress(packed)
    book = _decode(text)
    _keep(_Copy(book, len(text), hash(packed), time.monotonic() + _FRESH_SECONDS))
    return book


def _keep(copy: _Copy) -> None:
    _memory.put(copy.book.id, copy, copy.size)


def _from_postgresql(book_id: int) -> BookText:
    book = Book.objects.defer("cover_svg", "summary").get(pk=book_id)
    pages = book.pages.order_by("number").values_list(*PageText.__struct_fields__)
    return BookText(
        book.pk,
        book.school_id,
        book.title,
        book.author,
        book.language,
        book.glossary,
        book.word_count,
        tuple(PageText(*page) for page in pages),
    )


def _from_redis(book_id: int) -> bytes | None:
    """Return what Redis has: None nothing (or Redis is away), `_EMPTY` for a book that was taken off."""
    try:
        return run(_get(book_id))
    except RedisError as error:
        logger.warning("book %s: Redis cannot be asked: %s", book_id, type(error).__name__)
        return None


def _into_redis(book_id: int, packed: bytes) -> None:
    try:
        run(_set(book_id, packed, _REDIS_SECONDS, only_if_missing=True))
    except RedisError as error:
        logger.warning("book %s is not on the shelf: %s", book_id, type(error).__name__)


async def _get(book_id: int) -> bytes | None:
    packed: bytes | None = await client().get(_key(book_id))
    if packed:
        await client().expire(_key(book_id), _REDIS_SECONDS)
    return packed


async def _set(book_id: int, value: bytes, seconds: int, *, only_if_missing: bool = False) -> None:
    await client().set(_key(book_id), value, ex=seconds, nx=only_if_missing)


def _key(book_id: int) -> str:
    return f"book:{book_id}:{_FORMAT}"
