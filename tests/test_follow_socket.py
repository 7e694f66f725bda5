"""Following one reading: who may, and what they are told."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, User

from readerai.staff.follow_socket import FollowConsumer
from sessions import following, protocol
from sessions.live import ledger, store
from sessions.models import ReadingSession
from tests.live_school import kite, nobody_reads, reads  # noqa: F401

WITHIN = 15  # seconds
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_reads")]


@pytest.fixture
def session(ada) -> ReadingSession:
    """Ada reads The Kite, at its fifth word, which is on the second page."""
    return reads(ada, word=4)


@pytest.fixture
def rivera(foxes) -> User:
    """Ada's teacher."""
    return User.objects.get(username="rivera")


class Onlooker(WebsocketCommunicator):
    """A grown-up's page. Channels' own waits for a second only, in which a busy machine may not get there."""

    async def receive_output(self, *_: Any) -> dict[str, Any]:
        return await super().receive_output(WITHIN)

    async def wait(self, *_: Any) -> None:
        await super().wait(WITHIN)


def socket(session: ReadingSession, user: User | AnonymousUser) -> Onlooker:
    communicator = Onlooker(FollowConsumer.as_asgi(), f"/ws/follow/{session.pk}/")
    communicator.scope |= {"url_route": {"kwargs": {"session_id": session.pk}}, "user": user}
    return communicator


async def tell(session: ReadingSession, **event: object) -> None:
    """Say what the hub says that serves the child."""
    await get_channel_layer().group_send(following.group(str(session.pk)), event)


async def test_a_teacher_sees_the_page_and_each_move(session, rivera):
    looks_on = socket(session, rivera)
    await looks_on.connect()
    page, place = await looks_on.receive_json_from(), await looks_on.receive_json_from()
    assert (page["type"], page["number"], page["firstWord"]) == ("page", 2, 3)
    assert [word for word, _ in page["paragraphs"][0]] == ["It", "came", "down."]
    assert (place["wordIndex"], place["audioTimestamp"], place["doing"]) == (4, 900, "reading")
    moved = {"word_index": 1, "audio_timestamp": 50, "playing": False, "at": store.now() - 700}
    await tell(session, type="follow.moved", **moved)
    page, place = await looks_on.receive_json_from(), await looks_on.receive_json_from()
    assert (page["number"], place["wordIndex"], place["doing"]) == (1, 1, "paused")
    assert 600 < place["ageMs"] < 5_000
    await tell(session, type="follow.left")
    assert await looks_on.receive_json_from() == {"type": "left"}
    await looks_on.disconnect()


async def test_a_question_and_its_answer_are_seen_without_personal_data(session, rivera):
    asked = protocol.AskedQuestion(
        str(uuid.uuid4()), "Why? My mail is ada@home.example", protocol.Position(4, 0)
    )
    looks_on = socket(session, rivera)
    await looks_on.connect()
    await looks_on.receive_json_from(), await looks_on.receive_json_from()
    kept = await store.ask(str(session.pk), "tablet", asked)
    await tell(session, type="follow.said", message=kept.message)
    question = await looks_on.receive_json_from()
    assert question["text"].startswith("Why?") and "ada@home.example" not in question["text"]
    payload = protocol.AnswerSentencePayload(asked.id, 0, "Because.", ("Because.",), None, ())
    said = await ledger.publish(str(session.pk), "", protocol.AnswerSentence(payload))
    await tell(session, type="follow.said", message=said.message)
    assert await looks_on.receive_json_from() == {"type": "sentence", "text": "Because."}
    await looks_on.disconnect()


async def test_an_operator_follows_the_place_and_hears_no_word_of_the_child(session, noor):
    asked = protocol.AskedQuestion(str(uuid.uuid4()), "Why?", protocol.Position(4, 0))
    looks_on = socket(session, noor)
    await looks_on.connect()
    await looks_on.receive_json_from(), await looks_on.receive_json_from()
    kept = await store.ask(str(session.pk), "tablet", asked)
    await tell(session, type="follow.said", message=kept.message)
    moved = {"word_index": 4, "audio_timestamp": 900, "playing": False, "at": store.now()}
    await tell(session, type="follow.moved", **moved)
    place = await looks_on.receive_json_from()
    assert (place["type"], place["doing"]) == ("place", "asking")  # and nothing came before it
    await looks_on.disconnect()


@pytest.mark.parametrize("stranger", ["lund", "ada's mother", None])
async def test_nobody_else_follows(session, gulls, stranger):
    users = {
        "lund": lambda: User.objects.aget(username="lund"),
        "ada's mother": lambda: User.objects.acreate(username="mother"),
    }
    user = await users[stranger]() if stranger else AnonymousUser()
    looks_on = socket(session, user)
    await looks_on.connect()
    assert await looks_on.receive_output() == {"type": "websocket.close", "code": 4403}


async def test_whoever_may_not_any_more_is_let_go(session, rivera, monkeypatch):
    monkeypatch.setattr(following, "SAY_SECONDS", 0.05)
    looks_on = socket(session, rivera)
    await looks_on.connect()
    await looks_on.receive_json_from(), await looks_on.receive_json_from()
    await session.student.classroom.teachers.aremove(rivera)
    closed = await looks_on.receive_output()
    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)


async def test_a_session_that_is_not_live_is_shown_where_its_checkpoint_is(ada, rivera):
    resting = await ReadingSession.objects.acreate(
        student=ada, book=await sync_to_async(kite)(), word_index=2
    )
    looks_on = socket(resting, rivera)
    await looks_on.connect()
    page, place = await looks_on.receive_json_from(), await looks_on.receive_json_from()
    assert (page["number"], place["wordIndex"], place["doing"]) == (1, 2, "away")
    await looks_on.disconnect()
