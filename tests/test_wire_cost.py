"""Bytes on the wire are those of real frames, of real sockets and of real sound."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from readerai import wire_cost
from readerai.env import PROJECT
from readerai.measured import Measured
from readerai.wire_cost import PLACE, WORD_SECONDS, conversation, frame, question, reading_minute
from sessions import protocol
from sessions.live import store
from sessions.live.blocking import run
from tests.proofs.costs import ANSWER
from tests.sockets import Tablet, connect, cookie_of, say
from tutoring.narration import files
from tutoring.narration.compose import compose, compose_at_once
from tutoring.narration.espeak import EspeakEngine
from tutoring.sentences import cut

ADA = 1
PACKET = 52
AROUND = 22 + PACKET  # the TLS record's and the packet's own
ENCODE = {
    protocol.MSGPACK: msgspec.msgpack.encode,
    protocol.JSON: lambda said: msgspec.json.encode(said).decode(),
}


class Scale:
    """A way to a server that counts the bytes which pass."""

    def __init__(self, port: int) -> None:
        self.up = self.down = 0
        self._port = port
        self._pumps: list[asyncio.Task[None]] = []

    async def open(self) -> str:
        """Return the URL of this way."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Hang up."""
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        for pump in (self._pump(reader, to_server, "up"), self._pump(from_server, writer, "down")):
            self._pumps.append(asyncio.create_task(pump))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        while data := await reader.read(65_536):
            setattr(self, way, getattr(self, way) + len(data))
            writer.write(data)
        writer.close()


@pytest.fixture
async def scale(server) -> AsyncIterator[Scale]:
    """A way that counts to each of the servers."""
    counting = Scale(server.port)
    yield counting
    await counting.close()


async def restored(scale: Scale, session_id: str, subprotocol: str) -> Tablet:
    """Ada's tablet in a book of 2,000 words, at its place; what is counted begins there."""
    await asyncio.to_thread(begin, session_id)
    tablet = await connect(await scale.open(), session_id, cookie_of(ADA), subprotocols=(subprotocol,))
    await tablet.say("HELLO")
    await tablet.hear("SESSION_RESTORED")
    scale.up = scale.down = 0
    return tablet


def begin(session_id: str) -> None:
    run(store.seed(store.Seed(session_id, ADA, 7, 2_000, 1_200, 4_200, store.now() - 60_000)))


# --- Frames ------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [0, 125, 126, 1_000])
@pytest.mark.parametrize("masked", [True, False])
def test_a_frame_is_as_long_as_the_library_websockets_makes_it(length, masked):
    real = Frame(Opcode.BINARY, b"x" * length).serialize(mask=masked)
    assert frame(length, masked=masked) == len(real) + AROUND


def test_a_place_each_second_costs_five_times_what_it_costs_every_five_but_for_signs_of_life():
    never = reading_minute(protocol.MSGPACK, float("inf"))
    each, seldom = (reading_minute(protocol.MSGPACK, every) for every in (1, 5))
    assert each.both - never.both == pytest.approx(5 * (seldom.both - never.both))
    assert each.up - never.up == 60 * frame(len(msgspec.msgpack.encode(PLACE)), masked=True)


def test_signs_of_life_are_as_frequent_as_the_reader_asks():
    client = (PROJECT / "static" / "reader" / "session-client.js").read_text()
    [milliseconds] = re.findall(r"PING_MS = ([\d_]+);", client)
    assert int(milliseconds) == 1_000 * wire_cost._PING_SECONDS


def test_messagepack_takes_less_than_json():
    for packed, text in (
        (reading_minute(protocol.MSGPACK, 1), reading_minute(protocol.JSON, 1)),
        (question(protocol.MSGPACK), question(protocol.JSON)),
    ):
        assert packed.up < text.up
        assert packed.down <= text.down


# --- Sockets -----------------------------------------------------------------------------------
@pytest.mark.parametrize("subprotocol", [protocol.JSON, protocol.MSGPACK])
@pytest.mark.parametrize("every", [1, 5, WORD_SECONDS])
async def test_a_minute_of_reading_takes_as_much_on_a_real_socket(scale, subprotocol, every):
    tablet = await restored(scale, str(uuid.uuid4()), subprotocol)
    places, pings = round(60 / every), 4
    for _ in range(places):
        await tablet.socket.send(ENCODE[subprotocol](PLACE))
    for _ in range(pings):
        await tablet.socket.send(ENCODE[subprotocol](protocol.Ping()))
        await tablet.hear("PONG")
    model = reading_minute(subprotocol, every)
    assert scale.up + places * AROUND + pings * (AROUND + PACKET) == round(model.up)
    assert scale.down + places * PACKET + pings * AROUND == round(model.down)
    await tablet.socket.close()


@pytest.mark.parametrize("subprotocol", [protocol.JSON, protocol.MSGPACK])
async def test_a_question_and_its_answer_take_as_much_on_a_real_socket(scale, subprotocol):
    session_id = str(uuid.uuid4())
    tablet = await restored(scale, session_id, subprotocol)
    (asked, heard), (acknowledged, *said) = conversation()
    await tablet.socket.send(ENCODE[subprotocol](asked))
    await tablet.hear(acknowledged.__struct_config__.tag)
    for message in said:
        await asyncio.to_thread(say, session_id, message)
        await tablet.hear(message.__struct_config__.tag)
    await tablet.socket.send(ENCODE[subprotocol](heard))
    await tablet.say("PING")
    await tablet.hear("PONG")
    model, up, down = question(subprotocol), 2, 1 + len(said)  # packets
    seqs_and_ping = 60
    assert scale.up + up * AROUND + down * PACKET == pytest.approx(model.up, abs=seqs_and_ping)
    assert scale.down + down * AROUND + up * PACKET == pytest.approx(model.down, abs=seqs_and_ping)
    await tablet.socket.close()


# --- Sound -------------------------------------------------------------------------------------
def test_narration_takes_as_much_as_was_measured_and_the_voice_of_answers_too():
    text = " ".join(wire_cost.SENTENCES)
    page = compose(text * 3, "en", EspeakEngine())
    assert 60_000 * len(page.audio) / page.duration_ms == pytest.approx(Measured().sound_minute, rel=0.05)
    answers = [compose_at_once(each, "en", EspeakEngine()).audio for each in cut([ANSWER])]
    assert sum(map(len, answers)) / len(answers) == pytest.approx(Measured().sentence_sound, rel=0.2)


def test_a_cdn_may_keep_a_pages_voice_and_no_answers():
    assert files.cache_control(f"{files.FOLDER}a.mp3").startswith("public")
    assert files.cache_control(f"{files.ANSWERS}a.flac").startswith("private")
