"""Files to books: `import_path` is the one entrance."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sessions.importing.content import BookContent
from sessions.importing.errors import Refused
from sessions.importing.source import book_files, read_book
from sessions.importing.store import Status, store_book
from sessions.languages import guess
from sessions.models import Book, School

__all__ = ["ImportResult", "Refused", "Status", "find_files", "import_path"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImportResult:
    """What became of one file: a book, or a reason in one line why not."""

    path: Path
    status: Status
    book: Book | None = None
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the result as `import_books --json` prints it."""
        book = self.book
        about = {} if book is None else {
            "id": book.pk, "title": book.title, "author": book.author, "language": book.language,
            "level": book.level, "words": book.word_count, "pages": book.page_count,
        }  # fmt: skip
        return {
            "path": str(self.path),
            "status": self.status,
            "reason": self.reason or None,
            "book": about or None,
        }


def find_files(path: Path) -> Iterator[Path | ImportResult]:
    """Yield the book files a path stands for, or one refusal."""
    try:
        yield from book_files(path)
    except Refused as error:
        yield ImportResult(path, Status.REFUSED, reason=str(error))


def import_path(path: Path, school: School | None = None, language: str = "") -> ImportResult:
    """Import one file, for one school or for all; a file that cannot be a book is refused, never raised.

    A file that does not say its language is in `language`, or in the one that its script suggests.
    Raises only what is wrong with the database.
    """
    try:
        content = in_a_language(read_book(path), language)
    except Refused as error:
        return ImportResult(path, Status.REFUSED, reason=" ".join(str(error).split()))
    except Exception as error:
        # The parsers meet files that nobody has seen before; one of them must not stop the others.
        _log.debug("unforeseen while reading %s", path, exc_info=True)
        return ImportResult(path, Status.REFUSED, reason=f"cannot be understood ({type(error).__name__})")
    book, status = store_book(content, school)
    return ImportResult(path, status, book)


def in_a_language(content: BookContent, language: str) -> BookContent:
    """Return the book with its language, which is `language` or guessed where the file does not say."""
    if content.language:
        return content
    return replace(content, language=language or guess("".join(chapter.text for chapter in content.chapters)))
