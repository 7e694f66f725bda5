"""A path to a book's content: which files count, which importer reads them."""

from collections.abc import Iterator
from pathlib import Path

from sessions.importing import epub, limits, markdown, plain, svg
from sessions.importing.content import BookContent
from sessions.importing.errors import Refused

_MARKDOWN = {".md", ".markdown"}
_PLAIN = {".txt", ".text"}
_EPUB = {".epub"}
SUFFIXES = _MARKDOWN | _PLAIN | _EPUB


def book_files(path: Path) -> Iterator[Path]:
    """Yield the files a path stands for: itself, or in sorted order every book in a folder and below.

    A folder's hidden files and symbolic links are passed over. Raises Refused where the path
    cannot be a book or holds none.
    """
    if not path.exists():
        raise Refused("does not exist")
    if not path.is_dir():
        yield path
        return
    try:
        inside = sorted(path.rglob("*"))
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None
    books = [file for file in inside if _is_book_in_folder(file, path)]
    if not books:
        raise Refused(f"holds no book ({', '.join(sorted(SUFFIXES))})")
    yield from books


def _is_book_in_folder(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    readme = file.stem.lower() == "readme"
    return (
        file.suffix.lower() in SUFFIXES
        and not hidden
        and not readme
        and not file.is_symlink()
        and file.is_file()
    )


def read_book(path: Path) -> BookContent:
    """Return the content of a book file; raises Refused."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused(f"is no kind of book that can be imported ({', '.join(sorted(SUFFIXES))})")
    data = _bytes(path)
    if suffix in _EPUB:
        return epub.read(data, path.stem)
    if suffix in _PLAIN:
        return plain.read(data, path.stem)
    cover = path.with_suffix(".svg")
    return markdown.read(data, path.stem, svg.read_cover(_bytes(cover)) if cover.is_file() else "")


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Refused("is not a file")
        with path.open("rb") as file:
            data = file.read(limits.MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None
    if len(data) > limits.MAX_FILE_BYTES:
        raise Refused(f"is larger than {limits.MAX_FILE_BYTES // 2**20} MB")
    if not data:
        raise Refused("is empty")
    return data
