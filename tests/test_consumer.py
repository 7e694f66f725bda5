"""The socket, from HELLO to the end, on uvicorn and on daphne, in JSON and in MessagePack."""

import asyncio
import contextlib
import re
import urllib.request
import uuid

import msgspec
import pytest
import websockets

from sessions import protocol, steering
from sessions.live import ledger, places, store
from sessions.live.blocking import run
from tests.servers import Server
from tests.sockets import connect, cookie_of, say
from tests.waiting import until
from tutoring import hearing

ADA, BEN = 1, 2
THEIR_CLASS = 1


@pytest.fixture
def session_id() -> str:
    """Ada's live session: a book of 200 words, begun, at word 17."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session


def position(session_id: str) -> tuple[int, int]:
    live = run(places.positions([session_id]))[0]
    return live.word_index, live.audio_timestamp


@contextlib.asynccontextmanager
async def tablet(server: Server, session_id: str, student: int = ADA, kind: str = protocol.JSON, **hello):
    """An open socket that has said HELLO; also returns what SESSION_RESTORED said."""
    opened = await connect(server.url, session_id, cookie_of(student), subprotocols=(kind,))
    await opened.say("HELLO", **hello)
    restored = await opened.hear("SESSION_RESTORED")
    yield opened, restored["payload"]
    await opened.socket.close()


def question(text: str = "Why is the owl awake?", word: int = 20) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "questionText": text,
        "context": {"wordIndex": word, "audioTimestamp": 5000},
    }


def sentence(question_id: str, index: int = 0) -> protocol.AnswerSentence:
    text = f"Sentence {index}."
    return protocol.AnswerSentence(
        protocol.AnswerSentencePayload(question_id, index, text, tuple(text.split()), None, ())
    )


def complete(question_id: str, sentences: int) -> protocol.AnswerComplete:
    return protocol.AnswerComplete(protocol.AnswerCompletePayload(question_id, sentences, "model"))


@pytest.mark.parametrize("kind", protocol.SUBPROTOCOLS)
async def test_hello_restores_the_word_where_the_child_stopped(server, session_id, kind):
    async with tablet(server, session_id, kind=kind) as (_, restored):
        assert restored["wordIndex"] == 17
        assert restored["audioTimestamp"] == 4200
        assert restored["outcome"] == "new"
        assert restored["pendingMessages"] in ([], ())


@pytest.mark.parametrize("kind", protocol.SUBPROTOCOLS)
async def test_a_question_is_acknowledged_and_answered_in_order(server, session_id, kind):
    async with tablet(server, session_id, kind=kind) as (ada, _):
        asked = question()
        await ada.say("STUDENT_QUESTION", **asked)
        acknowledged = await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        assert acknowledged["payload"] == {"questionId": asked["id"], "wordIndex": 20}
        assert acknowledged["seq"] == 1
        claimed = await asyncio.to_thread(run, ledger.claim(session_id, asked["id"], "token"))
        assert (claimed.text, claimed.word_index) == ("Why is the owl awake?", 20)
        for index in range(3):
            await asyncio.to_thread(say, session_id, sentence(asked["id"], index))
        await asyncio.to_thread(say, session_id, complete(asked["id"], 3))
        heard = [await ada.hear() for _ in range(4)]
        assert [message["seq"] for message in heard] == [2, 3, 4, 5]
        assert [message["type"] for message in heard] == ["ANSWER_SENTENCE"] * 3 + ["ANSWER_COMPLETE"]
        assert heard[1]["payload"]["text"] == "Sentence 1."


async def test_how_soon_questions_are_acknowledged_is_told_with_the_metrics(server, session_id):
    def acknowledged() -> float:
        with urllib.request.urlopen(f"{server.url.replace('ws:', 'http:')}/metrics", timeout=5) as page:
            return float(re.search(r"question_acknowledged_seconds_count (\S+)", page.read().decode())[1])

    before = await asyncio.to_thread(acknowledged)
    async with tablet(server, session_id) as (ada, _):
        asked = question()
        for _ in range(2):  # the second time it is known already
            await ada.say("STUDENT_QUESTION", **asked)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        await ada.say("PING")
        await ada.hear("PONG")
    assert await asyncio.to_thread(acknowledged) == before + 1


async def test_the_same_question_sent_twice_is_asked_once(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        asked = question()
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.say("PING")
        # What is kept goes by a task of its own: it may come before what is answered at once, or after it.
        heard = {(await ada.hear())["type"] for _ in range(2)}
        assert heard == {"INTERRUPTION_ACKNOWLEDGED", "PONG"}
        await ada.say("PING")
        await ada.hear("PONG")


async def test_nothing_more_of_a_cancelled_answer_is_sent(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        asked = question()
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        assert await asyncio.to_thread(say, session_id, sentence(asked["id"]))
        await ada.hear("ANSWER_SENTENCE")
        await ada.say("QUESTION_CANCELLED", id=asked["id"])
        await ada.say("PING")
        await ada.hear("PONG")
        assert await asyncio.to_thread(say, session_id, sentence(asked["id"], 1)) is None
        claimed = await asyncio.to_thread(run, ledger.claim(session_id, asked["id"], "token"))
        assert claimed.ended == "cancelled"  # to be looked at, not to be answered


async def test_a_question_cancelled_before_it_arrived_is_never_asked(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        asked = question()
        await ada.say("QUESTION_CANCELLED", id=asked["id"])
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.say("PING")
        await ada.hear("PONG")


async def test_asking_again_stops_the_running_answer(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        first, second = question("Why?"), question("Who?")
        await ada.say("STUDENT_QUESTION", **first)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        await ada.say("STUDENT_QUESTION", **second)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        assert await asyncio.to_thread(say, session_id, sentence(first["id"])) is None
        assert await asyncio.to_thread(say, session_id, sentence(second["id"]))


async def test_what_was_heard_of_an_answer_is_told_on(server, session_id):
    question_id = question()["id"]
    async with tablet(server, session_id) as (ada, _):
        await ada.say("ANSWER_HEARD", questionId=question_id, sentences=2, afterMs=4200)
        await until(lambda: any(waiting.get(question_id) for waiting in run(hearing._waiting())))
        (waiting,) = run(hearing._waiting())
    heard = waiting[question_id]
    assert (heard.session_id, heard.sentences, heard.after_ms) == (session_id, 2, 4200)


async def test_progress_moves_the_place_and_a_pause_writes_it_at_once(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        await ada.say("PROGRESS", wordIndex=40, audioTimestamp=9000, playing=True)
        await until(lambda: position(session_id) == (40, 9000))
        await ada.say("PROGRESS", wordIndex=44, audioTimestamp=9900, playing=False)
        await ada.say("PING")
        await ada.hear("PONG")
        assert position(session_id) == (44, 9900)


async def test_a_position_beyond_the_book_is_its_end(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        await ada.say("PROGRESS", wordIndex=9999, audioTimestamp=0, playing=False)
        await until(lambda: position(session_id)[0] == 200)


async def test_a_cut_socket_comes_back_to_the_exact_word_with_what_was_missed(server, session_id):
    async with tablet(server, session_id) as (ada, first):
        asked = question(word=30)
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        await ada.cut()
    for index in range(2):
        await asyncio.to_thread(say, session_id, sentence(asked["id"], index))
    async with tablet(server, session_id, epoch=first["epoch"], lastSeq=1) as (ada, restored):
        assert restored["outcome"] == "replayed"
        assert restored["wordIndex"] == 30
        assert [message["seq"] for message in restored["pendingMessages"]] == [2, 3]
        await asyncio.to_thread(say, session_id, complete(asked["id"], 2))
        assert (await ada.hear("ANSWER_COMPLETE"))["seq"] == 4


async def test_nothing_missed_is_lossless(server, session_id):
    async with tablet(server, session_id) as (_, first):
        pass
    async with tablet(server, session_id, epoch=first["epoch"], lastSeq=0) as (_, restored):
        assert restored["outcome"] == "lossless"


async def test_numbers_of_another_epoch_are_not_trusted(server, session_id):
    async with tablet(server, session_id, epoch="0123456789abcdef", lastSeq=12) as (_, restored):
        assert restored["outcome"] == "snapshot"
        assert restored["lastSeq"] == 0


async def test_the_players_own_newer_position_wins(server, session_id):
    said = {"wordIndex": 55, "audioTimestamp": 800}
    async with tablet(server, session_id, position=said, positionAgeMs=1000) as (_, restored):
        assert restored["wordIndex"] == 55


async def test_a_position_older_than_what_another_tablet_said_does_not_win(server, session_id):
    said = {"wordIndex": 3, "audioTimestamp": 800}
    async with tablet(server, session_id, position=said, positionAgeMs=3_600_000) as (_, restored):
        assert restored["wordIndex"] == 17


async def test_a_player_that_nobody_followed_knows_its_place_best_however_late_its_last_word_came(
    server, session_id
):
    async with tablet(server, session_id) as (ada, first):
        await ada.say("PROGRESS", wordIndex=50, audioTimestamp=0, playing=False)  # comes late
        await ada.say("PING")
        await ada.hear("PONG")
    said = {"wordIndex": 55, "audioTimestamp": 800}
    later = {"position": said, "positionAgeMs": 60_000, "epoch": first["epoch"]}
    async with tablet(server, session_id, **later) as (_, restored):
        assert restored["wordIndex"] == 50
    async with tablet(server, session_id, **later, owner=restored["owner"]) as (ada, again):
        assert again["wordIndex"] == 55
        await ada.say("PROGRESS", wordIndex=56, audioTimestamp=0, playing=False)
        await ada.say("PING")
        await ada.hear("PONG")
    moved = {**later, "position": {"wordIndex": 70, "audioTimestamp": 0}}
    async with tablet(server, session_id, **moved, owner=restored["owner"]) as (_, since):
        assert since["wordIndex"] == 56  # another one was here since, and it was there


async def test_questions_asked_while_away_are_asked_once_on_return(server, session_id):
    asked = question()
    async with tablet(server, session_id, unacknowledged=[asked]) as (ada, restored):
        (acknowledged,) = restored["pendingMessages"]
        assert acknowledged["payload"]["questionId"] == asked["id"]
        await ada.cut()
    async with tablet(server, session_id, unacknowledged=[asked]) as (ada, restored):
        assert [m["type"] for m in restored["pendingMessages"]] == ["INTERRUPTION_ACKNOWLEDGED"]
        await ada.say("PING")
        await ada.hear("PONG")


async def test_as_many_and_as_long_questions_as_may_wait_fit_into_one_hello(server, session_id):
    waiting = [question("なぜ" * 250) for _ in range(20)]
    async with tablet(server, session_id, unacknowledged=waiting) as (_, restored):
        heard = [message["payload"]["questionId"] for message in restored["pendingMessages"]]
        assert heard == [asked["id"] for asked in waiting]


async def test_acknowledged_messages_are_not_kept(server, session_id):
    async with tablet(server, session_id) as (ada, first):
        asked = question()
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        await ada.say("PROGRESS", wordIndex=20, audioTimestamp=5000, playing=False, ack=1)
        await ada.say("PING")
        await ada.hear("PONG")
        assert await asyncio.to_thread(run, store.since(session_id, 0)) == []


async def test_a_newer_socket_takes_over_and_the_older_is_told(server, session_id):
    async with tablet(server, session_id) as (old, _), tablet(server, session_id) as (new, _):
        assert await old.close_code() == protocol.CloseCode.OPENED_ELSEWHERE
        await new.say("PROGRESS", wordIndex=60, audioTimestamp=100, playing=False)
        await until(lambda: position(session_id) == (60, 100))


async def test_a_lost_wake_up_is_made_good_by_the_sweep(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        asked = question()
        await ada.say("STUDENT_QUESTION", **asked)
        await ada.hear("INTERRUPTION_ACKNOWLEDGED")
        await asyncio.to_thread(run, ledger.publish(session_id, "", sentence(asked["id"])))  # nobody is woken
        assert (await ada.hear("ANSWER_SENTENCE"))["seq"] == 2


async def test_a_child_without_a_ticket_is_told_not_to_come_back(server, session_id):
    nobody = await connect(server.url, session_id)
    assert await nobody.close_code() == protocol.CloseCode.NOT_SIGNED_IN


async def test_a_forged_ticket_is_no_ticket(server, session_id):
    forger = await connect(server.url, session_id, cookie_of(ADA)[:-3] + "abc")
    assert await forger.close_code() == protocol.CloseCode.NOT_SIGNED_IN


async def test_another_childs_session_is_forbidden(server, session_id):
    ben = await connect(server.url, session_id, cookie_of(BEN))
    await ben.say("HELLO")
    assert await ben.close_code() == protocol.CloseCode.FORBIDDEN


async def test_another_sites_page_cannot_open_a_socket(server, session_id):
    with pytest.raises(websockets.InvalidStatus, match="403"):
        await connect(server.url, session_id, cookie_of(ADA), origin="https://evil.example")


async def test_a_socket_that_offers_no_known_subprotocol_is_told_which_there_are(server, session_id):
    stranger = await connect(server.url, session_id, cookie_of(ADA), subprotocols=())
    assert await stranger.close_code() == protocol.CloseCode.BAD_MESSAGE
    if server.name == "uvicorn":  # daphne does not pass reasons on
        assert "readerai.v1.json" in stranger.socket.close_reason


async def test_a_frame_before_hello_is_refused_and_the_socket_stays_open(server, session_id):
    early = await connect(server.url, session_id, cookie_of(ADA))
    await early.say("PROGRESS", wordIndex=1, audioTimestamp=0, playing=True)
    assert (await early.hear("ERROR"))["payload"]["code"] == "hello_first"
    await early.say("HELLO")
    await early.hear("SESSION_RESTORED")
    await early.say("HELLO")
    assert (await early.hear("ERROR"))["payload"]["code"] == "hello_twice"
    await early.socket.close()


BAD_FRAMES = [
    ("{", "malformed"),
    ("[]", "invalid_message"),
    ('{"type":"NOISE"}', "invalid_message"),
    ('{"type":"PROGRESS"}', "invalid_message"),
    ('{"type":"PROGRESS","payload":{"wordIndex":-1,"audioTimestamp":0,"playing":true}}', "invalid_message"),
    ('{"type":"PING","payload":{"extra":1}}', "invalid_message"),
    ('{"type":"QUESTION_CANCELLED","payload":{"id":"1"}}', "invalid_message"),
    (b"\x81\xa4type\xa4PING", "wrong_encoding"),
    ('{"type":"PING","payload":{"a":' + "[" * 10_000, "invalid_message"),
    ('{"payload":' + "[" * 10_000, "malformed"),
]


@pytest.mark.parametrize(("frame", "code"), BAD_FRAMES)
async def test_a_bad_frame_gets_an_error_and_reading_goes_on(server, session_id, frame, code):
    async with tablet(server, session_id) as (ada, _):
        await ada.socket.send(frame)
        assert (await ada.hear("ERROR"))["payload"]["code"] == code
        await ada.say("PING")
        await ada.hear("PONG")


async def test_an_oversized_frame_closes_the_socket(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        await ada.socket.send('{"type":"PING"}' + " " * 70_000)
        assert (await ada.hear("ERROR"))["payload"]["code"] == "too_large"
        assert await ada.close_code() == protocol.CloseCode.TOO_LARGE


async def test_a_client_that_only_sends_nonsense_is_closed(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        for _ in range(20):
            await ada.socket.send("nonsense")
        for _ in range(20):
            await ada.hear("ERROR")
        assert await ada.close_code() == protocol.CloseCode.BAD_MESSAGE


async def test_a_session_that_redis_lost_is_closed_to_come_back(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        await asyncio.to_thread(run, _forget(session_id))
        await ada.say("PROGRESS", wordIndex=60, audioTimestamp=100, playing=False)
        assert await ada.close_code() == protocol.CloseCode.UNAVAILABLE


async def _forget(session_id: str) -> None:
    from sessions.live import keys
    from sessions.live.connection import client

    await client().delete(*keys.session(session_id))


def test_a_durable_message_is_the_same_in_both_encodings():
    message = msgspec.structs.replace(sentence("q"), seq=3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(message)) == msgspec.json.decode(
        msgspec.json.encode(message)
    )


# --- What teachers want ---------------------------------------------------------------------------
async def test_a_paused_class_hears_it_at_once_and_with_hello(server, session_id):
    run(steering.go_on(THEIR_CLASS))
    async with tablet(server, session_id) as (ada, restored):
        assert restored["classPaused"] is False
        run(steering.pause(THEIR_CLASS))
        assert (await ada.hear("CLASS_PAUSED"))["payload"] == {"paused": True}
    try:
        async with tablet(server, session_id) as (ada, restored):
            assert restored["classPaused"] is True
            run(steering.go_on(THEIR_CLASS))
            assert (await ada.hear("CLASS_PAUSED"))["payload"] == {"paused": False}
    finally:
        run(steering.go_on(THEIR_CLASS))


@pytest.mark.parametrize("kind", protocol.SUBPROTOCOLS)
async def test_what_a_teacher_says_reaches_the_class_and_no_other(server, session_id, kind):
    async with tablet(server, session_id, kind=kind) as (ada, _):
        run(steering.say_to_class(THEIR_CLASS + 1, "Hares, come in"))
        run(steering.say_to_class(THEIR_CLASS, "Two more minutes!"))
        assert (await ada.hear("CLASS_MESSAGE"))["payload"] == {"text": "Two more minutes!"}


async def test_a_reading_that_a_teacher_ends_is_closed_for_good_and_its_place_kept(server, session_id):
    async with tablet(server, session_id) as (ada, _):
        await ada.say("PROGRESS", wordIndex=44, audioTimestamp=100, playing=True)
        assert run(steering.end(session_id))
        assert await ada.close_code() == 4410
    await until(lambda: position(session_id)[0] == 44)
