"""The outbox is the truth: a message whose wake-up is lost comes by the sweep."""

import asyncio
import uuid

from sessions import protocol
from sessions.live import ledger, store
from sessions.live.blocking import run
from tests.servers import Server
from tests.sockets import connect, cookie_of

ADA = 1


def new_session() -> str:
    """Return Ada's live session."""
    session_id = str(uuid.uuid4())
    run(store.seed(store.Seed(session_id, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session_id


async def test_every_message_comes_within_five_seconds_though_every_wake_up_is_lost(tmp_path):
    """The default sweep, and a worker whose channel layer drops everything."""
    running = await asyncio.to_thread(
        lambda: Server("uvicorn", str(tmp_path / "log"), OUTBOX_SWEEP_MS="4000")
    )
    sessions = await asyncio.to_thread(lambda: [new_session() for _ in range(5)])
    asked = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(20, 0))

    async def child(session_id: str) -> None:
        tablet = await connect(running.url, session_id, cookie_of(ADA))
        await tablet.say("HELLO")
        await tablet.hear("SESSION_RESTORED")
        await tablet.say(
            "STUDENT_QUESTION", id=asked.id, questionText="Why?",
            context={"wordIndex": 20, "audioTimestamp": 0},
        )  # fmt: skip
        await tablet.hear("INTERRUPTION_ACKNOWLEDGED")
        for index in range(3):  # into the outbox, and nobody is woken
            payload = protocol.AnswerSentencePayload(asked.id, index, "Yes.", ("Yes.",), None, ())
            await asyncio.to_thread(run, ledger.publish(session_id, "", protocol.AnswerSentence(payload)))
        async with asyncio.timeout(5):
            heard = [await tablet.hear("ANSWER_SENTENCE") for _ in range(3)]
        assert [message["seq"] for message in heard] == [2, 3, 4]
        await tablet.socket.close()

    try:
        await asyncio.gather(*map(child, sessions))
    finally:
        await asyncio.to_thread(running.stop)
