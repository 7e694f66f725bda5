"""Lines for machines: an object each, with the ids of what was served, and nothing else of the record."""

import asyncio
import io
import json
import logging

import pytest
from django.db import IntegrityError

from readerai.log_json import JsonLines
from readerai.request_ids import identified
from sessions import log_context
from sessions.hub import Hub

FIELDS = {"time", "level", "logger", "message"}


@pytest.fixture
def logger():
    """A logger that writes for machines, and what it has written."""
    logger, handler = logging.Logger("readerai.tests"), logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.written = lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    return logger


def test_a_line_says_when_how_bad_where_and_what(logger):
    logger.warning("session %s: cannot be served\nnow", "17")
    [line] = logger.written()
    assert line.keys() == FIELDS
    assert (line["level"], line["logger"]) == ("WARNING", "readerai.tests")
    assert line["message"] == "session 17: cannot be served\nnow"
    assert line["time"].endswith("+00:00")


def test_what_a_record_carries_along_is_not_written(logger):
    logger.error("Not Found", extra={"request": "GET /?name=Ada", "status_code": 404})
    [line] = logger.written()
    assert line.keys() == FIELDS


def test_a_traceback_is_part_of_its_line_without_rows(logger):
    name = "Ada"  # a traceback quotes the line of code
    try:
        raise IntegrityError(f"duplicate key\nDETAIL:  Key (name)=({name}) already exists.")
    except IntegrityError:
        logger.exception("not kept")
    [line] = logger.written()
    assert "IntegrityError: duplicate key\nDETAIL: not written here" in line["traceback"]
    assert "(Ada)" not in line["traceback"]


def test_a_worker_names_the_session_it_answers_and_forgets_it(logger):
    with log_context.serving("mira"):
        logger.info("answered")
    logger.info("idle")
    first, second = logger.written()
    assert first["session_id"] == "mira"
    assert second.keys() == FIELDS


@pytest.mark.parametrize(
    ("offered", "taken_over"),
    [
        (b"0b9c7e52-2d0c-4a0b-9c55-1f1e5b0d7a10", True),
        (b"4bf92f3577b34da6a3ce929d0e0e4736", True),
        (b"ada-is-reading-here", False),
        (b"abc", False),
        (b"a" * 65, False),
        (b"4bf92f3577b34da6\nERROR all is lost", False),
        (b"", False),
    ],
)
async def test_a_request_has_one_id_in_its_lines_and_in_its_answer(logger, offered, taken_over):
    sent = []

    async def application(scope, receive, send):
        logger.info("asked")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"vary", b"Cookie")]})
        await send({"type": "http.response.body", "body": b""})

    async def send(event):
        sent.append(event)

    scope = {"type": "http", "headers": [(b"x-request-id", offered)]}
    await asyncio.create_task(identified(application, scope, None, send))
    [line] = logger.written()
    chosen = line["request_id"].encode()
    assert sent[0]["headers"] == [(b"vary", b"Cookie"), (b"x-request-id", chosen)]
    assert (chosen == offered) is taken_over
    assert len(chosen) >= 16


async def test_what_is_done_for_all_sockets_is_not_said_to_be_for_the_first(monkeypatch, settings):
    settings.OUTBOX_SWEEP_MS = 1
    seen = asyncio.get_running_loop().create_future()

    async def sweep(hub):
        if not seen.done():
            seen.set_result(log_context.ids())

    monkeypatch.setattr(Hub, "sweep", sweep)
    hub = Hub()
    with log_context.serving("mira"):
        await hub.start()
    async with asyncio.timeout(5):
        assert await seen == {}
    await hub.stop()
