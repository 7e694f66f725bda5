"""What is published on some channels of Redis, heard over one connection that comes back by itself.

redis-py's way to a message is a task that waits under a timeout: five times the CPU, where each message comes
alone. What is published while the connection is away is not heard.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError, RedisError

from sessions.redis_opening import open_connection

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5
_PING_SECONDS = 15  # who says nothing to a PING for so long has gone
_INCOMPLETE = object()

Heard = Callable[[str, bytes], None]


class Listener:
    """Hears channels for one event loop; `heard` is called with the channel and the message."""

    def __init__(self, pool: ConnectionPool, heard: Heard, *, seconds: float) -> None:
        """Prepare it; what the server does not confirm within `seconds` fails."""
        self._pool = pool
        self._heard = heard
        self._seconds = seconds
        self._names: set[str] = set()
        self._line: _Line | None = None
        self._changing = asyncio.Lock()
        self._returning: asyncio.Task[None] | None = None

    async def subscribe(self, name: str) -> None:
        """Hear this channel from now on. Raises RedisError; then it is not heard."""
        async with self._changing:
            if name not in self._names:
                await (await self._connected()).say("SUBSCRIBE", name)
                self._names.add(name)

    async def unsubscribe(self, name: str) -> None:
        """Hear this channel no more. Raises RedisError; then it is not heard from the next connection on."""
        async with self._changing:
            if name in self._names:
                self._names.remove(name)
                if self._line is not None:
                    await self._line.say("UNSUBSCRIBE", name)

    async def close(self) -> None:
        """Hear nothing more."""
        self._names.clear()
        if self._returning is not None:
            self._returning.cancel()
        if self._line is not None:
            self._line.hang_up()

    async def _connected(self) -> "_Line":
        """Return the connection, a new one hears all channels. Raises RedisError."""
        if self._line is None:
            writer, _ = await open_connection(self._pool)
            line = _Line(writer, self._heard, self._lost, self._seconds)
            if self._names:
                try:
                    await line.say("SUBSCRIBE", *self._names)
                except BaseException:
                    line.hang_up()
                    raise
            self._line = line
        return self._line

    def _lost(self, line: "_Line") -> None:
        if line is self._line:
            self._line = None
            if self._names:
                logger.warning("Redis cannot be heard; trying again")
                self._returning = asyncio.create_task(self._come_back())

    async def _come_back(self) -> None:
        while self._names:
            await asyncio.sleep(_RETRY_SECONDS)
            try:
                async with self._changing:
                    await self._connected()
                return
            except (RedisError, OSError):
                continue


class _Line(asyncio.Protocol):
    """An open connection."""

    def __init__(
        self, writer: asyncio.StreamWriter, heard: Heard, lost: Callable[["_Line"], None], seconds: float
    ) -> None:
        self._heard = heard
        self._lost = lost
        self._seconds = seconds
        self._writer = writer  # which would close the transport if it were collected
        self._transport = writer.transport
        self._transport.set_protocol(self)
        self._parser = hiredis.Reader(notEnoughData=_INCOMPLETE)
        self._confirmed: deque[asyncio.Future[None]] = deque()
        self._lives = True
        self._timer = asyncio.get_running_loop().call_later(_PING_SECONDS, self._look)

    async def say(self, command: str, *names: str) -> None:
        """Send a command; return once it is confirmed for each channel. Raises ConnectionError."""
        confirmed = [asyncio.get_running_loop().create_future() for _ in names]
        self._confirmed.extend(confirmed)
        self._transport.write(hiredis.pack_command((command, *names)))
        try:
            async with asyncio.timeout(self._seconds):
                await asyncio.gather(*confirmed)
        except TimeoutError:
            self.hang_up()
            raise ConnectionError("no confirmation in time") from None

    def hang_up(self) -> None:
        """Close the connection at once."""
        self._timer.cancel()
        self._transport.abort()
        for confirmed in self._confirmed:
            if not confirmed.done():
                confirmed.set_exception(ConnectionError("connection lost"))
        self._confirmed.clear()
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        self._lives = True
        self._parser.feed(data)
        try:
            while (said := self._parser.gets()) is not _INCOMPLETE:
                self._take(said)
        except hiredis.ProtocolError:
            self.hang_up()

    def connection_lost(self, error: Exception | None) -> None:
        """The server has gone."""
        self.hang_up()

    def _take(self, said: Any) -> None:
        match said:
            case [b"message", bytes(name), bytes(message)]:
                self._heard(name.decode(), message)
            case [b"subscribe" | b"unsubscribe", *_] if self._confirmed:
                confirmed = self._confirmed.popleft()
                if not confirmed.done():
                    confirmed.set_result(None)
            case hiredis.ReplyError():
                self.hang_up()

    def _look(self) -> None:
        if not self._lives:
            self.hang_up()
            return
        self._lives = False
        self._transport.write(hiredis.pack_command(("PING",)))
        self._timer = asyncio.get_running_loop().call_later(_PING_SECONDS, self._look)
