"""A client that does not read is let go, costs no memory, and gets everything when it comes back."""

import asyncio
import time
import uuid

import psutil
import pytest
from websockets import ConnectionClosed

from sessions import protocol, wake_ups
from sessions.live import ledger, store
from sessions.live.blocking import run
from tests.proofs.fuzz import SOCKETS, gauge
from tests.sockets import connect, cookie_of

ADA = 1
SENTENCES, CHARACTERS = 200, 5_000
QUESTION = "00000000-0000-4000-8000-000000000009"


@pytest.fixture
def session_id() -> str:
    """Ada's live session."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session


async def _say_all(session_id: str) -> None:
    for index in range(SENTENCES):
        payload = protocol.AnswerSentencePayload(QUESTION, index, "a" * CHARACTERS, (), None, ())
        published = await ledger.publish(session_id, "", protocol.AnswerSentence(payload))
        assert published is not None
        await wake_ups.wake(session_id, published)


async def test_a_client_that_never_reads_is_let_go_and_gets_everything_on_return(server, session_id):
    others = await asyncio.to_thread(gauge, server.port, SOCKETS)
    slow = await connect(server.url, session_id, cookie_of(ADA))
    await slow.say("HELLO")
    restored = (await slow.hear("SESSION_RESTORED"))["payload"]
    place = {"wordIndex": 20, "audioTimestamp": 0}
    await slow.say("STUDENT_QUESTION", id=QUESTION, questionText="Why?", context=place)
    await slow.hear("INTERRUPTION_ACKNOWLEDGED")
    slow.socket.transport.pause_reading()
    memory = psutil.Process(server.process.pid).memory_info().rss
    await asyncio.to_thread(run, _say_all(session_id))
    deadline = time.monotonic() + 15
    while await asyncio.to_thread(gauge, server.port, SOCKETS) > others:
        assert time.monotonic() < deadline, "the server keeps a client that does not read"
        await asyncio.sleep(0.1)
    assert psutil.Process(server.process.pid).memory_info().rss - memory < 20_000_000
    back = await connect(server.url, session_id, cookie_of(ADA))
    await back.say("HELLO", epoch=restored["epoch"], lastSeq=1)
    missed = (await back.hear("SESSION_RESTORED"))["payload"]["pendingMessages"]
    assert [message["payload"]["index"] for message in missed] == list(range(SENTENCES))
    await back.socket.close()
    slow.socket.transport.resume_reading()
    with pytest.raises(ConnectionClosed):
        while True:
            await slow.hear("ANSWER_SENTENCE")
    aborted = 1006  # daphne waits a second for the goodbye of a client that it has told
    assert slow.socket.close_code in {protocol.CloseCode.TOO_SLOW, aborted}
