"""Bodies of requests: what is too long or too slow is refused before it fills a disk."""

import asyncio
import itertools
import socket

import pytest

from readerai.bounded_body import bounded
from sessions.admin import book_upload

LIMIT = 1_000


async def read_all(scope, receive, send):
    """An application that does as Django: it reads the body, whatever the address, then answers."""
    scope["read"] = b""
    more = True
    while more:
        event = await receive()
        scope["read"] += event.get("body", b"")
        more = event.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def served(*chunks: bytes, announced: bytes | None = None, application=read_all, seconds: float = 5):
    """Return the answer's status and what the application has read of a body in these chunks."""
    sent = []
    last = len(chunks) - 1
    events = iter(
        {"type": "http.request", "body": chunk, "more_body": number < last}
        for number, chunk in enumerate(chunks)
    )
    scope = {"type": "http", "headers": [(b"content-length", announced)] if announced else []}

    async def receive():
        event = next(events, None)
        return event if event is not None else await asyncio.Event().wait()

    async def send(event):
        sent.append(event)

    await bounded(application, scope, receive, send, max_bytes=LIMIT, seconds=seconds)
    return sent[0]["status"], scope.get("read")


async def test_a_body_up_to_the_limit_is_read_whole():
    assert await served(b"a" * 400, b"b" * 600) == (200, b"a" * 400 + b"b" * 600)
    assert await served(b"") == (200, b"")


async def test_a_body_that_announces_too_much_is_refused_unread():
    assert await served(b"a", announced=b"1001") == (413, None)


@pytest.mark.parametrize("announced", [None, b"3", b"many"])
async def test_a_body_that_goes_on_and_on_is_refused_where_it_passes_the_limit(announced):
    status, read = await served(*itertools.repeat(b"a" * 100, 50), announced=announced)
    assert status == 413
    assert len(read) == LIMIT


async def test_a_body_that_comes_too_slowly_is_given_up():
    stuck = [{"type": "http.request", "body": b"a", "more_body": True}]
    sent = []

    async def receive():
        return stuck.pop() if stuck else await asyncio.Event().wait()

    async def send(event):
        sent.append(event)

    await bounded(read_all, {"headers": []}, receive, send, max_bytes=LIMIT, seconds=0.01)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


async def test_who_waits_for_the_disconnect_after_the_body_may_wait_as_long_as_the_answer_takes():
    async def slow(scope, receive, send):
        await receive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.05)
        await read_nothing(scope, receive, send)

    async def read_nothing(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert (await served(b"a", application=slow, seconds=0.01))[0] == 200


def test_a_book_may_be_as_large_as_the_admin_takes_it(settings):
    assert settings.MAX_REQUEST_BYTES > book_upload.MAX_UPLOAD_BYTES + 100_000  # the form's other fields


def test_an_endless_body_to_any_address_is_cut_off_by_the_server(server):
    """daphne takes a body whole before the application hears of it: there it is refused as announced."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"POST /no/such/page/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n")
        if server.name == "daphne":
            connection.sendall(b"Content-Length: 30000000\r\n\r\n" + b"a" * 30_000_000)
        else:
            connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
            try:
                for _ in range(2_000):
                    connection.sendall(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
            except OSError:
                return  # it has hung up
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
