"""The drain, on uvicorn and on daphne: nobody new comes in, each child is let go in turn, nothing is lost."""

import asyncio
import json
import re
import signal
import socket
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest

from sessions import protocol
from sessions.drain import drain_of_this_loop
from sessions.hub import Hub, get_hub
from sessions.live import places, store, worker
from sessions.live.blocking import run
from sessions.live.connection import close
from sessions.live.records import LiveProgress
from tests.samples import Growth
from tests.servers import COMMANDS, Server
from tests.sockets import Tablet, connect, cookie_of
from tests.test_consumer import ADA, complete, question, until

on_each_server = pytest.mark.parametrize("name", sorted(COMMANDS))


@pytest.fixture
def start(name: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server that this test may end."""
    servers = []

    def start_one(**environment: str) -> Server:
        servers.append(Server(name, str(tmp_path / "server.log"), **environment))
        return servers[-1]

    yield start_one
    for server in servers:
        server.stop()
        assert "Traceback" not in server.log(), server.log()


def seeded() -> str:
    """Return a live session of Ada's: a book of 200 words, begun, at word 17."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session


async def opened(server: Server, session_id: str, **site: str) -> Tablet:
    tablet = await connect(server.url, session_id, cookie_of(ADA), **site)
    await tablet.say("HELLO")
    await tablet.hear("SESSION_RESTORED")
    return tablet


def fetch(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict, Message]:
    """Return the status, body and headers of an HTTP answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal), refusal.headers


def handshake(server: Server, session_id: str) -> str:
    """Return what a WebSocket handshake is answered with on the wire."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        lines = (
            f"GET /ws/reading/{session_id}/ HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "Origin: http://localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            f"Sec-WebSocket-Protocol: {protocol.JSON}",
            f"Cookie: {cookie_of(ADA)}",
        )
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


async def farewell(tablet: Tablet) -> tuple[float, int]:
    """Wait until the server has said that it goes, and closed; return when, and the ms to stay away."""
    said = await tablet.hear("SERVER_DRAINING", within=10)
    assert await tablet.close_code() == protocol.CloseCode.RESTART
    return time.monotonic(), said["payload"]["retryAfterMs"]


def drained_in(server: Server) -> float:
    """Return the seconds that the drain has taken, as the server tells."""
    return float(re.search(r"drained in ([\d.]+) s", server.log())[1])


def sentence(question_id: str, index: int = 0, text: str = "Owls hunt at night.") -> protocol.AnswerSentence:
    payload = protocol.AnswerSentencePayload(question_id, index, text, tuple(text.split()[:4]), None, ())
    return protocol.AnswerSentence(payload)


def answer(session_id: str, question_id: str, *sentences: protocol.AnswerSentence) -> None:
    """Answer a question as a worker does."""
    with worker.claimed(session_id, question_id) as claimed:
        for message in (*sentences, complete(question_id, len(sentences))):
            assert worker.publish(claimed, message)


@on_each_server
async def test_a_sigterm_lets_go_of_each_child_in_turn_and_of_the_one_in_mid_answer_last(start):
    server = start(DRAIN_SECONDS="5", PROGRESS_FLUSH_MS="5000")
    sessions = [seeded() for _ in range(30)]
    tablets = await asyncio.gather(*[opened(server, session) for session in sessions])
    asked = question()
    await tablets[0].say("STUDENT_QUESTION", **asked)
    await tablets[0].hear("INTERRUPTION_ACKNOWLEDGED")
    for word, tablet in enumerate(tablets, start=100):
        await tablet.say("PROGRESS", wordIndex=word, audioTimestamp=9000, playing=True)
        await tablet.say("PING")
        await tablet.hear("PONG")

    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    waiting, *reading = [asyncio.create_task(farewell(tablet)) for tablet in tablets[1:]]
    waiting = [waiting, *reading]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    refusal = await asyncio.to_thread(handshake, server, sessions[1])
    assert refusal.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    assert "\r\nretry-after: 1\r\n" in refusal.lower()
    status, body, headers = await asyncio.to_thread(fetch, server, "/readyz")
    assert (status, body, headers["Retry-After"]) == (503, {"ready": False, "why": ["draining"]}, "1")
    assert (await asyncio.to_thread(fetch, server, "/healthz"))[0] == 200
    server.process.send_signal(signal.SIGTERM)  # asked again it does not hurry

    goodbyes = await asyncio.gather(*waiting)
    moments = sorted(moment for moment, _ in goodbyes)
    assert moments[-1] - moments[0] > 2, "they were not let go one after the other"
    assert all(moment + stay_away / 1000 > begun + 1.9 for moment, stay_away in goodbyes)
    assert len({stay_away for _, stay_away in goodbyes}) > 10

    await asyncio.to_thread(answer, sessions[0], asked["id"], sentence(asked["id"]))
    await tablets[0].hear("ANSWER_SENTENCE")
    await tablets[0].hear("ANSWER_COMPLETE")
    moment, _ = await farewell(tablets[0])
    assert moment < begun + 4.5, "it waited for more than the answer"
    assert await asyncio.to_thread(server.process.wait, 10) == 0
    assert drained_in(server) < 5
    positions = await asyncio.to_thread(run, places.positions(sessions))
    assert [position.word_index for position in positions] == list(range(100, 130))


@on_each_server
async def test_neither_an_answer_that_never_ends_nor_a_tablet_that_does_not_read_holds_it_up(start):
    server = start(DRAIN_SECONDS="2")
    deaf, asked = seeded(), question()
    giver = await opened(server, deaf)
    await giver.say("STUDENT_QUESTION", **asked)
    await giver.hear("INTERRUPTION_ACKNOWLEDGED")
    await giver.cut()
    # What HELLO is answered with is more than fits into the buffers on the way; daphne sends 1 MB at most.
    text = "owl " * 50_000
    many = [sentence(asked["id"], index, text) for index in range(4 if server.name == "daphne" else 20)]
    await asyncio.to_thread(answer, deaf, asked["id"], *many)
    silent = await connect(server.url, deaf, cookie_of(ADA))
    silent.socket.transport.pause_reading()
    await silent.say("HELLO")
    tablets = [await opened(server, seeded()) for _ in range(3)]
    await tablets[0].say("STUDENT_QUESTION", **question())
    await tablets[0].hear("INTERRUPTION_ACKNOWLEDGED")

    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    (hopeful, _), *others = await asyncio.gather(*[farewell(tablet) for tablet in tablets])
    assert all(moment < begun + 1.6 for moment, _ in others)  # all who read are gone by then
    assert hopeful > begun + 1.7
    assert await asyncio.to_thread(server.process.wait, 10) == 0
    assert drained_in(server) <= 2
    await silent.cut()


@on_each_server
async def test_a_drain_that_this_machine_asks_for_sends_on_who_says_hello_and_the_process_goes_on(start):
    # Probes come by plain HTTP to an address of the machine, and reading needs no PostgreSQL.
    server = start(
        DRAIN_SECONDS="2",
        BEHIND_TLS_PROXY="1",
        ALLOWED_HOSTS="reading.school.example",
        CSRF_TRUSTED_ORIGINS="http://localhost",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
    )
    assert fetch(server, "/readyz", Host="10.0.0.7")[:2] == (200, {"ready": True})
    for header in ("X-Forwarded-For", "Forwarded", "Origin"):
        assert fetch(server, "/drain", "POST", **{header: "127.0.0.1"})[0] == 403
    assert fetch(server, "/drain", "POST", Host="reading.school.example")[0] == 403
    assert fetch(server, "/drain")[0] == 405
    assert fetch(server, "/readyz")[0] == 200

    session, site = seeded(), {"origin": "https://reading.school.example"}
    late = await connect(server.url, session, cookie_of(ADA), **site)
    early = await opened(server, seeded(), **site)
    assert fetch(server, "/drain", "POST")[:2] == (202, {"state": "draining", "sockets": 1})
    assert fetch(server, "/readyz")[0] == 503
    await late.say("HELLO")
    await farewell(late)
    assert (await asyncio.to_thread(run, store.heads([session])))[0].owner == ""
    await farewell(early)
    await until(lambda: fetch(server, "/drain", "POST")[:2] == (202, {"state": "drained", "sockets": 0}))
    assert fetch(server, "/healthz")[0] == 200
    server.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(server.process.wait, 5) == 0


class Seat:
    """A socket as the hub knows it, which notes when it was let go and may come back, and leaves."""

    def __init__(self, hub: Hub) -> None:
        self.session_id, self.owner = str(uuid.uuid4()), uuid.uuid4().hex
        self.sent, self.restored = 0, True
        self.let_go_at = self.back_at = 0.0
        self._hub = hub
        hub.add(self)

    async def let_go(self, retry_after_ms: int) -> None:
        self.let_go_at = asyncio.get_running_loop().time()
        self.back_at = self.let_go_at + retry_after_ms / 1000
        await self._hub.remove(self)


@pytest.mark.parametrize("children", [1, 4, 300])
async def test_they_are_let_go_in_step_however_many_they_are(children):
    hub = await get_hub()
    seats = [Seat(hub) for _ in range(children)]
    begun = asyncio.get_running_loop().time()
    await drain_of_this_loop().begin(2)
    gap = min(0.1, 2 * 0.8 / children)
    assert all(seat.let_go_at >= begun + place * gap for place, seat in enumerate(seats))
    assert all(seat.back_at > begun + 1.9 for seat in seats)
    assert not hub.sockets
    await hub.stop()


async def test_how_many_are_not_let_go_of_yet_is_told():
    remaining = Growth("websocket_drain_remaining")
    hub = await get_hub()
    seats = [Seat(hub) for _ in range(3)]
    draining = drain_of_this_loop().begin(1)
    assert remaining() == len(seats)
    await draining
    assert remaining() == 0
    await hub.stop()


async def test_without_redis_everybody_is_let_go_all_the_same(settings):
    hub = await get_hub()
    await close()
    settings.STATE_REDIS_URL = "redis://127.0.0.1:1/0"
    seats = [Seat(hub) for _ in range(3)]
    for seat in seats:
        hub.positions.put(LiveProgress(seat.session_id, seat.owner, 20, 5000, True, 0, store.now()))
    await drain_of_this_loop().begin(1)
    assert all(seat.let_go_at for seat in seats)
    assert not hub.sockets
    await hub.stop()


async def test_who_has_nobody_to_let_go_of_is_done_at_once():
    begun = time.monotonic()
    await drain_of_this_loop().begin(60)
    assert time.monotonic() - begun < 1
