"""A ZIP archive that nobody vouches for: read in memory, within limits, never unpacked to disk."""

import lzma
import stat
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath

from sessions.importing import limits
from sessions.importing.errors import Refused

# What zipfile raises, over the versions, for archives that are damaged or made to do damage.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError,
    OverflowError, RuntimeError, UnicodeError, ValueError, IndexError, MemoryError,
)  # fmt: skip


class Archive:
    """The files of a ZIP archive by name; everything about it is checked before the first is read."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            entries = self._zip.infolist()
        except _DAMAGE as error:
            raise Refused(f"is not an intact ZIP archive: {_reason(error)}") from None
        if len(entries) > limits.MAX_ENTRIES:
            raise Refused(f"holds {len(entries):,} files, more than {limits.MAX_ENTRIES:,}")
        if sum(entry.file_size for entry in entries) > limits.MAX_UNPACKED_BYTES:
            raise Refused(f"unpacks to more than {limits.MAX_UNPACKED_BYTES // 2**20} MB")
        for entry in entries:
            _check(entry)
        self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        self._by_lower_case = {name.lower(): name for name in self._entries}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._by_lower_case

    def read(self, name: str) -> bytes:
        """Return a file's bytes; capital letters may differ, as on the disks that many EPUBs come from."""
        try:
            entry = self._entries[name if name in self._entries else self._by_lower_case[name.lower()]]
        except KeyError:
            raise Refused(f"{_shown(name)} is missing from the archive") from None
        try:
            with self._zip.open(entry) as file:
                data = file.read(limits.MAX_ENTRY_BYTES + 1)
        except _DAMAGE as error:
            raise Refused(f"{_shown(name)} in the archive is damaged: {_reason(error)}") from None
        if len(data) > limits.MAX_ENTRY_BYTES:
            raise Refused(
                f"{_shown(name)} in the archive is larger than {limits.MAX_ENTRY_BYTES // 2**20} MB"
            )
        return data


def _check(entry: zipfile.ZipInfo) -> None:
    # orig_filename: zipfile itself cuts a name at NUL and turns the platform's separators.
    name = entry.orig_filename
    shown = _shown(name)
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name or name[1:2] == ":":
        raise Refused(f"has an unsafe path in the archive: {shown}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"has a symbolic link in the archive: {shown}")
    if entry.flag_bits & 0x1:
        raise Refused(f"is encrypted: {shown} needs a password")
    if entry.file_size > limits.MAX_ENTRY_BYTES:
        raise Refused(f"{shown} in the archive is larger than {limits.MAX_ENTRY_BYTES // 2**20} MB")
    ratio = entry.file_size // max(1, entry.compress_size)
    if entry.file_size > limits.RATIO_COUNTS_FROM_BYTES and ratio > limits.MAX_RATIO:
        raise Refused(f"is a ZIP bomb: {shown} unpacks to {ratio:,} times its size")


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 100 else name[:100] + "...")


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
