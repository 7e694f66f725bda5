"""Attendance: a process tells the index of live sessions whom it serves, newcomers soon, all in turn."""

from collections.abc import Mapping
from typing import Protocol

from sessions.live import index
from sessions.live.records import Present

CALL_MS = 2_000
_TURNS = index.REFRESH_SECONDS * 1000 // CALL_MS
_BATCH = 500  # sessions in one round trip


class Attendant(Protocol):
    """What is asked of a socket."""

    @property
    def present(self) -> Present | None:
        """The session whose child is connected here, once it is."""


class Attendance:
    """Whom of the sockets of one process, by owner, the index has been told."""

    def __init__(self, sockets: Mapping[str, Attendant]) -> None:
        self._sockets = sockets
        self._told: frozenset[str] = frozenset()
        self._turn = 0

    async def call(self) -> None:
        """Tell of those who are new, and of those whose turn it is. Raises RedisError."""
        self._turn = (self._turn + 1) % _TURNS
        here = {owner: present for owner, socket in self._sockets.items() if (present := socket.present)}
        due = [
            present
            for owner, present in here.items()
            if owner not in self._told or hash(owner) % _TURNS == self._turn
        ]
        for start in range(0, len(due), _BATCH):
            await index.enter(due[start : start + _BATCH])
        self._told = frozenset(here)
