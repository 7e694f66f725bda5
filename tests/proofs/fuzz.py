"""Frames that no client of ours sends, against real servers: malformed, cut off, too large, in a wrong order.

    python -m tests.proofs.fuzz --frames 100000 --seed 7

Nothing of it may leave a traceback in a server's log, a socket in its gauge or a task on its loop. The exit
status is 0 only then.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import secrets
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from random import Random
from typing import Any

import django
import msgspec
import websockets

from sessions import protocol

ADA = 1
SOCKETS, TASKS = "websocket_connections", "asyncio_tasks"
_AT_ONCE = 20  # sockets
_FRAMES_A_SOCKET = 25  # a few more than the server bears
_WITHIN_SECONDS = 15  # everything of it must be gone


def gauge(port: int, name: str) -> int:
    """Return a gauge of the server on a loopback port."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        found = re.search(rf"^{name}(?:\{{.*\}})? (\S+)$", page.read().decode(), re.MULTILINE)
    assert found, f"no gauge {name}"
    return int(float(found[1]))


class Frames:
    """Frames for one subprotocol, made from good ones."""

    def __init__(self, random: Random, *, binary: bool) -> None:
        self.random = random
        self.binary = binary

    def next(self) -> tuple[bytes, bool]:
        """Return a frame, and whether it is sent as text."""
        makers = (self._good, self._truncated, self._bent, self._noise, self._otherwise, self._deep)
        if self.random.random() < 0.004:
            return b" " * self.random.randint(65_537, 200_000), not self.binary
        frame = self.random.choices(makers, (2, 3, 4, 2, 3, 1))[0]()
        text = self.binary != (self.random.random() < 0.97)
        if text and self.random.random() < 0.95:  # else the server itself closes the socket
            frame = frame.decode(errors="replace").encode()
        return frame, text

    def _encode(self, message: Any) -> bytes:
        return msgspec.msgpack.encode(message) if self.binary else json.dumps(message).encode()

    def _message(self) -> dict[str, Any]:
        random = self.random
        place = {"wordIndex": random.randrange(200), "audioTimestamp": random.randrange(9_999)}
        asked = {"id": str(uuid.UUID(int=random.getrandbits(128))), "questionText": "Why?", "context": place}
        payloads: dict[str, Any] = {
            "HELLO": {"lastSeq": random.randrange(9), "unacknowledged": [asked] * random.randrange(3)},
            "PROGRESS": {**place, "playing": random.random() < 0.5, "ack": random.randrange(9)},
            "STUDENT_QUESTION": asked,
            "QUESTION_CANCELLED": {"id": asked["id"]},
            "PING": {},
        }
        kind = random.choice(list(payloads))
        return {"type": kind, "payload": payloads[kind]}

    def _good(self) -> bytes:
        return self._encode(self._message())

    def _truncated(self) -> bytes:
        frame = self._good()
        return frame[: self.random.randrange(len(frame))]

    def _bent(self) -> bytes:
        frame = bytearray(self._good())
        for _ in range(self.random.randint(1, 4)):
            frame[self.random.randrange(len(frame))] = self.random.randrange(256)
        return bytes(frame)

    def _noise(self) -> bytes:
        return self.random.randbytes(self.random.randrange(300))

    def _otherwise(self) -> bytes:
        """Return a message in which one value is of another kind."""
        message = self._message()
        values = (None, -1, 2**31, 2**53, 1e300, "", "x" * 600, [], {}, [[]] * 30, True, "\ud800\x00")
        inside = self.random.choice([message, message["payload"]])
        key = self.random.choice([*inside, "extra"])
        inside[key] = self.random.choice(values[:-1] if self.binary else values)
        return self._encode(message)

    def _deep(self) -> bytes:
        depth = self.random.randint(100, 20_000)
        opening = b"\x91" if self.binary else b"["
        return self._encode({"type": "PING"})[:-1] + b',"payload":' * (not self.binary) + opening * depth


async def fuzz(url: str, cookie: str, sessions: list[str], frames: int, seed: int) -> int:
    """Send so many frames to the server at `url`; return how many sockets that took."""
    left, sockets = frames, 0

    async def one_after_the_other(random: Random) -> None:
        nonlocal left, sockets
        while left > 0:
            sockets += 1
            sent = await _one_socket(
                url, cookie, random.choice(sessions), random, min(left, _FRAMES_A_SOCKET)
            )
            left -= sent

    await asyncio.gather(*(one_after_the_other(Random(f"{seed} {number}")) for number in range(_AT_ONCE)))
    return sockets


async def _one_socket(url: str, cookie: str, session_id: str, random: Random, frames: int) -> int:
    """Open a socket, send frames until it is closed, and go; return how many were sent."""
    binary = random.random() < 0.5
    socket = await websockets.connect(
        f"{url}/ws/reading/{session_id}/",
        subprotocols=[protocol.MSGPACK if binary else protocol.JSON],
        origin="http://localhost",
        additional_headers={"Cookie": cookie},
        compression=None,
        max_size=None,
        close_timeout=0.2,
        ping_interval=None,
        open_timeout=60,
    )
    maker, sent = Frames(random, binary=binary), 0
    with contextlib.suppress(websockets.ConnectionClosed):
        if random.random() < 0.8:
            hello = maker._encode({"type": "HELLO", "payload": {}})
            await socket.send(hello, text=not binary)
        for _ in range(frames):
            frame, text = maker.next()
            sent += 1
            await socket.send(frame, text=text)
    if random.random() < 0.5:
        socket.transport.abort()
        await socket.wait_closed()
    else:
        await socket.close()
    return sent


async def left_behind(port: int, tasks: int) -> dict[str, int]:
    """Return what remains of the sockets once all have had time to go; `tasks`: those there were before."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    while True:
        sockets = await asyncio.to_thread(gauge, port, SOCKETS)
        more = await asyncio.to_thread(gauge, port, TASKS) - tasks
        if (sockets == 0 and more <= 0) or time.monotonic() > deadline:
            return {SOCKETS: sockets, TASKS: max(more, 0)}
        await asyncio.sleep(0.1)


def main() -> int:
    """Fuzz each server; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=100_000, help="how many in all (default: 100000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="default: a new one")
    arguments = parser.parse_args()
    import tests.services_plugin  # noqa: F401 -- this run's own PostgreSQL and Redis

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")
    django.setup()
    from sessions.live import store
    from sessions.live.blocking import run
    from tests.servers import COMMANDS, Server
    from tests.sockets import cookie_of

    print(f"{arguments.frames} frames, seed {arguments.seed}", flush=True)
    failed = False
    for name in sorted(COMMANDS):
        sessions = [str(uuid.uuid4()) for _ in range(40)]
        for session_id in sessions:
            run(store.seed(store.Seed(session_id, ADA, 7, 200, 0, 0, 0)))
        with tempfile.TemporaryDirectory() as folder:
            server = Server(name, str(Path(folder) / "log"))
            asyncio.run(fuzz(server.url, cookie_of(ADA), sessions, 100, arguments.seed))  # all is warm
            asyncio.run(left_behind(server.port, 10**6))
            tasks = gauge(server.port, TASKS)
            began = time.monotonic()
            share = arguments.frames // len(COMMANDS)
            sockets = asyncio.run(fuzz(server.url, cookie_of(ADA), sessions, share, arguments.seed))
            seconds = time.monotonic() - began
            left = asyncio.run(left_behind(server.port, tasks))
            server.stop()
            tracebacks = server.log().count("Traceback")
            failed |= bool(tracebacks or any(left.values()))
            print(f"{name}: {share} frames on {sockets} sockets in {seconds:.0f} s")
            print(f"  {tracebacks} tracebacks, left behind: {left}", flush=True)
            if tracebacks:
                print(server.log()[max(0, server.log().index("Traceback") - 600) :][:5000])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
