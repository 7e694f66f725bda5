"""What web processes tell of sessions: who came back how, who left why, what was not written."""

import asyncio

from django.dispatch import Signal

from sessions import rescue
from sessions.live import ledger, places
from sessions.live.records import DueQuestion, LiveProgress, Verdict
from sessions.positions import PositionWriter
from sessions.protocol import CloseCode
from tests import test_consumer as story
from tests.samples import Growth, scraped
from tests.servers import Server
from tests.sockets import Tablet, connect, cookie_of, say
from tests.test_consumer import ADA, BEN, question, sentence

LOOKS = 250


session_id = story.session_id  # Ada's


class Told:
    """How much each sample of a server has grown since this was made."""

    def __init__(self, server: Server) -> None:
        self._url = server.url.replace("ws:", "http:")
        self._before = scraped(self._url)

    async def grown(self, name: str, by: float = 1) -> None:
        """Wait until a sample has grown by so much."""
        for _ in range(LOOKS):
            if (await self.now()).get(name, 0) - self._before.get(name, 0) == by:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{name} has not grown by {by}")

    async def now(self) -> dict[str, float]:
        return await asyncio.to_thread(scraped, self._url)


async def opened(server: Server, session_id: str, student: int = ADA) -> Tablet:
    return await connect(server.url, session_id, cookie_of(student))


async def test_a_child_that_comes_and_goes_is_counted_at_each_step(server, session_id):
    told = await asyncio.to_thread(Told, server)
    ada = await opened(server, session_id)
    await told.grown("websocket_handshakes_in_flight")
    await ada.say("HELLO")
    await ada.hear("SESSION_RESTORED")
    await told.grown("websocket_handshakes_in_flight", by=0)
    await told.grown("session_resumes_total new")
    await told.grown("session_restore_seconds_count")
    sockets = {name: value for name, value in (await told.now()).items() if "websocket_connections " in name}
    assert len(sockets) == 1 and min(sockets.values()) >= 1
    await ada.socket.close(1001)
    await told.grown("websocket_closes_total 1001")


async def test_how_long_a_message_was_on_its_way_to_its_server_is_told(server, session_id):
    ada = await opened(server, session_id)
    await ada.say("HELLO")
    await ada.hear("SESSION_RESTORED")
    told = await asyncio.to_thread(Told, server)
    asked = question()
    await ada.say("STUDENT_QUESTION", **asked)
    await ada.hear("INTERRUPTION_ACKNOWLEDGED")
    await asyncio.to_thread(say, session_id, sentence(asked["id"]))
    await ada.hear("ANSWER_SENTENCE")
    await told.grown("wake_lag_seconds_count")
    assert 0 <= (await told.now())["wake_lag_seconds_sum"] < 5
    await ada.socket.close()


async def test_whoever_closes_first_is_counted_and_once(server, session_id):
    told = await asyncio.to_thread(Told, server)
    first = await opened(server, session_id)
    await first.say("HELLO")
    await first.hear("SESSION_RESTORED")
    second = await opened(server, session_id)
    await second.say("HELLO")
    await second.hear("SESSION_RESTORED")
    assert await first.close_code() == CloseCode.OPENED_ELSEWHERE
    ben = await opened(server, session_id, BEN)
    await ben.say("HELLO")
    assert await ben.close_code() == CloseCode.FORBIDDEN
    await second.socket.close(3333)
    await told.grown("websocket_closes_total 4409")
    await told.grown("websocket_closes_total 4403")
    await told.grown("websocket_closes_total other")
    await told.grown("websocket_closes_total 1000", by=0)


async def test_a_server_tells_its_room_its_memory_and_the_queues(server):
    told = await (await asyncio.to_thread(Told, server)).now()
    assert told["websocket_connections_target"] == 5000
    assert told["websocket_memory_alone_bytes"] > 1 << 20
    assert {"message_queue_depth llm", "message_queue_depth tts"} <= told.keys()


async def test_places_told_and_places_written_are_counted_by_the_batch(monkeypatch):
    async def written(updates):
        return [0] * len(updates)

    monkeypatch.setattr(places, "progress", written)
    places_told, places_written = Growth("positions_told_total"), Growth("positions_written_total")
    writer = PositionWriter(lambda progress, result: None, turns=4)
    for word in range(3):
        for child in ("ada", "ben"):
            writer.put(LiveProgress("session", child, word, 0, True, 0))
    assert places_told() == 0
    await writer.flush_all()
    assert (places_told(), places_written()) == (6, 2)


async def test_questions_given_to_another_worker_are_counted(monkeypatch):
    async def due():
        return [DueQuestion("session", each.value, each) for each in (Verdict.OPEN, Verdict.EXPIRED)]

    monkeypatch.setattr(ledger, "look", due)
    monkeypatch.setattr(rescue, "question_asked", Signal())
    monkeypatch.setattr(rescue, "question_expired", Signal())
    again = Growth("questions_rescued_total", verdict="open")
    late = Growth("questions_rescued_total", verdict="expired")
    await rescue.rescue_questions()
    assert (again(), late()) == (1, 1)
