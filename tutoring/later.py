"""Rows that PostgreSQL gets later: kept in a Redis hash, id -> fields, until somebody writes them."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.db import DataError, IntegrityError, models
from redis.exceptions import RedisError

from sessions.live.blocking import run
from sessions.live.connection import client

logger = logging.getLogger(__name__)

BATCH = 500


class Later:
    """The rows of one model that wait, under one Redis key."""

    def __init__(self, model: type[models.Model], key: str) -> None:
        self._model = model
        self._key = key

    def keep(self, row_id: str, fields: Mapping[str, Any]) -> None:
        """Keep a row's fields (JSON data, dates, UUIDs) for later; with Redis away it is lost and logged."""
        try:
            run(self._add(row_id, msgspec.json.encode(fields)))
        except RedisError as error:
            logger.error("%s %s is lost: %s", self._model.__name__, row_id, type(error).__name__)

    def write_all(self) -> int:
        """Write every row that waits; return how many. A row that PostgreSQL has by now stays as it is there.

        Safe to run at any time and at once. Raises django.db.Error while PostgreSQL is away, and RedisError.
        """
        written = 0
        while waiting := run(self._waiting()):
            rows = {row_id: self._model(**msgspec.json.decode(fields)) for row_id, fields in waiting.items()}
            try:
                written += self._write(list(rows.values()))
            except (IntegrityError, DataError):  # one of them: its session was deleted meanwhile
                written += sum(self._write_alone(row_id, row) for row_id, row in rows.items())
            run(self._remove(list(waiting)))
        return written

    def take(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Take the rows that are wanted off the list; return their fields. Raises RedisError."""
        taken = {
            row_id: fields
            for row_id, packed in run(self._all()).items()
            if wanted(fields := msgspec.json.decode(packed))
        }
        if taken:
            run(self._remove(list(taken)))
        return list(taken.values())

    def _write(self, rows: list[models.Model]) -> int:
        self._model._default_manager.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def _write_alone(self, row_id: str, row: models.Model) -> int:
        try:
            return self._write([row])
        except (IntegrityError, DataError) as error:
            logger.warning(
                "%s %s is not wanted any more: %s", self._model.__name__, row_id, type(error).__name__
            )
            return 0

    async def _add(self, row_id: str, fields: bytes) -> None:
        await client().hset(self._key, row_id, fields)

    async def _all(self) -> dict[str, bytes]:
        return {
            row_id.decode(): fields async for row_id, fields in client().hscan_iter(self._key, count=BATCH)
        }

    async def _waiting(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        async for row_id, fields in client().hscan_iter(self._key, count=BATCH):
            found[row_id.decode()] = fields
            if len(found) >= BATCH:
                break
        return found

    async def _remove(self, row_ids: list[str]) -> None:
        await client().hdel(self._key, *row_ids)
