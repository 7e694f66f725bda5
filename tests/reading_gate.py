"""The ways between the parts of a world, on which everything can be held up, lost or doubled."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import hiredis
from django.conf import settings

from sessions.live.connection import Command

_DATABASE = 9  # of this run's Redis; nothing else uses it

# What a call to Redis that is made now will do to the model.
effect: ContextVar[Callable[[], None] | None] = ContextVar("effect", default=None)


class Wire:
    """A plain connection to Redis, without an event loop: nothing else can happen meanwhile."""

    def __init__(self) -> None:
        place = urlsplit(settings.STATE_REDIS_URL)
        self._socket = socket.create_connection((place.hostname, place.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = hiredis.Reader()
        self.run("SELECT", _DATABASE)

    def run(self, *arguments: Any) -> Any:
        """Return the reply to one command; raises an error."""
        (reply,) = self.pipeline([arguments])
        if isinstance(reply, Exception):
            raise reply
        return reply

    def pipeline(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        """Return the replies to commands, errors among them."""
        self._socket.sendall(b"".join(map(hiredis.pack_command, commands)))
        replies = []
        while len(replies) < len(commands):
            reply = self._reader.gets()
            if reply is False:
                self._reader.feed(self._socket.recv(65_536))
            else:
                replies.append(reply)
        return replies

    def execute(self, commands: Sequence[Command]) -> list[Any]:
        """Run what the product wants run; from the first script that Redis has not seen on, again."""
        replies = self.pipeline([command.arguments for command in commands])
        for index, reply in enumerate(replies):
            if isinstance(reply, hiredis.ReplyError) and "NOSCRIPT" in str(reply):
                self.run("SCRIPT", "LOAD", commands[index].source)
                return [*replies[:index], *self.execute(commands[index:])]
            if isinstance(reply, Exception):
                raise reply
        return replies

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Call:
    """One round trip to Redis that has not begun; `effect` is what it does to the model."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self.commands = commands
        self.effect = effect.get()
        self.reply = asyncio.get_running_loop().create_future()


class Mail:
    """The channel layer: `letters` wait until the world delivers them, or loses them."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, dict[str, Any]]] = []
        self._boxes: dict[str, asyncio.Queue[dict[str, Any]]] = {}

    async def send(self, channel: str, event: dict[str, Any]) -> None:
        """Post a letter."""
        self.letters.append((channel, event))

    async def receive(self, channel: str) -> dict[str, Any]:
        """Wait for a letter."""
        return await self._boxes.setdefault(channel, asyncio.Queue()).get()

    def deliver(self, index: int, *, keep: bool = False) -> None:
        """Let a letter arrive; `keep`: it will arrive again."""
        channel, event = self.letters[index] if keep else self.letters.pop(index)
        self._boxes.setdefault(channel, asyncio.Queue()).put_nowait(event)
