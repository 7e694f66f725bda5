"""Frames that no client of ours sends leave nothing behind; `make soak` sends more of them."""

import asyncio
import secrets
import uuid

import pytest

from sessions.live import store
from sessions.live.blocking import run
from tests.proofs.fuzz import ADA, SOCKETS, TASKS, fuzz, gauge, left_behind
from tests.sockets import cookie_of

FRAMES = 5_000  # to each server


@pytest.fixture
def sessions() -> list[str]:
    """Ada's live sessions."""
    names = [str(uuid.uuid4()) for _ in range(20)]
    for name in names:
        run(store.seed(store.Seed(name, ADA, 7, 200, 0, 0, 0)))
    return names


async def test_bad_frames_leave_no_traceback_no_task_and_no_socket(server, sessions):
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")
    await fuzz(server.url, cookie_of(ADA), sessions, 100, seed)  # all is warm
    await left_behind(server.port, 10**6)
    tasks = await asyncio.to_thread(gauge, server.port, TASKS)
    await fuzz(server.url, cookie_of(ADA), sessions, FRAMES, seed + 1)
    assert await left_behind(server.port, tasks) == {SOCKETS: 0, TASKS: 0}
    assert "Traceback" not in server.log(), server.log()
