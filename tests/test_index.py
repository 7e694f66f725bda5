"""The index of live sessions: paged, by class and school, and true about who is away."""

import time
import uuid

import pytest

from sessions import protocol
from sessions.live import index, keys, places, store
from sessions.live.connection import Command, execute
from sessions.live.records import Doing, Present

FOXES, HARES, WILLOW, HARBOUR = 901, 902, 91, 92


async def sit_down(classroom_id: int = FOXES, school_id: int = WILLOW, *, connected: bool = True) -> str:
    """Let a child open a book of 200 words at word 17; return the session."""
    session_id = str(uuid.uuid4())
    await store.seed(store.Seed(session_id, 1, 7, 200, 17, 4200, store.now()))
    if connected:
        await store.restore(session_id, 1, "owner", "hub.1", protocol.HelloPayload())
    await index.enter([Present(session_id, classroom_id, school_id)])
    return session_id


@pytest.fixture(autouse=True)
async def nobody_is_here():
    """No session is left of another test."""
    await execute(
        *(
            Command(("DEL", name))
            for name in (
                keys.LIVE,
                *map(keys.live_in_class, (FOXES, HARES)),
                *map(keys.live_in_school, (WILLOW, HARBOUR)),
            )
        )
    )


async def aged(name: str, session_id: str, seconds: int) -> None:
    """Let a session have been entered so long ago."""
    await execute(Command(("ZADD", name, store.now() - seconds * 1000, session_id)))


async def test_a_session_is_found_by_class_by_school_and_in_all():
    fox, hare, gull = await sit_down(), await sit_down(HARES), await sit_down(903, HARBOUR)
    assert list(await index.newest([keys.live_in_class(FOXES)], 0, 50)) == [fox]
    assert set(await index.newest([keys.live_in_school(WILLOW)], 0, 50)) == {fox, hare}
    assert set(await index.newest([keys.LIVE], 0, 50)) == {fox, hare, gull}
    assert await index.count([keys.LIVE, keys.live_in_class(HARES)]) == [3, 1]


async def test_pages_of_several_classes_together_have_each_session_once():
    sat = {await sit_down(FOXES if number % 3 else HARES) for number in range(25)}
    lists = [keys.live_in_class(FOXES), keys.live_in_class(HARES)]
    pages = [list(await index.newest(lists, start, 10)) for start in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert {session for page in pages for session in page} == sat


async def test_what_is_seen_of_a_session():
    session_id = await sit_down()
    update = store.LiveProgress(session_id, "owner", 40, 9000, True, 0)
    await places.progress([update])
    (seen,) = await index.glimpses(await index.newest([keys.LIVE], 0, 50))
    assert seen[:4] == (session_id, 40, 200, 9000)
    assert (seen.doing, seen.server) == (Doing.READING, "hub.1")
    assert abs(seen.seen_at / 1000 - time.time()) < 5


async def test_whoever_left_is_away_and_after_ten_minutes_gone():
    session_id = await sit_down()
    await store.leave(session_id, "owner")
    assert (await index.glimpse(session_id)).doing is Doing.AWAY
    await aged(keys.live_in_class(FOXES), session_id, index.SHOWN_SECONDS + 1)
    assert await index.newest([keys.live_in_class(FOXES)], 0, 50) == {}
    await sit_down()
    (left,) = await execute(Command(("ZCARD", keys.live_in_class(FOXES))))
    assert left == 1


async def test_a_child_whose_server_died_is_away_though_the_state_still_says_reading():
    session_id = await sit_down()
    await places.progress([store.LiveProgress(session_id, "owner", 40, 9000, True, 0)])
    await aged(keys.LIVE, session_id, 200)
    (seen,) = await index.glimpses(await index.newest([keys.LIVE], 0, 50))
    assert (seen.doing, seen.server) == (Doing.AWAY, "")


async def test_a_session_that_redis_has_lost_is_left_out():
    session_id = await sit_down()
    await execute(Command(("DEL", keys.session(session_id)[0])))
    assert await index.glimpses(await index.newest([keys.LIVE], 0, 50)) == []
    assert await index.glimpse(session_id) is None
