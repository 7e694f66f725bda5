"""Who comes or talks too often is put off, and nobody else notices."""

import time
import uuid
from collections.abc import Iterator

import pytest
import websockets

from sessions import protocol
from sessions.live import store
from sessions.live.blocking import run
from sessions.protocol import CloseCode
from tests.servers import Server
from tests.sockets import connect, cookie_of

ADA, BEN = 1, 2
AT_ONCE = 200  # frames: ten times FRAMES_PER_SECOND


def session_of(student: int) -> str:
    """Make a live session."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, student, 7, 200, 17, 4200, store.now() - 60_000)))
    return session


@pytest.mark.parametrize("kind", protocol.SUBPROTOCOLS)
@pytest.mark.parametrize(
    "frame",
    [("PING", {}), ("PROGRESS", {"wordIndex": 20, "audioTimestamp": 1, "playing": True}), ("NONSENSE", {})],
    ids=lambda frame: frame[0],
)
async def test_a_socket_that_never_stops_talking_is_told_and_closed_for_good(server, kind, frame):
    tablet = await connect(server.url, session_of(ADA), cookie_of(ADA), subprotocols=(kind,))
    await tablet.say("HELLO")
    await tablet.hear("SESSION_RESTORED")
    said, payload = frame
    begun = time.monotonic()
    for _ in range(2 * AT_ONCE):
        try:
            await tablet.say(said, **payload)
        except websockets.ConnectionClosed:
            break
    errors = []
    try:
        while True:
            message = await tablet.hear()
            if message["type"] == "ERROR":
                errors.append(message["payload"]["code"])
    except websockets.ConnectionClosed:
        pass
    assert time.monotonic() - begun < 10
    nonsense = said == "NONSENSE"  # is no client of ours anyway, and closed sooner
    assert errors[-1] == ("invalid_message" if nonsense else "too_fast")
    assert tablet.socket.close_code == (CloseCode.BAD_MESSAGE if nonsense else CloseCode.TOO_FAST)


async def test_a_burst_that_was_held_up_on_its_way_is_taken(server):
    tablet = await connect(server.url, session_of(ADA), cookie_of(ADA))
    await tablet.say("HELLO")
    await tablet.hear("SESSION_RESTORED")
    for _ in range(AT_ONCE // 2):
        await tablet.say("PING")
    for _ in range(AT_ONCE // 2):
        await tablet.hear("PONG")
    await tablet.socket.close()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory) -> Iterator[Server]:
    """A server that opens ten sockets at once, four of them for one child."""
    log = tmp_path_factory.mktemp("narrow") / "uvicorn.log"
    running = Server("uvicorn", str(log), HANDSHAKES_PER_SECOND="2", CHILD_CONNECTS_PER_MINUTE="8")
    yield running
    running.stop()


async def test_while_many_wait_for_their_session_the_next_is_put_off_at_once(tmp_path):
    running = Server("uvicorn", str(tmp_path / "uvicorn.log"), HANDSHAKES_AT_ONCE="2")
    try:
        silent = [await connect(running.url, session_of(ADA), cookie_of(ADA)) for _ in range(2)]
        with pytest.raises(websockets.InvalidStatus) as refused:
            await connect(running.url, session_of(BEN), cookie_of(BEN))
        assert refused.value.response.status_code == 503
        await silent[0].say("HELLO")
        await silent[0].hear("SESSION_RESTORED")
        ben = await connect(running.url, session_of(BEN), cookie_of(BEN))
        await ben.say("HELLO")
        await ben.hear("SESSION_RESTORED")
    finally:
        running.stop()


async def test_a_child_that_comes_too_often_is_put_off_and_so_is_a_storm(narrow):
    session, cookie = session_of(ADA), cookie_of(ADA)
    for _ in range(4):
        tablet = await connect(narrow.url, session, cookie)
        await tablet.say("HELLO")
        await tablet.hear("SESSION_RESTORED")
    for _ in range(2):
        tablet = await connect(narrow.url, session, cookie)
        assert await tablet.close_code() == CloseCode.TRY_AGAIN_LATER
    assert not CloseCode.TRY_AGAIN_LATER.final

    ben = await connect(narrow.url, session_of(BEN), cookie_of(BEN))
    await ben.say("HELLO")
    await ben.hear("SESSION_RESTORED")
    with pytest.raises(websockets.InvalidStatus) as refused:
        for _ in range(20):
            await connect(narrow.url, session, cookie)
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "1"
    await ben.say("PING")
    await ben.hear("PONG")
    await ben.socket.close()
