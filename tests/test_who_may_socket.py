"""A socket is one child's: nobody else opens it, and what another says on an own one changes nothing."""

import asyncio
import uuid
from typing import get_args

import pytest

from sessions import protocol
from sessions.live import keys, store
from sessions.live.blocking import run
from sessions.live.connection import client
from tests.sockets import connect, cookie_of, say

ADA, BEN, DANA = 1, 2, 3
ADAS_QUESTION = "00000000-0000-4000-8000-00000000ada0"
PLACE = {"wordIndex": 150, "audioTimestamp": 0}

# What Ben says on his own socket, wherever it can name something of Ada's.
BEN_SAYS = {
    "HELLO": {"unacknowledged": [{"id": ADAS_QUESTION, "questionText": "Mine?", "context": PLACE}]},
    "PROGRESS": {**PLACE, "playing": False, "ack": 1},
    "STUDENT_QUESTION": {
        "id": str(uuid.uuid4()), "questionText": "What did she ask?", "context": PLACE,
        "previous": {"questionId": ADAS_QUESTION, "heard": 3},
    },
    "QUESTION_CANCELLED": {"id": ADAS_QUESTION},
    "ANSWER_HEARD": {"questionId": ADAS_QUESTION, "sentences": 3, "afterMs": 10},
    "PING": {},
}  # fmt: skip


def live_session(student: int) -> str:
    session_id = str(uuid.uuid4())
    run(store.seed(store.Seed(session_id, student, 7, 200, 17, 4200, store.now() - 60_000)))
    return session_id


def all_of(session_id: str) -> list:
    """Return all that Redis has of a session."""

    async def read() -> list:
        state, outbox, questions = keys.session(session_id)
        return [
            await client().hgetall(state), await client().xrange(outbox), await client().hgetall(questions)
        ]  # fmt: skip

    return run(read())


def test_every_message_has_a_row():
    kinds = {kind.__struct_config__.tag for kind in get_args(protocol.ClientMessage)}
    assert kinds == set(BEN_SAYS)


@pytest.mark.parametrize(
    ("cookie", "code"),
    [
        (cookie_of(ADA), None),
        (cookie_of(BEN), protocol.CloseCode.FORBIDDEN),
        (cookie_of(DANA), protocol.CloseCode.FORBIDDEN),
        ("sessionid=of-her-teacher", protocol.CloseCode.NOT_SIGNED_IN),
        ("", protocol.CloseCode.NOT_SIGNED_IN),
    ],
    ids=["ada", "ben", "dana", "grown-up", "nobody"],
)
async def test_a_session_opens_for_its_own_child_alone(server, cookie, code):
    tablet = await connect(server.url, await asyncio.to_thread(live_session, ADA), cookie)
    if code != protocol.CloseCode.NOT_SIGNED_IN:
        await tablet.say("HELLO")
    if code is None:
        await tablet.hear("SESSION_RESTORED")
        await tablet.socket.close()
    else:
        assert await tablet.close_code() == code


@pytest.mark.parametrize("kind", BEN_SAYS)
async def test_whatever_ben_says_adas_session_is_as_it_was(server, kind):
    adas, bens = [await asyncio.to_thread(live_session, student) for student in (ADA, BEN)]
    ada = await connect(server.url, adas, cookie_of(ADA))
    await ada.say("HELLO")
    await ada.hear("SESSION_RESTORED")
    place = {"wordIndex": 20, "audioTimestamp": 0}
    await ada.say("STUDENT_QUESTION", id=ADAS_QUESTION, questionText="Whatever is a kettle?", context=place)
    await ada.hear("INTERRUPTION_ACKNOWLEDGED")
    sentence = protocol.AnswerSentencePayload(ADAS_QUESTION, 0, "A pot.", ("A", "pot."), None, ())
    await asyncio.to_thread(say, adas, protocol.AnswerSentence(sentence))
    await ada.hear("ANSWER_SENTENCE")
    before = await asyncio.to_thread(all_of, adas)
    ben = await connect(server.url, bens, cookie_of(BEN))
    await ben.say("HELLO", **BEN_SAYS["HELLO"] if kind == "HELLO" else {})
    await ben.hear("SESSION_RESTORED")
    if kind != "HELLO":
        await ben.say(kind, **BEN_SAYS[kind])
    await ben.say("PING")
    # What is kept goes by a task of its own: an acknowledgement may come before the PONG, or after it.
    awaited = {"PONG"} | ({"INTERRUPTION_ACKNOWLEDGED"} if kind == "STUDENT_QUESTION" else set())
    assert {(await ben.hear())["type"] for _ in awaited} == awaited
    assert await asyncio.to_thread(all_of, adas) == before
    assert b"kettle" not in repr(await asyncio.to_thread(all_of, bens)).encode()
    await ada.socket.close()
    await ben.socket.close()
