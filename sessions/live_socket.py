"""A child's socket as the hub and the delivery see it: it is told what has happened, sends, and ends once.

`consumer` adds what the child says.
"""

import contextlib
import secrets
import time
from typing import Any

from channels.consumer import AsyncConsumer

from sessions import metrics, protocol
from sessions.background import in_background
from sessions.delivery import Delivery
from sessions.frames import Codec
from sessions.live.records import Present
from sessions.protocol import CloseCode

BROKEN = 1006  # no goodbye was heard


class Closed(Exception):
    """The socket is done; ends its receive loop."""


class LiveSocket(AsyncConsumer):
    """What is said to one child, and how the socket ends."""

    _send: Any
    _codec: Codec
    _school_id: int

    def __init__(self) -> None:
        self.session_id = ""
        self.classroom_id = 0
        self.owner = secrets.token_hex(8)
        self.heard_at = time.monotonic()
        self._closed = False
        self._delivery: Delivery | None = None  # there once the session is restored
        self._early = False  # a message came before that

    # --- What the hub tells --------------------------------------------------------------------
    @property
    def restored(self) -> bool:
        """Does this socket own its session, or has it until a newer one came?"""
        return self._delivery is not None

    @property
    def present(self) -> Present | None:
        """Return the session and where its child belongs, as its ticket says; None before it is restored."""
        if self._delivery is None:
            return None
        return Present(self.session_id, self.classroom_id, self._school_id)

    @property
    def sent(self) -> int:
        """Return the newest seq sent on this socket."""
        return self._delivery.sent if self._delivery is not None else 0

    def offer(self, seq: int, message: bytes) -> None:
        """A message has been put into the outbox."""
        if self._delivery is None:
            self._early = True
        elif not self._closed:
            self._delivery.offer(seq, message)

    def catch_up(self) -> None:
        """The outbox holds more than was sent: read it."""
        if self._delivery is not None and not self._closed:
            self._delivery.catch_up()

    def succeeded(self) -> None:
        """A newer socket owns the session."""
        self._end_soon(CloseCode.OPENED_ELSEWHERE)

    def lost(self) -> None:
        """Redis has lost the session, or some of it: HELLO on a new socket mends it."""
        self._end_soon(CloseCode.UNAVAILABLE)

    def silent(self) -> None:
        """The client has said nothing for so long that it must have gone."""
        self._end_soon(CloseCode.SILENT)

    def ended(self) -> None:
        """A grown-up has ended the reading."""
        self._end_soon(CloseCode.ENDED)

    def tell(self, message: protocol.TransientMessage) -> None:
        """Say something that is not kept."""
        if self._delivery is not None and not self._closed:
            in_background(self._say(message))

    async def let_go(self, retry_after_ms: int) -> None:
        """This server goes away: tell the client when to come back, and close."""
        await self._emit(protocol.ServerDraining(protocol.ServerDrainingPayload(retry_after_ms)))
        await self._close(CloseCode.RESTART)

    def _too_slow(self) -> None:
        self._end_soon(CloseCode.TOO_SLOW)

    def _end_soon(self, code: CloseCode) -> None:
        if self._delivery is not None and not self._closed:
            in_background(self._close(code))

    # --- How it ends -------------------------------------------------------------------------
    async def _close(self, code: CloseCode, reason: str = "") -> None:
        if self._ends(code):
            with contextlib.suppress(Closed):
                await self._transmit({"type": "websocket.close", "code": int(code), "reason": reason})

    def _ends(self, code: int) -> bool:
        """Note and count that the socket ends; False: it has ended before."""
        if self._closed:
            return False
        self._closed = True
        metrics.count_close(code)
        return True

    # --- Messages to the client -----------------------------------------------------------------
    async def _emit(self, message: protocol.ServerMessage) -> None:
        if not self._closed:
            await self._transmit(self._codec.encode(message))

    async def _say(self, message: protocol.TransientMessage) -> None:
        with contextlib.suppress(Closed):
            await self._emit(message)

    async def _transmit(self, event: dict[str, Any]) -> None:
        try:
            await self._send(event)
        except Exception:  # the peer has gone; servers differ in what they raise
            self._ends(BROKEN)
            raise Closed from None
