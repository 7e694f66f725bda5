"""Sockets as uvicorn serves them here, between ASGI and a client of the library or raw bytes."""

import asyncio
import contextlib
import gc
import weakref

import pytest
import uvicorn
import websockets
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from readerai.websocket.connection import SocketConnection
from readerai.websocket.http import HttpProtocol
from sessions.frames import OFFERED_FRAMES
from tests.waiting import until

MAX = 100_000
REQUEST = (
    b"GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Application:
    """Echoes messages, and keeps what it was told; `take`: what it does with offered messages."""

    def __init__(self) -> None:
        self.scopes: list[dict] = []
        self.events: list[dict] = []
        self.taken: list[str | bytes] = []
        self.take = None
        self.ended = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        try:
            self.events.append(await receive())
            if self.take is not None:
                scope["extensions"][OFFERED_FRAMES](self.take)
            await self.answer(send)
            while (event := await receive())["type"] == "websocket.receive":
                self.events.append(event)
                await self.hear(event, send)
            self.events.append(event)
        finally:
            self.ended.set()

    async def answer(self, send):
        await send({"type": "websocket.accept", "subprotocol": "b", "headers": [(b"x-own", b"1")]})

    async def hear(self, event, send):
        await send({**event, "type": "websocket.send"})


class Served:
    """An application behind a real port."""

    def __init__(self, application: Application, port: int, state: ServerState) -> None:
        self.application, self.port, self.state = application, port, state

    def connect(self, **options):
        address = f"ws://127.0.0.1:{self.port}/a%20b?c=d"
        return websockets.connect(address, **{"subprotocols": ["a", "b"], "compression": None, **options})

    @contextlib.asynccontextmanager
    async def raw(self, request: bytes = REQUEST):
        """A connection that has sent the request and read the head of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        yield head, reader, writer
        writer.close()


@pytest.fixture
async def served(request):
    application = getattr(request, "param", Application)()
    config = uvicorn.Config(application, http=HttpProtocol, ws_max_size=MAX, log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0
    )
    yield Served(application, server.sockets[0].getsockname()[1], state)
    server.close()
    for connection in list(state.connections):
        connection.shutdown()


def client_frame(opcode: Opcode, payload: bytes, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin=fin).serialize(mask=True)


async def close_frame(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Read the server's last frame and the end of the connection; return code and reason."""
    said = await asyncio.wait_for(reader.read(), 5)
    assert said[0] == 0x88 and len(said) == 2 + said[1]
    return int.from_bytes(said[2:4], "big"), said[4:].decode()


# --- The handshake ---------------------------------------------------------------------------
async def test_the_application_learns_of_the_request_and_chooses_the_subprotocol(served):
    async with served.connect(additional_headers={"Cookie": "a=b"}) as client:
        assert client.subprotocol == "b"
        assert client.response.headers["x-own"] == "1"
    scope = served.application.scopes[0]
    assert scope["path"] == "/a b" and scope["raw_path"] == b"/a%20b" and scope["query_string"] == b"c=d"
    assert scope["type"] == "websocket" and scope["scheme"] == "ws" and scope["subprotocols"] == ["a", "b"]
    assert dict(scope["headers"])[b"cookie"] == b"a=b"
    assert scope["client"][0] == "127.0.0.1" and scope["server"][1] == served.port


@pytest.mark.parametrize(
    "wrong, right, status",
    [
        (b"Version: 13", b"Version: 12", b"426"),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"short", b"400"),
        (b"GET", b"PUT", b"400"),
    ],
)
async def test_what_is_no_handshake_is_refused_before_the_application_hears_of_it(
    served, wrong, right, status
):
    async with served.raw(REQUEST.replace(wrong, right)) as (head, reader, _):
        assert head.startswith(b"HTTP/1.1 " + status)
        assert await asyncio.wait_for(reader.read(), 5)  # says why, and the connection ends
    assert served.application.scopes == []


class Refuses(Application):
    """Refuses as ASGI's denial extension says."""

    async def answer(self, send):
        await send(
            {"type": "websocket.http.response.start", "status": 503, "headers": [(b"retry-after", b"7")]}
        )
        await send({"type": "websocket.http.response.body", "body": b"la", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"ter"})


class Closes(Application):
    """Refuses by closing before it has accepted."""

    async def answer(self, send):
        await send({"type": "websocket.close"})


class Fails(Application):
    """Has a fault."""

    async def answer(self, send):
        raise ValueError("a fault")


@pytest.mark.parametrize("served, status", [(Refuses, 503), (Closes, 403), (Fails, 500)], indirect=["served"])
async def test_a_refusal_comes_as_an_answer_of_http(served, status):
    with pytest.raises(websockets.InvalidStatus) as refused:
        await served.connect()
    answer = refused.value.response
    assert answer.status_code == status
    if status == 503:
        assert answer.headers["retry-after"] == "7" and answer.body == b"later"
    await asyncio.wait_for(served.application.ended.wait(), 5)


# --- Messages ----------------------------------------------------------------------------------
async def test_messages_of_all_sizes_come_back_as_they_were(served):
    async with served.connect(max_size=None) as client:
        for size in (0, 1, 125, 126, 65_535, 65_536, MAX):
            for message in ("ä" * (size // 2), b"\xff" * size):
                await client.send(message)
                assert await asyncio.wait_for(client.recv(), 5) == message


async def test_fragments_pings_and_frames_in_any_pieces_are_understood(served):
    stream = b"".join(
        [
            client_frame(Opcode.TEXT, b"one"),
            client_frame(Opcode.TEXT, "zwöi".encode()[:3], fin=False),  # in the middle of a letter
            client_frame(Opcode.PING, b"there?"),
            client_frame(Opcode.CONT, "zwöi".encode()[3:]),
            client_frame(Opcode.BINARY, b"three"),
        ]
    )
    expected = b"".join(
        Frame(opcode, payload).serialize(mask=False)
        for opcode, payload in [
            (Opcode.TEXT, b"one"), (Opcode.PONG, b"there?"), (Opcode.TEXT, "zwöi".encode()),
            (Opcode.BINARY, b"three"),
        ]
    )  # fmt: skip
    for piece in (1, 2, 3, 7, len(stream)):
        async with served.raw() as (_, reader, writer):
            for start in range(0, len(stream), piece):
                writer.write(stream[start : start + piece])
                await asyncio.sleep(0)
            said = await asyncio.wait_for(reader.readexactly(len(expected)), 5)
            # A pong may overtake the echo of what came before it.
            assert sorted(said) == sorted(expected)
            assert said.replace(b"\x8a\x06there?", b"") == expected.replace(b"\x8a\x06there?", b"")


async def test_many_messages_at_once_keep_their_order_and_wait_in_the_network(served):
    async with served.connect() as client:
        for number in range(3_000):
            await client.send(str(number))
        for number in range(3_000):
            assert await asyncio.wait_for(client.recv(), 5) == str(number)


async def test_a_client_that_does_not_read_holds_up_the_application_not_the_memory(served):
    async with served.raw() as (_, reader, writer):
        reader._transport.pause_reading()  # what has come stays in the network
        application, frame = served.application, client_frame(Opcode.BINARY, bytes(60_000))
        held_up = 0
        while held_up < 5:
            heard = len(application.events)
            writer.write(frame)
            await asyncio.sleep(0.02)
            held_up = held_up + 1 if len(application.events) == heard else 0
        assert len(application.events) < 1_000
        reader._transport.resume_reading()
        await asyncio.wait_for(reader.readexactly((len(application.events) + 3) * 60_000), 10)


# --- The offer -----------------------------------------------------------------------------------
async def test_messages_are_offered_while_the_application_waits_and_stay_in_order(served):
    application = served.application
    release = asyncio.Event()

    def take(message: str | bytes) -> bool:
        application.taken.append(message)
        return message != "slow"

    async def hear(event, send):
        await release.wait()
        await send({"type": "websocket.send", "text": event["text"] + " done"})

    application.take, application.hear = take, hear
    async with served.connect() as client:
        for message in ("quick", b"quick too", "slow", "behind it", "behind it too"):
            await client.send(message)
        await until(lambda: len(application.events) == 2)
        assert application.taken == ["quick", b"quick too", "slow"]
        release.set()
        for expected in ("slow done", "behind it done", "behind it too done"):
            assert await asyncio.wait_for(client.recv(), 5) == expected
        await client.send("quick again")
        await until(lambda: application.taken[-1] == "quick again")


# --- The end --------------------------------------------------------------------------------------
@pytest.mark.parametrize("code, reason", [(1000, ""), (1001, "gone"), (4999, "ädieu")])
async def test_a_clients_goodbye_reaches_the_application(served, code, reason):
    async with served.connect() as client:
        await client.close(code, reason)
        assert (client.close_code, client.close_reason) == (code, reason)
    await asyncio.wait_for(served.application.ended.wait(), 5)
    assert served.application.events[-1] == {"type": "websocket.disconnect", "code": code, "reason": reason}


async def test_a_client_that_is_gone_without_a_word_is_noticed(served):
    async with served.connect() as client:
        client.transport.abort()
        await asyncio.wait_for(served.application.ended.wait(), 5)
    assert served.application.events[-1]["code"] == 1006
    assert not served.state.connections


async def test_the_applications_goodbye_reaches_the_client_and_nothing_follows_it(served):
    application, outcome = served.application, []

    async def hear(event, send):
        await send({"type": "websocket.close", "code": 4409, "reason": "elsewhere"})
        try:
            await send({"type": "websocket.send", "text": "late"})
        except OSError as error:
            outcome.append(type(error).__name__)

    application.hear = hear
    async with served.connect() as client:
        await client.send("a")
        with contextlib.suppress(websockets.ConnectionClosed):
            await client.send("b")
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(client.recv(), 5)
        assert (client.close_code, client.close_reason) == (4409, "elsewhere")
    assert outcome == ["ClientDisconnected"]
    assert [event.get("text") for event in application.events[1:-1]] == ["a"]


@pytest.mark.parametrize(
    "bytes_sent, code",
    [
        (bytes((0x82, 0x01, 0x00)), 1002),  # not masked
        (bytes((0xC2, 0x80, 1, 2, 3, 4)), 1002),  # a reserved bit
        (bytes((0x83, 0x80, 1, 2, 3, 4)), 1002),  # no such opcode
        (client_frame(Opcode.CONT, b"of nothing"), 1002),
        (client_frame(Opcode.TEXT, b"\xff"), 1007),
        (client_frame(Opcode.TEXT, b"\xff", fin=False) + client_frame(Opcode.CONT, b"\xff"), 1007),
        (client_frame(Opcode.BINARY, bytes(MAX + 1)), 1009),
        (client_frame(Opcode.BINARY, bytes(MAX), fin=False) + client_frame(Opcode.CONT, b"1"), 1009),
        (client_frame(Opcode.CLOSE, b"\x00"), 1002),
    ],
    ids=[
        "not masked",
        "reserved bit",
        "no such opcode",
        "nothing to go on with",
        "no text",
        "no text in fragments",
        "too large",
        "too large in fragments",
        "half a code",
    ],
)
async def test_whoever_breaks_the_rules_hears_it_by_the_code(served, bytes_sent, code):
    async with served.raw() as (_, reader, writer):
        writer.write(bytes_sent)
        assert (await close_frame(reader))[0] == code
    await asyncio.wait_for(served.application.ended.wait(), 5)
    assert served.application.events[-1]["type"] == "websocket.disconnect"


async def test_the_servers_end_is_a_goodbye(served):
    async with served.connect() as client:
        for connection in list(served.state.connections):
            connection.shutdown()
        await asyncio.wait_for(client.wait_closed(), 5)
        assert client.close_code == 1012


async def test_a_fault_of_the_application_ends_its_socket(served, caplog):
    async def hear(event, send):
        raise ValueError("a fault")

    served.application.hear = hear
    async with served.connect() as client:
        await client.send("a")
        await asyncio.wait_for(client.wait_closed(), 5)
    assert "a fault" in caplog.text


@pytest.mark.parametrize("ending", ["goodbye", "cut", "library", "refused"])
async def test_a_socket_that_has_ended_needs_no_collector(served, ending, monkeypatch):
    seen = []
    begin = SocketConnection.serve

    def serve(connection, *arguments):
        seen.append(weakref.ref(connection, lambda _: ended.set()))
        begin(connection, *arguments)

    ended = asyncio.Event()
    monkeypatch.setattr(SocketConnection, "serve", serve)
    gc.disable()
    try:
        if ending == "refused":
            served.application.answer = Refuses.answer.__get__(served.application)
            with pytest.raises(websockets.InvalidStatus):
                await served.connect()
        else:
            async with served.connect() as client:
                await client.send("a")
                await client.recv()
                if ending == "library":
                    await client.ping()
                    await client.send("b" * 70_000)
                    await client.recv()
                if ending == "cut":
                    client.transport.abort()
        await asyncio.wait_for(served.application.ended.wait(), 5)
        served.application.scopes.clear()
        served.application.events.clear()
        await asyncio.wait_for(ended.wait(), 5)
    finally:
        gc.enable()
    assert seen[0]() is None
