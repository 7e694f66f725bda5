"""Commands of many callers in one round trip.

While a batch is on its way, whoever comes waits for the next one: alone, a command goes out at once;
in a rush of thousands the cost of a round trip is shared by all who came meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

_ON_WAY = 2  # batches at once
_LARGEST = 500  # callers in one batch

Request = TypeVar("Request")
Reply = TypeVar("Reply")


class Batches(Generic[Request, Reply]):
    """Sends what the callers of one event loop want by `send`, which returns a reply for each request."""

    def __init__(self, send: Callable[[list[Request]], Awaitable[list[Reply]]]) -> None:
        self._send = send
        self._waiting: list[tuple[Sequence[Request], asyncio.Future[list[Reply]]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, requests: Sequence[Request]) -> list[Reply]:
        """Return the replies to these requests, sent together and in order. Raises what `send` raises."""
        future: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()
        self._waiting.append((requests, future))
        if len(self._tasks) < _ON_WAY:
            self._start()
        return await future

    def _start(self) -> None:
        task = asyncio.create_task(self._run())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._waiting:
            self._start()

    async def _run(self) -> None:
        if not self._waiting:  # another that began in the same round has taken them all
            return
        batch, self._waiting = self._waiting[:_LARGEST], self._waiting[_LARGEST:]
        try:
            replies = await self._send([request for requests, _ in batch for request in requests])
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        start = 0
        for requests, future in batch:
            if not future.done():  # else its caller has gone
                future.set_result(replies[start : start + len(requests)])
            start += len(requests)
