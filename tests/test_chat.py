"""The endpoint of a language model on the wire: an answer, a refusal in its words, and what is neither."""

import asyncio

import aiohttp
import msgspec
import pytest

from sessions.live.blocking import run
from tutoring.tutors.chat import BrokenOff, Chat, Refused, chunks

PIECE = b'data: {"choices": [{"delta": {"content": "Owls"}}]}\n\n'
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def asked(response: bytes, path: str = "/v1", pieces: list[str] | None = None) -> str:
    """Return what an endpoint has written that answers a request with these bytes; also as `pieces`."""
    said = [] if pieces is None else pieces

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response)
        await writer.drain()
        writer.close()

    async def ask() -> str:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            async with await Chat(f"http://127.0.0.1:{port}{path}", "a-key").ask(
                {"model": "owl-1"}
            ) as answer:
                await asyncio.sleep(0.05)  # all has come before anything is read
                async for chunk in chunks(answer):
                    said.append(chunk.text)
                return "".join(said)
        finally:
            server.close()

    return run(ask())


def refusal(status: str, body: bytes, *headers: bytes) -> bytes:
    head = b"".join(header + b"\r\n" for header in (*headers, b"Content-Length: %d" % len(body)))
    return f"HTTP/1.1 {status}\r\n".encode() + head + b"\r\n" + body


@pytest.mark.parametrize("path", ["/v1", "/v1/"])
def test_an_answer_comes_in_pieces_beside_which_nothing_else_matters(path):
    beside = b': awake\n\ndata: {"choices": []}\n\ndata: {"choices": [{"delta": {"role": "owl"}}]}\n\n'
    assert asked(STREAM + PIECE + beside + PIECE + b"data: [DONE]\n\n", path) == "OwlsOwls"


def test_a_refusal_is_told_in_the_endpoint_s_own_words():
    body = b'{"error": {"message": "no stream_options", "code": "insufficient_quota"}}'
    with pytest.raises(Refused) as refused:
        asked(refusal("429 Too Many", body, b"Retry-After: 7"))
    error = refused.value
    assert (error.status, error.code) == (429, "insufficient_quota")
    assert (error.message, error.retry_after) == ("no stream_options", "7")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "gone"}', b'{"error": {"message": 7}}'])
def test_a_refusal_in_other_words_still_has_its_status(body):
    with pytest.raises(Refused) as refused:
        asked(refusal("502 Bad Gateway", body))
    assert (refused.value.status, refused.value.code, refused.value.message) == (502, None, "")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (STREAM + b'data: {"error": {"message": "overloaded"}}\n\n', BrokenOff),
        (STREAM + b"data: <html>\n\n", msgspec.MsgspecError),
        (STREAM + b'data: {"choices": "many"}\n\n', msgspec.MsgspecError),
        (STREAM + b"data: " + b"x" * 70_000, ValueError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + PIECE, aiohttp.ClientError),
        (b"Here be owls\r\n\r\n", aiohttp.ClientError),
        (b"", aiohttp.ClientError),
    ],
    ids=["error", "no JSON", "no choices", "no end", "breaks off", "no HTTP", "nothing"],
)
def test_what_is_no_answer_is_said_by_its_kind(response, error):
    with pytest.raises(error):
        asked(response)


def test_what_came_before_a_connection_broke_off_is_not_lost():
    said: list[str] = []
    with pytest.raises(aiohttp.ClientError):
        asked(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + PIECE + PIECE, pieces=said)
    assert said == ["Owls", "Owls"]


def test_a_school_s_proxy_is_asked_where_the_environment_names_one(monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with pytest.raises(aiohttp.ClientProxyConnectionError):
        asked(STREAM + PIECE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert asked(STREAM + PIECE) == "Owls"
