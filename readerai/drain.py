"""Stopping without a jolt: a SIGTERM first drains this process, and nobody new is let in meanwhile."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings

from sessions.drain import drain_of_this_loop

logger = logging.getLogger(__name__)


def drain_before_stopping() -> None:
    """Let SIGTERM drain this process before the server that serves us stops; call it in its event loop.

    The servers themselves are in a hurry: uvicorn closes all sockets at once on SIGTERM, daphne cancels
    what serves them. So their own handler has to wait until the drain has ended. SIGINT stays theirs:
    Ctrl-C ends at once, during a drain too.
    """
    stop = signal.getsignal(signal.SIGTERM)
    # Python takes handlers from the main thread only; `runserver` serves in another one.
    if callable(stop) and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _DrainFirst(stop))


class _DrainFirst:
    """A handler of SIGTERM that calls `stop`, the server's own, when the drain has ended; once."""

    def __init__(self, stop: Callable[[int, FrameType | None], Any]) -> None:
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        if not self._asked:
            self._asked = True
            drain_of_this_loop().begin(settings.DRAIN_SECONDS).add_done_callback(self._drained)

    def _drained(self, drain: asyncio.Task[None]) -> None:
        if not drain.cancelled() and (error := drain.exception()):
            logger.error("the drain failed: sockets are closed at once", exc_info=error)
        # uvicorn ends by raising once more what it was stopped by. A SIGTERM would kill it, which looks like
        # a failure; after a SIGINT its exit status is 0. daphne's is 0 in any case.
        self._stop(signal.SIGINT, None)


async def refuse_handshake(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a WebSocket handshake with 503: another server is there for it."""
    await receive()  # websocket.connect
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})  # to the client a 403
        return
    headers = [(b"retry-after", b"1"), (b"cache-control", b"no-store")]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
