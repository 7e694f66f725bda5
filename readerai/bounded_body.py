"""The bound of a request's body: Django writes all of it to disk before it looks at the address.

A body that announces too much is refused unread; one that goes on and on, or comes too slowly, as soon as
that is seen. The connection ends with the answer. Forms have tighter limits, which are Django's.
"""

import asyncio
from http import HTTPStatus
from typing import Any

BODY_SECONDS = 300  # for all of a body: a whole book over a school's slow line


class _Refused(Exception):
    """No more of this body is read."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


async def bounded(
    application: Any,
    scope: dict[str, Any],
    receive: Any,
    send: Any,
    *,
    max_bytes: int,
    seconds: float = BODY_SECONDS,
) -> None:
    """Let the application serve a request whose body has at most `max_bytes` and comes within `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    received, complete = 0, False

    async def receive_more() -> dict[str, Any]:
        nonlocal received, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                event = await receive()
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        received += len(event.get("body", b""))
        complete = not event.get("more_body", False)
        if received > max_bytes:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return event

    try:
        if _announced(scope) > max_bytes:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        await application(scope, receive_more, send)
    except _Refused as refused:
        await _answer(send, refused.status)


def _announced(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _answer(send: Any, status: HTTPStatus) -> None:
    body = status.phrase.encode() + b"\n"
    headers = [
        (b"content-type", b"text/plain"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
