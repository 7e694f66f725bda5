"""One owner: of two tablets that race for a session on two servers one stays, and nothing flips back."""

import asyncio
import contextlib
import uuid

import pytest
from websockets import ConnectionClosed

from sessions import protocol
from sessions.live import ledger, places, store
from sessions.live.blocking import run
from tests.servers import COMMANDS, Server
from tests.sockets import Tablet, connect, cookie_of

ADA = 1
RACES = 25  # on each server
QUESTION = "00000000-0000-4000-8000-000000000007"


@pytest.fixture(scope="module")
def second_server(server, tmp_path_factory):
    """The other kind of server, beside the first."""
    (other,) = set(COMMANDS) - {server.name}
    running = Server(other, str(tmp_path_factory.mktemp("second") / f"{other}.log"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


def new_session() -> str:
    """Return Ada's live session."""
    session_id = str(uuid.uuid4())
    run(store.seed(store.Seed(session_id, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session_id


async def say_hello(server: Server, session_id: str) -> Tablet:
    """Return a tablet that has said HELLO; its answer is still to be heard."""
    tablet = await connect(server.url, session_id, cookie_of(ADA))
    await tablet.say("HELLO")
    return tablet


async def one_stays(*tablets: Tablet) -> None:
    """One of them is told that another one was opened; the other is left alone, for two sweeps at least."""
    ends = [asyncio.create_task(tablet.socket.wait_closed()) for tablet in tablets]
    for tablet in tablets:
        await tablet.hear("SESSION_RESTORED")
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED, timeout=10)
    await asyncio.wait(ends, timeout=0.7)
    codes = [tablet.socket.close_code for tablet in tablets]
    assert set(codes) == {protocol.CloseCode.OPENED_ELSEWHERE, None}, "both stay, or none does"


async def test_of_two_tablets_that_come_at_the_same_moment_one_stays(server, second_server):
    sessions = await asyncio.to_thread(lambda: [new_session() for _ in range(RACES)])
    races = [(say_hello(server, session), say_hello(second_server, session)) for session in sessions]
    tablets = await asyncio.gather(*(tablet for race in races for tablet in race))
    await asyncio.gather(*map(one_stays, tablets[::2], tablets[1::2]))
    await asyncio.gather(*(tablet.socket.close() for tablet in tablets))


@pytest.mark.parametrize(
    "late",
    [
        ("PROGRESS", {"wordIndex": 99, "audioTimestamp": 0, "playing": False}),
        ("STUDENT_QUESTION", {
            "id": str(uuid.uuid4()), "questionText": "Why?",
            "context": {"wordIndex": 99, "audioTimestamp": 0},
        }),
        ("QUESTION_CANCELLED", {"id": QUESTION}),
    ],
)  # fmt: skip
async def test_what_a_succeeded_tablet_says_late_is_refused(server, second_server, late):
    """Its frame is on its way while the other tablet takes over."""
    kind, payload = late
    session_id = await asyncio.to_thread(new_session)
    older = await say_hello(server, session_id)
    await older.hear("SESSION_RESTORED")
    place = {"wordIndex": 20, "audioTimestamp": 0}
    newer = await connect(second_server.url, session_id, cookie_of(ADA))
    await newer.say("HELLO", unacknowledged=[{"id": QUESTION, "questionText": "Who?", "context": place}])
    await newer.hear("SESSION_RESTORED")
    with contextlib.suppress(ConnectionClosed):  # it may have been told already
        await older.say(kind, **payload)
    assert await older.close_code() == protocol.CloseCode.OPENED_ELSEWHERE
    await newer.say("PROGRESS", wordIndex=21, audioTimestamp=0, playing=False)
    await newer.say("PING")
    await newer.hear("PONG")
    (position,) = await asyncio.to_thread(run, places.positions([session_id]))
    assert position.word_index == 21
    assert await asyncio.to_thread(run, ledger.claim(session_id, QUESTION, "token"))
    await newer.socket.close()
