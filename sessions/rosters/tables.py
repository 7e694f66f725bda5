"""One CSV file that a school's office made, as rows with named cells. Pure.

Spreadsheets write commas, semicolons or tabs, UTF-8, UTF-16 or the letters of Windows; all are read.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sessions.formulas import escaped, unescaped
from sessions.rosters.roster import Place, Problem, Refused, tidy

MAX_FILE_BYTES = 10 * 2**20
MAX_ROWS = 50_000
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
_DELIMITERS = ",;\t"

WINDOWS_LETTERS = "{file} is not UTF-8 and was read with the letters of Windows: look at names with accents."


@dataclass(frozen=True)
class Row:
    """One row: its number in the spreadsheet and its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, column: str = "") -> Place:
        """Return where this row, or one cell of it, stands."""
        return Place(self.file, self.number, column)


@dataclass(frozen=True)
class Table:
    """A file's columns, by plain names, and its rows that are not empty."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def read_table(file: str, data: bytes) -> Table:
    """Return the table in a CSV file; raises Refused where there is none.

    Column names are in small letters without spaces and signs: "Student ID" is `studentid`.
    """
    text, notes = _decoded(file, data)
    records = _records(file, text)
    header = next(records, None)
    if header is None:
        raise Refused(f"{file} is empty: the first row names the columns.")
    columns = tuple(_plain(cell) for cell in header[1])
    for name, shown in zip(columns, header[1], strict=True):
        if name and columns.count(name) > 1:
            raise Refused(f"{file}, row {header[0]}: two columns are called {shown!r}. Leave one out.")
    rows, problems = [], []
    for number, cells in records:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            text = (
                f"has {len(cells)} cells, and the first row only {len(columns)}: put a cell that has the "
                "separator in it into quotes"
            )
            problems.append(Problem(Place(file, number), text))
            continue
        named = zip(columns, cells, strict=False)
        rows.append(Row(file, number, {name: unescaped(tidy(cell)) for name, cell in named if name}))
        if len(rows) > MAX_ROWS:
            raise Refused(f"{file} has more than {MAX_ROWS:,} rows: import one school at a time.")
    return Table(file, tuple(filter(None, columns)), tuple(rows), tuple(problems), notes)


def write_table(columns: list[str], rows: list[list[str]]) -> str:
    """Return CSV text that a spreadsheet opens without running anything in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[escaped(cell) for cell in row] for row in rows])
    return out.getvalue()


def _decoded(file: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.startswith(_OLD_EXCEL):
        raise Refused(f"{file} is an Excel file: save it as CSV (UTF-8), and import that.")
    notes: tuple[str, ...] = ()
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("cp1252")
                notes = (WINDOWS_LETTERS.format(file=file),)
    except UnicodeDecodeError:
        raise Refused(f"{file} is not a text file we can read: save it as CSV (UTF-8).") from None
    if "\x00" in text:
        raise Refused(f"{file} is not a text file: save it as CSV (UTF-8).")
    return text, notes


def _records(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not empty with its number from 1, empty ones counted."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise Refused(
            f"{file}, row {number + 1}: {error}. Look for a quotation mark that is not closed."
        ) from None


def _plain(column: str) -> str:
    return re.sub(r"[\W_]+", "", column).lower()
