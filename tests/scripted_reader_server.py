"""A server for one reader page that does what a test tells it: late voices, lost sockets, close codes.

Real HTTP and a real WebSocket on one loopback port; the page, the words and the wire are the
product's own, the audio is a real MP3 in which word n hums a little higher than word n-1.
"""

import asyncio
import io
import json
import mimetypes
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from msgspec import to_builtins
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from sessions import protocol, words
from sessions.models import Book
from sessions.shelf import BookText, PageText
from sessions.tickets import Ticket
from sessions.views.reader import page_data
from tutoring import syllables
from tutoring.word_help import WordHelp

WORD_MS = 280  # a word and the silence after it
GAP_MS = 40
PAGES = (
    "Mina found a lantern under the old stairs. It was small and green. When she lit it, the shadows"
    " on the wall began to dance.\n\nOne shadow bowed to her.",
    "The shadow wore a hat like a teapot. It pointed at the garden door. Mina took the lantern and"
    " opened the door very slowly.",
    "Outside, every leaf was humming. The shadow danced until morning came. Then it waved and was gone.",
)
SESSION = "6f1f5f1e-5d0c-4d8e-9a53-0d9c9b2f6a11"


def word_times(count: int) -> list[list[int]]:
    """Return `[start, end)` in ms for so many words."""
    return [[n * WORD_MS, (n + 1) * WORD_MS - GAP_MS] for n in range(count)]


def sound(count: int) -> bytes:
    """Return an MP3 in which each word hums."""
    rate = 22_050
    pieces = []
    for n in range(count):
        moments = numpy.arange(rate * (WORD_MS - GAP_MS) // 1000) / rate
        pieces.append(0.1 * numpy.sin(2 * numpy.pi * (300 + 10 * n) * moments))
        pieces.append(numpy.zeros(rate * GAP_MS // 1000))
    file = io.BytesIO()
    soundfile.write(file, numpy.concatenate(pieces), rate, format="MP3")
    return file.getvalue()


class ScriptedServer:
    """Serves /read/1/. Everything a test may change is an attribute; every frame heard is in `frames`."""

    def __init__(self) -> None:
        """Listen on a free port; `begin` a story before a page is opened."""
        self._sounds: dict[int, bytes] = {}
        self.sockets: list[ServerConnection] = []
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._serve())
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/read/1/"

    def begin(self, pages: tuple[str, ...] = PAGES, *, language: str = "en", **changes: Any) -> None:
        """Forget everything and serve a book of these pages; `changes` sets attributes."""
        self.pages: list[PageText] = []
        first = 0
        for number, text in enumerate(pages, start=1):
            count = len(words.split(text))
            self.pages.append(PageText(number, number, "", text, first, count))
            first += count
        self.book = BookText(
            1, None, "The Dancing Lantern", "A Test", language, {}, first, tuple(self.pages)
        )  # fmt: skip

        self.word_index = 0  # the server's own idea of the place
        self.resume_at_sentence_start = False
        self.thinking_words = 0  # of what is said at once when a question is safe; 0: nothing
        self.speech_input = True
        self.pages_per_prompt = 0  # a test that asks serves the prompts itself
        self.voices: dict[int, int] = {}  # page number -> HTTP status instead of 200
        self.meanings: dict[int, str] = {}  # word index -> what it means; others are still being found out
        self.reachable = True  # False: no socket comes through
        self.frames: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.epoch = 1
        self.outbox: list[dict[str, Any]] = []
        self._known: set[str] = set()
        for name, value in changes.items():
            setattr(self, name, value)
        request = RequestFactory().get("/read/1/")
        self.html = render_to_string("reading/reader.html", self._context(), request).encode()

    # --- What a test does -------------------------------------------------------------------
    def heard(self, kind: str, count: int = 1, within: float = 8) -> list[dict[str, Any]]:
        """Wait until `count` messages of this type have come; return the payloads of all."""
        deadline = time.monotonic() + within
        while True:
            found = [frame["payload"] for frame in self.frames if frame["type"] == kind]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{count} {kind} expected, heard {self.frames}"
            time.sleep(0.02)

    def publish(self, kind: str, **payload: Any) -> None:
        """Send a durable message, now and to whoever missed it."""
        message = {"type": kind, "payload": payload, "seq": len(self.outbox) + 1}
        self.outbox.append(message)
        self._do(self._send_to_all(message))

    def answer(
        self, question_id: str, *sentences: str, voice: bool = True, complete: bool = True, first: int = 0
    ) -> None:
        """Answer a question from its sentence `first`; each is spoken unless `voice` is off."""
        for index, text in enumerate(sentences, start=first):
            split = [word.text for word in words.split(text)]
            self.publish(
                "ANSWER_SENTENCE", questionId=question_id, index=index, text=text, words=split,
                audioUrl=f"/media/{len(split)}.mp3" if voice else None,
                wordTimes=word_times(len(split)) if voice else [],
            )  # fmt: skip
        if complete:
            self.publish(
                "ANSWER_COMPLETE", questionId=question_id, sentences=first + len(sentences), source="offline"
            )

    def tell(self, kind: str, **payload: Any) -> None:
        """Send every socket a message that is not kept."""
        self._do(self._send_to_all({"type": kind, "payload": payload}))

    def close_sockets(self, code: int) -> None:
        """Close every socket with this code."""
        self._do(self._close_all(code))

    def drain(self, retry_after_ms: int) -> None:
        """Announce the end of this server, and close every socket."""
        payload = {"retryAfterMs": retry_after_ms}
        self._do(self._send_to_all({"type": "SERVER_DRAINING", "payload": payload}))
        self.close_sockets(1012)

    def lose_redis(self) -> None:
        """Forget every message and question, and close every socket as the product then does."""
        self.epoch += 1
        self.outbox.clear()
        self._known.clear()
        self.close_sockets(4503)

    def lose_network(self) -> None:
        """Cut every socket without a word, and let none come back until `reachable` is set."""
        self.reachable = False
        self._do(self._cut_all())

    # --- How it is served -------------------------------------------------------------------
    def stop(self) -> None:
        """Stop listening and end the thread."""
        self._server.close()
        self._do(self._server.wait_closed())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _serve(self) -> Server:
        return await serve(
            self._conversation, "127.0.0.1", 0, process_request=self._respond,
            subprotocols=[protocol.JSON], compression=None,
        )  # fmt: skip

    def _context(self) -> dict[str, Any]:
        boot = {
            "sessionId": SESSION,
            "socketUrl": f"/ws/reading/{SESSION}/",
            "book": {
                "id": 1, "title": self.book.title, "author": self.book.author, "language": self.book.language,
                "direction": "rtl" if self.book.language == "ar" else "ltr",
                "wordCount": self.book.word_count, "pageCount": len(self.pages),
            },
            "pageFirstWords": [page.first_word for page in self.pages],
            "pagesUrl": "/api/books/1/pages/",
            "thinkingUrl": "/api/books/1/thinking/",
            "position": {"wordIndex": self.word_index, "audioTimestamp": 0},
            "resumeAtSentenceStart": self.resume_at_sentence_start,
            "pagesPerPrompt": self.pages_per_prompt,
            "csrfToken": "scripted",
            "libraryUrl": "/",
            "wordsUrl": "/api/books/1/words/",
        }  # fmt: skip
        book = Book(pk=1, title=self.book.title, language=self.book.language)
        student = Ticket(1, 1, 1, "Ada", "fox")
        return {"boot": boot, "book": book, "student": student, "speech_input": self.speech_input}

    def _respond(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request.path)
        head, _, tail = request.path.partition("?")[0].strip("/").partition("/")
        if head == "ws":
            return None if self.reachable else _response(b"", status=503)
        if head == "read":
            return _response(self.html, "text/html")
        if head == "static":
            file = Path(finders.find(tail))
            kind = mimetypes.guess_type(tail)[0] or "application/octet-stream"
            return _response(file.read_bytes(), kind, keep=True)
        if head == "media":
            count = int(tail.removesuffix(".mp3"))
            return _response(self._sounds.setdefault(count, sound(count)), "audio/mpeg", keep=True)
        if tail == "books/1/thinking":
            known = {"text": "Let me think.", "audioUrl": f"/media/{self.thinking_words}.mp3"}
            return _json(known) if self.thinking_words else _json({"error": "no_phrase"}, 404)
        if "/words/" in tail:
            return self._word(int(tail.split("/")[3]))
        if tail.startswith("books/"):
            page = self.pages[int(tail.split("/")[3]) - 1]
            return self._narration(page) if "narration" in tail else _json(page_data(self.book, page))
        return _response(b"the library", "text/html")

    def _narration(self, page: PageText) -> Response:
        status = self.voices.get(page.number, 200)
        if status == 202:
            return _json({"retryAfterMs": 100}, status)
        if status != 200:
            return _json({"error": "failed", "message": "no voice"}, status)
        count = page.word_count
        return _json(
            {
                "audioUrl": f"/media/{count}.mp3",
                "durationMs": count * WORD_MS,
                "wordTimes": word_times(count),
            }
        )

    def _word(self, index: int) -> Response:
        shown = [word.text for page in self.pages for word in words.split(page.text)][index]
        word = syllables.bare(shown)
        split = syllables.syllables(word, self.book.language)
        meaning = self.meanings.get(index)
        if meaning is None:
            told = WordHelp(word, None, None, split, audio_url="/media/1.mp3")
            return _json({**to_builtins(told), "retryAfterMs": 100}, 202)
        sound = f"/media/{len(words.split(meaning))}.mp3"
        return _json(to_builtins(WordHelp(word, meaning, "model", split, True, "/media/1.mp3", (), sound)))

    async def _conversation(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        try:
            async for frame in socket:
                message = json.loads(frame)
                self.frames.append(message)
                await self._reply(socket, message["type"], message["payload"])
        finally:
            self.sockets.remove(socket)

    async def _reply(self, socket: ServerConnection, kind: str, payload: dict[str, Any]) -> None:
        if kind == "HELLO":
            if position := payload.get("position"):
                self.word_index = position["wordIndex"]
            for question in payload["unacknowledged"]:
                self._acknowledge(question)
            known = payload.get("epoch") == str(self.epoch)
            restored = {
                "wordIndex": self.word_index, "audioTimestamp": 0, "epoch": str(self.epoch),
                "outcome": "replayed" if known else "snapshot" if "epoch" in payload else "new",
                "lastSeq": len(self.outbox),
                "pendingMessages": self.outbox[payload["lastSeq"] if known else 0 :],
            }  # fmt: skip
            await socket.send(json.dumps({"type": "SESSION_RESTORED", "payload": restored}))
        elif kind == "STUDENT_QUESTION":
            if message := self._acknowledge(payload):
                await self._send_to_all(message)
        elif kind == "PING":
            await socket.send(json.dumps({"type": "PONG", "payload": {}}))

    def _acknowledge(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """Owe the acknowledgement of a question that is new."""
        if question["id"] in self._known:
            return None
        self._known.add(question["id"])
        payload = {"questionId": question["id"], "wordIndex": question["context"]["wordIndex"]}
        message = {"type": "INTERRUPTION_ACKNOWLEDGED", "payload": payload, "seq": len(self.outbox) + 1}
        self.outbox.append(message)
        return message

    async def _send_to_all(self, message: dict[str, Any]) -> None:
        for socket in list(self.sockets):
            await socket.send(json.dumps(message))

    async def _close_all(self, code: int) -> None:
        for socket in list(self.sockets):
            await socket.close(code)

    async def _cut_all(self) -> None:
        for socket in list(self.sockets):
            socket.transport.abort()


def _response(body: bytes, kind: str = "text/plain", status: int = 200, *, keep: bool = False) -> Response:
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Connection": "close",
            "Cache-Control": "max-age=600" if keep else "no-store",
        }
    )
    return Response(status, HTTPStatus(status).phrase, headers, body)


def _json(data: object, status: int = 200) -> Response:
    return _response(json.dumps(data).encode(), "application/json", status)


@pytest.fixture(scope="module")
def scripted_server() -> Iterator[ScriptedServer]:
    """One server for a module's tests, so that its browser keeps what does not change."""
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture
def make_server(scripted_server: ScriptedServer, settings: Any) -> Callable[..., ScriptedServer]:
    """Return a function that begins a story, as `ScriptedServer.begin` does, and gives its server."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    def make(*pages: Any, **changes: Any) -> ScriptedServer:
        scripted_server.begin(*pages, **changes)
        return scripted_server

    return make
