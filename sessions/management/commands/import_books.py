"""Bring books into the library from EPUB, plain text and Markdown files."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from sessions.importing import ImportResult, Status, find_files, import_path
from sessions.importing.content import language_tag
from sessions.management.school_option import find_school


class Command(BaseCommand):
    """Import every book that the paths name."""

    help = (
        "Import books: EPUB 2 and 3 (without DRM), plain text (UTF-8, or UTF-16 with its mark) and"
        " Markdown with front matter (NAME.svg beside NAME.md is its cover). Folders are searched in"
        " sorted order. The same text is imported once; what has changed about it is updated. A file"
        " that cannot be a book gets one line and exit status 1; the others are imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the paths and options."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
        parser.add_argument(
            "--school", metavar="NAME_OR_ID", help="only this school may read them (default: all)"
        )
        parser.add_argument(
            "--language",
            metavar="TAG",
            default="",
            help="language of the files that do not say theirs, for example fr (default: by their script)",
        )
        parser.add_argument("--json", action="store_true", help="print the results as a JSON list")

    def handle(
        self, *, paths: list[Path], school: str | None, language: str, json: bool, **options: Any
    ) -> None:
        """Import, report, and end with status 1 if anything was refused."""
        owner = find_school(school) if school is not None else None
        tag = language_tag(language)
        if language and not tag:
            raise CommandError(f"--language: {language!r} is no language tag such as en, fr or pt-BR")
        files = [file for path in paths for file in find_files(path)]
        results: list[ImportResult] = []
        with tqdm(files, unit="book", file=sys.stderr, disable=None, leave=False) as progress:
            for file in progress:
                result = file if isinstance(file, ImportResult) else import_path(file, owner, tag)
                results.append(result)
                if result.status is Status.REFUSED:
                    progress.clear()
                    self.stderr.write(f"{_shown(result.path)}: {result.reason}")
                elif not json:
                    progress.clear()
                    self.stdout.write(_line(result))
        if json:
            self.stdout.write(_as_json(results))
        if any(result.status is Status.REFUSED for result in results):
            sys.exit(1)


def _line(result: ImportResult) -> str:
    book = result.book
    assert book is not None  # only a refused file has none
    grade = "" if book.level is None else f", grade {book.level:.1f}"
    length = f"{book.word_count:,} words, {book.page_count} page{'' if book.page_count == 1 else 's'}"
    return f"{result.status}: {book.title} ({book.language}, {length}{grade})"


def _as_json(results: list[ImportResult]) -> str:
    return json.dumps([result.as_json() for result in results], indent=2, ensure_ascii=True)


def _shown(path: Path) -> str:
    """Return a path that is one line on any terminal, whatever bytes its name has."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in str(path)
    )
