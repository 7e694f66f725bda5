"""The opening handshake of RFC 6455 (section 4.2), as far as the server decides it. Pure."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from websockets.utils import accept_key

Headers = Iterable[tuple[bytes, bytes]]  # names in lower case


class NoHandshake(Exception):
    """The request is not a handshake of WebSocket version 13; `status` and `headers` are for the answer."""

    def __init__(self, why: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST, headers: Headers = ()) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


def key_of(method: str, http_version: str, headers: Mapping[bytes, bytes]) -> bytes:
    """Return the client's key; raises NoHandshake. That an upgrade to WebSocket is wanted has been seen."""
    if method != "GET" or http_version != "1.1":
        raise NoHandshake("a WebSocket begins with a GET of HTTP/1.1")
    if headers.get(b"sec-websocket-version") != b"13":
        raise NoHandshake(
            "Sec-WebSocket-Version must be 13",
            HTTPStatus.UPGRADE_REQUIRED,
            [(b"sec-websocket-version", b"13")],
        )
    key = headers.get(b"sec-websocket-key", b"")
    try:
        random = base64.b64decode(key, validate=True)
    except binascii.Error:
        random = b""
    if len(random) != 16:
        raise NoHandshake("Sec-WebSocket-Key must be 16 bytes in base64")
    return key


def offered_subprotocols(headers: Headers) -> list[str]:
    """Return the subprotocols that the client can speak, in its order."""
    return [
        name.strip().decode("latin-1")
        for header, value in headers
        if header == b"sec-websocket-protocol"
        for name in value.split(b",")
    ]


def switching(key: bytes, subprotocol: str | None, headers: Headers) -> bytes:
    """Return the answer that opens the socket."""
    own = [
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-accept", accept_key(key.decode()).encode()),
    ]
    if subprotocol is not None:
        own.append((b"sec-websocket-protocol", subprotocol.encode()))
    return _head(HTTPStatus.SWITCHING_PROTOCOLS, [*own, *headers])


def refusal(status: int, headers: Headers, body: bytes) -> bytes:
    """Return the answer that refuses it; the connection ends with it."""
    framing = [(b"connection", b"close"), (b"content-length", str(len(body)).encode())]
    return _head(HTTPStatus(status), [*framing, *headers]) + body


def _head(status: HTTPStatus, headers: Headers) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"
