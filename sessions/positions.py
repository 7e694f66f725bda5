"""Newest positions on their way from the sockets of a process to Redis.

A reading session's position is written at most once in PROGRESS_FLUSH_MS, unless somebody waits for
it: a pause, a question, a goodbye. The work is spread over turns, so that thousands of children who
say where they are once a second do not make one burst.
"""

import asyncio
from collections.abc import Callable

from sessions import metrics
from sessions.live import places
from sessions.live.records import LiveError, LiveProgress


class PositionWriter:
    """Writes positions in batches and tells `written` of each with the session's newest seq, or the refusal.

    There is one write at a time, or an older position could overtake a newer one, or a goodbye the
    position before it. Who comes meanwhile waits, and then one writes for all of them. Where Redis
    cannot be reached, positions are kept, unless newer ones have come, and tried again.
    """

    def __init__(self, written: Callable[[LiveProgress, int | LiveError], None], turns: int) -> None:
        """`turns`: in how many of them everything is written once; each socket has its place in one."""
        self._written = written
        self._waiting: tuple[dict[str, LiveProgress], ...] = tuple({} for _ in range(turns))
        self._next: dict[str, LiveProgress] = {}  # what the next write takes
        self._on_way: dict[str, LiveProgress] = {}  # what the write that is under way has taken
        self._told = 0  # since the last write: they are counted by the batch
        self._turn = 0
        self._writing: asyncio.Task[None] | None = None

    def put(self, progress: LiveProgress) -> None:
        """Keep a socket's newest position until its turn comes."""
        self._told += 1
        self._place(progress.owner)[progress.owner] = progress

    async def flush(self, owner: str) -> None:
        """Return once this socket's newest position is written. Raises RedisError."""
        if (progress := self._place(owner).pop(owner, None)) is not None:
            self._next[owner] = progress
        await self._until(lambda: owner not in self._next)

    async def withdraw(self, owner: str) -> LiveProgress | None:
        """Return a socket's newest position if it is not written; then nothing of it is on its way."""
        while self._writing is not None and owner in self._on_way:
            await asyncio.wait([self._writing])
        self._next.pop(owner, None)
        return self._place(owner).pop(owner, None)

    async def flush_turn(self) -> None:
        """Write the positions whose turn it is. Raises RedisError."""
        self._turn = (self._turn + 1) % len(self._waiting)
        await self._flush(self._waiting[self._turn])

    async def flush_all(self) -> None:
        """Return once everything that waits now is written. Raises RedisError."""
        await self._flush(*self._waiting)

    async def _flush(self, *not_sent: dict[str, LiveProgress]) -> None:
        for waiting in not_sent:
            self._next.update(waiting)
            waiting.clear()
        await self._until(lambda: not self._next)

    async def _until(self, done: Callable[[], bool]) -> None:
        while True:
            if self._writing is not None and not self._writing.done():
                await asyncio.shield(self._writing)
            elif done():
                return
            else:
                self._writing = asyncio.create_task(self._write(), name="write-positions")

    async def _write(self) -> None:
        batch, self._next = self._next, {}
        self._on_way = batch
        try:
            results = await places.progress(list(batch.values()))
        except BaseException:
            for owner, progress in batch.items():
                if owner not in self._next:
                    self._place(owner).setdefault(owner, progress)
            raise
        finally:
            self._on_way = {}
            metrics.TOLD.inc(self._told)
            self._told = 0
        metrics.WRITTEN.inc(len(batch))
        for progress, result in zip(batch.values(), results, strict=True):
            self._written(progress, result)

    def _place(self, owner: str) -> dict[str, LiveProgress]:
        return self._waiting[hash(owner) % len(self._waiting)]
