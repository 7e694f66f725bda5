"""A file of any kind that we know to a roster. Pure."""

from sessions.importing import errors
from sessions.importing.archive import Archive
from sessions.rosters import oneroster, plain
from sessions.rosters.roster import Refused, Roster
from sessions.rosters.tables import MAX_FILE_BYTES, read_table

_ZIP = b"PK\x03\x04"
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def read(name: str, data: bytes, school: str) -> Roster:
    """Return the roster in an uploaded file: a CSV, or a ZIP archive of OneRoster files.

    `school` is the school's name, by which an archive of several schools is read. Raises Refused.
    """
    within_limit(name, data)
    if not data.startswith(_ZIP):
        return plain.read(read_table(name, data))
    return oneroster.read(_unpacked(name, data), school)


def _unpacked(name: str, data: bytes) -> dict[str, bytes]:
    try:
        archive = Archive(data)
        if any(workbook in archive for workbook in _WORKBOOKS):
            raise Refused(f"{name} is a spreadsheet: save it as CSV (UTF-8), and import that.")
        return {file: within_limit(file, archive.read(file)) for file in oneroster.READ if file in archive}
    except errors.Refused as error:
        raise Refused(f"{name} {error}") from None


def within_limit(name: str, data: bytes) -> bytes:
    """Return the bytes of a file that is not too large; raises Refused."""
    if len(data) > MAX_FILE_BYTES:
        raise Refused(f"{name} is larger than {MAX_FILE_BYTES // 2**20} MB: import one school at a time.")
    return data
