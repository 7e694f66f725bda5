"""Batches of commands to one Redis over few connections that stay open: one write, then the replies in order.

redis-py's layers around each command and each reply cost several times what the exchange does.
"""

import asyncio
import select
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakSet

import hiredis
from redis.asyncio import ConnectionPool, SentinelConnectionPool
from redis.asyncio.connection import DefaultParser
from redis.exceptions import ConnectionError, InvalidResponse, ReadOnlyError, RedisError
from redis.exceptions import TimeoutError as NoReply

from sessions.redis_opening import Place, open_connection

Arguments = Sequence[str | bytes | int]

_INCOMPLETE = object()  # stands for a reply of which a part has yet to come


class Lanes:
    """One event loop's connections to the Redis of a pool, as many as there are batches at once."""

    def __init__(self, pool: ConnectionPool, *, seconds: float) -> None:
        """Prepare them; a batch whose replies are not there within `seconds` fails."""
        self._pool = pool
        self._seconds = seconds
        self._idle: list[_Lane] = []
        self._open: WeakSet[_Lane] = WeakSet()

    async def send(self, commands: Sequence[Arguments]) -> list[Any]:
        """Return replies and errors in the commands' order. Raises RedisError.

        Nothing is sent twice: where this raises, commands may have been carried out.
        """
        packed = b"".join([hiredis.pack_command(command) for command in commands])
        lane = self._take() or await self._connect()
        try:
            replies = await lane.exchange(packed, len(commands), self._seconds)
        except RedisError:
            self._leave_idle()
            raise
        self._idle.append(lane)
        return replies

    async def close(self) -> None:
        """Close them; whoever waits for replies gets ConnectionError."""
        for lane in list(self._open):
            lane.hang_up(ConnectionError("closed"))
        await asyncio.sleep(0)  # the loop closes the sockets in its next round

    def _take(self) -> "_Lane | None":
        if not self._idle:
            return None
        lane = self._idle.pop()
        if lane.is_sound() and (lane.master is None or lane.master == self._pool.master_address):
            return lane
        lane.hang_up(ConnectionError("stale"))
        self._leave_idle()
        return None

    def _leave_idle(self) -> None:
        """What has befallen one most likely holds for the others: the next batches connect anew."""
        for lane in self._idle:
            lane.hang_up(ConnectionError("stale"))
        self._idle.clear()

    async def _connect(self) -> "_Lane":
        writer, place = await open_connection(self._pool)
        if isinstance(self._pool, SentinelConnectionPool):
            lane = _Lane(writer, _error_of_master, place)
        else:
            lane = _Lane(writer, DefaultParser.parse_error)
        self._open.add(lane)
        return lane


def _error_of_master(text: str) -> Exception:
    """A master that has become a replica is left as if it had gone; the sentinels know the new one."""
    error: Exception = DefaultParser.parse_error(text)
    if isinstance(error, ReadOnlyError):
        return ConnectionError("the master is a replica now")
    return error


class _Lane(asyncio.Protocol):
    """An open connection, for one exchange at a time. Whatever goes wrong with one ends the connection."""

    def __init__(
        self,
        writer: asyncio.StreamWriter,
        error_of: Callable[[str], Exception],
        master: Place | None = None,
    ) -> None:
        self.master = master
        self._gone = False
        self._writer = writer  # which would close the transport if it were collected
        self._transport = writer.transport
        self._transport.set_protocol(self)
        self._poll = select.poll()
        self._poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._parser = hiredis.Reader(
            protocolError=InvalidResponse, replyError=error_of, notEnoughData=_INCOMPLETE
        )
        self._wanted = 0
        self._replies: list[Any] = []
        self._done: asyncio.Future[list[Any]] | None = None

    def is_sound(self) -> bool:
        """Tell that the server has neither hung up nor said what nobody has asked for.

        Until the loop looks, both wait at the socket, where poll sees them; after that the lane knows. So a
        server that was restarted is found out even in the same round of the loop.
        """
        return not (self._gone or self._parser.has_data() or self._poll.poll(0))

    async def exchange(self, packed: bytes, wanted: int, seconds: float) -> list[Any]:
        """Send commands and return so many replies. Raises RedisError."""
        loop = asyncio.get_running_loop()
        self._wanted, self._replies, self._done = wanted, [], loop.create_future()
        timer = loop.call_later(seconds, self._give_up)
        self._transport.write(packed)
        try:
            return await self._done
        except asyncio.CancelledError:  # or its replies would be taken for those of the next exchange
            self.hang_up(ConnectionError("cancelled"))
            raise
        finally:
            timer.cancel()

    def hang_up(self, error: Exception) -> None:
        """Close the connection at once; whoever waits for replies gets this error."""
        self._gone = True
        self._transport.abort()
        if self._done is not None and not self._done.done():
            self._done.set_exception(error)

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        self._parser.feed(data)
        try:
            while (reply := self._parser.gets()) is not _INCOMPLETE:
                if isinstance(reply, ConnectionError):  # such as LOADING: this server cannot be used
                    raise reply
                if not isinstance(reply, hiredis.PushNotification):
                    self._replies.append(reply)
        except (ConnectionError, InvalidResponse) as error:
            self.hang_up(error)
            return
        if len(self._replies) > self._wanted:
            self.hang_up(ConnectionError("more replies than commands"))
        elif len(self._replies) == self._wanted and self._done is not None and not self._done.done():
            self._done.set_result(self._replies)

    def connection_lost(self, error: Exception | None) -> None:
        """The server has gone."""
        self.hang_up(ConnectionError(f"connection lost: {error or 'closed by the server'}"))

    def _give_up(self) -> None:
        self.hang_up(NoReply("no reply in time"))
