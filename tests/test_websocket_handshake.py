"""The opening handshake: what is one, and what is said to whoever sends another thing."""

from http import HTTPStatus

import pytest

from readerai.websocket import handshake

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # the example of RFC 6455
GOOD = {b"sec-websocket-version": b"13", b"sec-websocket-key": KEY}


def test_the_key_of_a_good_handshake_is_returned():
    assert handshake.key_of("GET", "1.1", GOOD) == KEY


@pytest.mark.parametrize("method, version", [("POST", "1.1"), ("GET", "1.0")])
def test_a_handshake_is_a_get_of_http_1_1(method, version):
    with pytest.raises(handshake.NoHandshake, match="GET"):
        handshake.key_of(method, version, GOOD)


@pytest.mark.parametrize("said", [{}, {b"sec-websocket-version": b"8"}])
def test_another_version_is_told_which_one_is_spoken(said):
    with pytest.raises(handshake.NoHandshake) as refused:
        handshake.key_of("GET", "1.1", {b"sec-websocket-key": KEY, **said})
    assert refused.value.status == HTTPStatus.UPGRADE_REQUIRED
    assert list(refused.value.headers) == [(b"sec-websocket-version", b"13")]


@pytest.mark.parametrize("key", [None, b"", b"c2hvcnQ=", b"not base64 at all", b"\xff" * 24, KEY + KEY])
def test_a_key_that_is_none_is_refused(key):
    headers = {
        name: value for name, value in (GOOD | {b"sec-websocket-key": key}).items() if value is not None
    }
    with pytest.raises(handshake.NoHandshake, match="16 bytes") as refused:
        handshake.key_of("GET", "1.1", headers)
    assert refused.value.status == HTTPStatus.BAD_REQUEST


def test_subprotocols_are_found_in_all_headers_in_order():
    headers = [
        (b"sec-websocket-protocol", b"b, a"), (b"origin", b"x"), (b"sec-websocket-protocol", b" c "),
    ]  # fmt: skip
    assert handshake.offered_subprotocols(headers) == ["b", "a", "c"]


def test_the_answer_proves_that_the_key_was_read():
    head = handshake.switching(KEY, "readerai.v1.json", [(b"server", b"x")])
    lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    assert lines[0] == "HTTP/1.1 101 Switching Protocols"
    assert set(lines[1:]) == {
        "upgrade: websocket", "connection: Upgrade", "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "sec-websocket-protocol: readerai.v1.json", "server: x",
    }  # fmt: skip
    assert b"sec-websocket-protocol" not in handshake.switching(KEY, None, [])


def test_a_refusal_ends_the_connection_and_has_its_body():
    answer = handshake.refusal(503, [(b"retry-after", b"1")], b"later")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"connection: close" in head and b"content-length: 5" in head and b"retry-after: 1" in head
    assert body == b"later"
