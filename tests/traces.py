"""Where a word is to be found: in every table, in all of Redis, in the names and contents of the media."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from sessions.live.blocking import run
from sessions.live.connection import client


def found(*words: str) -> set[str]:
    """Return the tables, Redis keys and files that hold one of these words, in whatever case."""
    wanted = [word.casefold() for word in words]
    held = {**_tables(), **run(_redis()), **_files()}
    return {place for place, text in held.items() if any(word in text.casefold() for word in wanted)}


def files(folder: str) -> set[str]:
    """Return the names of the files in a folder of the media."""
    return {path.name for path in (Path(settings.MEDIA_ROOT) / folder).glob("*")}


def _tables() -> dict[str, str]:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(t::text, E'\\n') FROM \"{table}\" t")
            rows[f"table {table}"] = cursor.fetchone()[0] or ""
    return rows


async def _redis() -> dict[str, str]:
    read: dict[bytes, Any] = {
        b"string": client().get,
        b"hash": client().hgetall,
        b"zset": lambda name: client().zrange(name, 0, -1),
        b"set": client().smembers,
        b"list": lambda name: client().lrange(name, 0, -1),
        b"stream": client().xrange,
    }
    held = {}
    async for name in client().scan_iter():
        value = await read[await client().type(name)](name)
        held[f"Redis {name.decode()}"] = f"{name.decode()} {value!r}"
    return held


def _files() -> dict[str, str]:
    paths = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return {f"file {path}": path.read_bytes().decode("latin-1") for path in paths}
