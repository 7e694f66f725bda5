"""What a load balancer does, on this machine: each new connection goes to the server with the fewest."""

import asyncio
import contextlib

_CHUNK = 65_536


class Door:
    """Listens on a port of its own, `url`; `open_to` and `close_to` say which servers' ports new ones go to.

    `connections` counts what is open to each server, also to those that get no more.
    """

    def __init__(self) -> None:
        self.connections: dict[int, int] = {}
        self.url = ""
        self._open: set[int] = set()
        self._pipes: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Listen no more, and cut off whoever is there."""
        if self._server is not None:
            self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def open_to(self, port: int) -> None:
        """Let new connections go to this server, too."""
        self._open.add(port)
        self.connections.setdefault(port, 0)

    def close_to(self, port: int) -> None:
        """Let no new connection go to this server; those that are open stay."""
        self._open.discard(port)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        try:
            # asyncio's own callback asks what became of us, and takes a cancelled task for an error.
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._through(reader, writer)
        finally:
            self._pipes.discard(task)
            writer.close()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            return
        port = min(self._open, key=lambda each: self.connections[each])
        self.connections[port] += 1
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
            try:
                ways = [
                    asyncio.create_task(_copy(reader, to_server)),
                    asyncio.create_task(_copy(from_server, writer)),
                ]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
            finally:
                to_server.close()
        finally:
            self.connections[port] -= 1


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
