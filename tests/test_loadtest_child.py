"""A simulated child against real servers: it reads, asks, is cut off, and comes back as the page does."""

import contextlib
import uuid

import pytest

from readerai.loadtest.child import SimulatedChild
from readerai.loadtest.inbox import Faults
from readerai.loadtest.ledger import Ledger
from readerai.loadtest.manners import Manners
from sessions import protocol
from sessions.live import places, store
from sessions.live.blocking import run
from tests.sockets import cookie_of
from tests.waiting import until

ADA, BEN = 1, 2
QUICK = Manners(first_backoff=0.02)


@pytest.fixture
def session_id() -> str:
    """Ada's live session: a book of 200 words, begun, at word 17."""
    session = str(uuid.uuid4())
    run(store.seed(store.Seed(session, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    return session


@contextlib.asynccontextmanager
async def simulated(server, session_id: str, student: int = ADA, manners: Manners = QUICK):
    child = SimulatedChild([server.url], session_id, cookie_of(student), Ledger(200), manners)
    child.start()
    yield child
    await child.stop()


@pytest.mark.parametrize("kind", protocol.SUBPROTOCOLS)
async def test_a_child_reads_asks_and_is_acknowledged(server, session_id, kind):
    async with simulated(server, session_id, manners=Manners(kind)) as child:
        await until(lambda: child.restored)
        assert child.ledger.word_index == 17
        child.tick()
        assert child.ledger.word_index == 19
        asked = child.ask("Why is the owl awake?")
        assert child.ask("And another?") is None
        await until(lambda: child.ledger.questions[asked].acknowledged_at)
        child.tick()
    assert child.ledger.faults == Faults()
    assert child.ledger.errors == child.ledger.refusals == child.ledger.closes == {}
    assert run(places.positions([session_id]))[0].word_index == 19


async def test_a_child_that_is_cut_off_comes_back_to_its_word_with_its_question(server, session_id):
    async with simulated(server, session_id) as child:
        await until(lambda: child.restored)
        child.tick()
        child.cut()
        child.tick()
        asked = child.ask("Why is the owl awake?")
        await until(lambda: child.ledger.questions[asked].acknowledged_at)
    assert child.ledger.closes == {1006: 1}
    assert child.ledger.outcomes == {"new": 1, "lossless": 1} or child.ledger.outcomes == {
        "new": 1,
        "replayed": 1,
    }
    assert child.ledger.faults == Faults()
    assert child.ledger.missing(answers=False) == 0
    assert len(child.ledger.absences) == 2
    assert run(places.positions([session_id]))[0].word_index == 22


async def test_a_child_that_is_refused_for_good_stays_away(server, session_id):
    async with simulated(server, session_id, student=BEN) as child:
        await until(lambda: child.refused)
        assert child.refused == 4403
        assert child.ledger.closes == {4403: 1}


async def test_a_child_tries_every_server_until_one_is_there(server, session_id):
    child = SimulatedChild(
        ["http://127.0.0.1:1", server.url], session_id, cookie_of(ADA), Ledger(200), QUICK, source="127.0.0.1"
    )
    child.start()
    await until(lambda: child.restored)
    child.cut()
    await until(lambda: not child.restored)
    await until(lambda: child.restored)
    await child.stop()
    assert child.ledger.refusals["ConnectionRefusedError"] >= 1
