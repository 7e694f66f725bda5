"""What the scripted child's tablet does: pages, data and audio over HTTP, messages over the socket."""

import asyncio
import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import httpx
import lxml.html
import msgspec
import soundfile
import websockets
from websockets.asyncio.client import ClientConnection

from sessions import protocol

Message = TypeVar("Message", bound=protocol.ServerMessage)
_FROM_JSON = msgspec.json.Decoder(protocol.ServerMessage)
_FROM_MSGPACK = msgspec.msgpack.Decoder(protocol.ServerMessage)


class Unexpected(Exception):
    """Something did not hold."""

    def __init__(self, expected: str, came: object) -> None:
        super().__init__(f"expected {expected}; came {came}")
        self.expected = expected
        self.came = str(came)


def expect(held: bool, expected: str, came: object) -> None:
    """Raise Unexpected unless it held."""
    if not held:
        raise Unexpected(expected, came)


class Site:
    """The server as a browser sees it: cookies, pages with forms, data, audio."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url.rstrip("/")
        self._http = http

    async def get(
        self, path: str, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Fetch a path and insist on a status."""
        answer = await self._http.get(path, headers=headers)
        expect(answer.status_code == status, f"status {status} for {path}", _summary(answer))
        return answer

    async def page(self, path: str) -> lxml.html.HtmlElement:
        """Fetch a page as a document, following redirects."""
        answer = await self._http.get(path, follow_redirects=True)
        return _document(answer, path)

    async def submit(
        self, document: lxml.html.HtmlElement, **fields: str | Sequence[str]
    ) -> lxml.html.HtmlElement:
        """Send the form that has these fields, with its hidden ones; return the page that follows."""
        for form in document.forms:
            if fields.keys() <= {element.get("name") for element in form.iter("input", "button", "select")}:
                hidden = {
                    field.get("name"): field.get("value", "")
                    for field in form.xpath(".//input[@type='hidden']")
                }
                answer = await self._http.post(
                    form.get("action") or "/sign-in/",
                    data=hidden | fields,
                    headers={"Referer": self.url + "/", "Origin": self.url},
                    follow_redirects=True,
                )
                return _document(answer, "the form's answer")
        raise Unexpected(f"a form with the field {', '.join(fields)}", "none on the page")

    async def data(self, path: str) -> Any:
        """Fetch JSON, asking again while the server says 202."""
        while True:
            answer = await self._http.get(path)
            if answer.status_code != 202:
                break
            await asyncio.sleep(answer.json()["retryAfterMs"] / 1000)
        expect(answer.status_code == 200, f"status 200 for {path}", _summary(answer))
        try:
            return answer.json()
        except ValueError:
            raise Unexpected(f"JSON from {path}", _summary(answer)) from None

    async def audio_ms(self, path: str) -> int:
        """Fetch audio whole and in part, decode it, and return its length in milliseconds."""
        whole = await self.get(path)
        kind = whole.headers.get("content-type", "nothing")
        expect(kind.startswith("audio/"), f"an audio type for {path}", kind)
        cache = whole.headers.get("cache-control", "nothing")
        expect("immutable" in cache, f"immutable caching of {path}", cache)
        part = await self.get(path, status=206, headers={"Range": "bytes=100-299"})
        expect(
            part.content == whole.content[100:300],
            "the bytes 100 to 299 of the audio",
            f"{len(part.content)} others",
        )
        try:
            sound = soundfile.info(io.BytesIO(whole.content))
        except soundfile.LibsndfileError as error:
            raise Unexpected(f"audio that can be decoded from {path}", error) from None
        return round(1000 * sound.frames / sound.samplerate)

    async def connect(self, path: str, subprotocol: str) -> "Line":
        """Open a socket."""
        place = urlsplit(self.url)
        address = f"{'wss' if place.scheme == 'https' else 'ws'}://{place.netloc}{path}"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        try:
            socket = await websockets.connect(
                address,
                subprotocols=[websockets.Subprotocol(subprotocol)],
                origin=websockets.Origin(self.url),
                additional_headers={"Cookie": cookies},
                compression=None,
            )
        except (OSError, websockets.WebSocketException) as error:
            raise Unexpected(f"a socket at {path}", error) from None
        expect(socket.subprotocol == subprotocol, f"the subprotocol {subprotocol}", socket.subprotocol)
        return Line(socket)


class Line:
    """One open socket; messages are those of `sessions.protocol`, whatever carries them."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._binary = socket.subprotocol == protocol.MSGPACK

    async def say(self, message: protocol.ClientMessage) -> None:
        """Send one message."""
        try:
            if self._binary:
                await self._socket.send(msgspec.msgpack.encode(message))
            else:
                await self._socket.send(msgspec.json.encode(message).decode())
        except websockets.ConnectionClosed as error:
            self._closed(type(message).__name__, error)

    async def hear(self, *kinds: type[Message]) -> Message:
        """Return the next message, which must be of one of these kinds."""
        wanted = " or ".join(kind.__name__ for kind in kinds)
        try:
            frame = await self._socket.recv()
        except websockets.ConnectionClosed as error:
            self._closed(wanted, error)
        expect(
            isinstance(frame, bytes) == self._binary, "frames of the chosen subprotocol", type(frame).__name__
        )
        try:
            message = (_FROM_MSGPACK if self._binary else _FROM_JSON).decode(frame)
        except msgspec.MsgspecError as error:
            raise Unexpected(f"a message of the protocol ({wanted})", error) from None
        if not isinstance(message, kinds):
            raise Unexpected(wanted, message)
        return message

    async def cut(self) -> None:
        """Lose the network: the connection ends without a word."""
        self._socket.transport.abort()
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.wait_closed()

    def _closed(self, wanted: str, error: websockets.ConnectionClosed) -> NoReturn:
        raise Unexpected(f"{wanted} on the socket", f"its end ({error})") from None


def _document(answer: httpx.Response, what: str) -> lxml.html.HtmlElement:
    expect(answer.status_code == 200, f"status 200 for {what}", _summary(answer))
    return lxml.html.fromstring(answer.content)


def _summary(answer: httpx.Response) -> str:
    """Return a status, and where there is one the message of an error in JSON."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return f"{answer.status_code} ({answer.json()['message']})"
    return f"{answer.status_code} {answer.reason_phrase}"
