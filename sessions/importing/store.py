"""A book's content into the database: all of it, or nothing."""

from enum import StrEnum

from django.db import IntegrityError, transaction

from sessions import level
from sessions.importing.content import BookContent
from sessions.models import Book, Page, School
from sessions.paging import paginate

_PAGES_AT_ONCE = 500


class Status(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    UPDATED = "updated"  # the text was there; what is said about it has changed
    ALREADY_THERE = "already there"
    REFUSED = "refused"


def store_book(content: BookContent, school: School | None) -> tuple[Book, Status]:
    """Store a book for a school, or for all; the same text is the same book, so twice is once."""
    book = Book.objects.filter(school=school, content_hash=content.content_hash).first()
    if book is None:
        try:
            return _create(content, school), Status.IMPORTED
        except IntegrityError:  # another import was faster
            book = Book.objects.get(school=school, content_hash=content.content_hash)
    return book, _update(book, content)


def _about(content: BookContent) -> dict[str, object]:
    """Return what may change while the text stays: the fields of Book that come from the file."""
    return {
        "title": content.title,
        "author": content.author,
        "language": content.language,
        "licence": content.licence,
        "summary": content.summary,
        "glossary": dict(content.glossary),
        "cover_svg": content.cover_svg,
        "level": level.grade("\n\n".join(chapter.text for chapter in content.chapters), content.language),
    }


def _create(content: BookContent, school: School | None) -> Book:
    about = _about(content)
    pages = paginate(content.chapters, about["level"], content.language)
    with transaction.atomic():
        book = Book.objects.create(
            school=school,
            content_hash=content.content_hash,
            word_count=pages[-1].first_word + pages[-1].word_count,
            page_count=len(pages),
            **about,
        )
        Page.objects.bulk_create(
            (Page(book=book, number=number, **page._asdict()) for number, page in enumerate(pages, start=1)),
            batch_size=_PAGES_AT_ONCE,
        )
    return book


def _update(book: Book, content: BookContent) -> Status:
    changed = {name: value for name, value in _about(content).items() if getattr(book, name) != value}
    if not changed:
        return Status.ALREADY_THERE
    for name, value in changed.items():
        setattr(book, name, value)
    book.save(update_fields=list(changed))
    return Status.UPDATED
