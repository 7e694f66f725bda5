"""What a return costs: at most two round trips to Redis and no SQL; and reading on: one write a second."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from sessions import protocol
from sessions.live import keys, store
from sessions.live.blocking import run
from tests.servers import Server
from tests.sockets import connect, cookie_of

ADA = 1


class Tap:
    """A way to the state Redis that notes what goes up: `requests`, one for each that was sent at once."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Return the URL of this way."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"

    def about(self, session_id: str) -> int:
        """Return how many requests spoke of a session since `forget`.

        Entering the index, which a process does soon for newcomers and each minute for all, is none of them.
        """
        own_keys = keys.session(session_id)[0].encode()
        return sum(
            session_id.encode() in request and (own_keys in request or keys.LIVE.encode() not in request)
            for request in self.requests
        )

    def forget(self) -> None:
        """Count from now on."""
        self.requests.clear()

    def close(self) -> None:
        """Hang up."""
        assert self._server is not None
        self._server.close()
        for pump in self._pumps:
            pump.cancel()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = urlsplit(settings.STATE_REDIS_URL)
        from_redis, to_redis = await asyncio.open_connection(place.hostname, place.port)
        for pump in (self._pump(reader, to_redis, self.requests), self._pump(from_redis, writer, [])):
            self._pumps.add(asyncio.create_task(pump))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, notes: list[bytes]
    ) -> None:
        while data := await reader.read(1_000_000):
            notes.append(data)
            writer.write(data)
        writer.close()


@pytest.fixture
async def tap() -> AsyncIterator[Tap]:
    """A way to the state Redis that counts."""
    opened = Tap()
    yield opened
    opened.close()


@pytest.fixture
async def two_servers(tap, tmp_path) -> AsyncIterator[tuple[Server, Server]]:
    """A server on the way that counts, and one beside it. Their database has no tables: nothing runs SQL."""
    url = await tap.open()
    counted = await asyncio.to_thread(
        lambda: Server(
            "uvicorn", str(tmp_path / "counted.log"), STATE_REDIS_URL=url, PROGRESS_FLUSH_MS="1000",
            # The sweep looks at all sessions in one go: it is no part of what one of them costs.
            OUTBOX_SWEEP_MS="60000", DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        )
    )  # fmt: skip
    other = await asyncio.to_thread(Server, "daphne", str(tmp_path / "other.log"))
    yield counted, other
    for server in (counted, other):
        await asyncio.to_thread(server.stop)
        assert "Traceback" not in server.log(), server.log()


def new_session() -> str:
    """Return Ada's live session, begun."""
    session_id = str(uuid.uuid4())
    run(store.seed(store.Seed(session_id, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session_id


def question(word: int) -> dict:
    place = {"wordIndex": word, "audioTimestamp": 100 * word}
    return {"id": str(uuid.uuid4()), "questionText": "Why?", "context": place}


async def test_a_return_takes_two_round_trips_at_most_and_reading_one_write_a_second(tap, two_servers):
    """With new questions, and a former owner on another server; the counted one has no PostgreSQL."""
    counted, other = two_servers
    session_id = await asyncio.to_thread(new_session)
    for _ in range(2):  # the first on a new server may have to send the script too
        former = await connect(other.url, session_id, cookie_of(ADA))
        await former.say("HELLO")
        known = (await former.hear("SESSION_RESTORED"))["payload"]
        tap.forget()
        tablet = await connect(counted.url, session_id, cookie_of(ADA))
        await tablet.say(
            "HELLO", epoch=known["epoch"], lastSeq=known["lastSeq"],
            unacknowledged=[question(20), question(30)],
            position={"wordIndex": 30, "audioTimestamp": 3000},
        )  # fmt: skip
        restored = (await tablet.hear("SESSION_RESTORED"))["payload"]
        assert len(restored["pendingMessages"]) == 2
        assert 1 <= tap.about(session_id) <= 2
        assert await former.close_code() == protocol.CloseCode.OPENED_ELSEWHERE
    tap.forget()
    begun = asyncio.get_running_loop().time()
    for fifth in range(15):
        await tablet.say("PROGRESS", wordIndex=31 + fifth, audioTimestamp=fifth, playing=True, ack=2)
        await asyncio.sleep(0.2)
    seconds = asyncio.get_running_loop().time() - begun  # three, or more on a busy machine
    assert 2 <= tap.about(session_id) <= seconds + 1
    await tablet.socket.close()
