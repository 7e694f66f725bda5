"""Probes: what they are told, how soon, and who may ask for a drain."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from readerai.health import Health
from sessions.drain import drain_of_this_loop
from sessions.live import connection


@pytest.fixture(autouse=True)
async def own_redis_client() -> AsyncIterator[None]:
    """Each test has its own client of the state Redis, at whatever address the test says."""
    yield
    await connection.close()


async def asked(
    health: Health,
    path: str,
    method: str = "GET",
    client: tuple[str, int] | None = ("127.0.0.1", 50_000),
    **headers: str,
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers of an answer."""
    sent = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    named = {"host": "localhost:8000", **headers}
    scope = {
        "type": "http", "method": method, "path": path, "client": client,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    await health(scope, send)
    start, body = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    assert answered["content-length"] == str(len(body["body"]))
    return start["status"], json.loads(body["body"]), answered


async def test_a_process_that_serves_is_alive_and_ready():
    health = Health()
    assert (await asked(health, "/healthz"))[0] == 200
    assert (await asked(health, "/readyz"))[:2] == (200, {"ready": True})
    assert (await asked(health, "/readyz", "HEAD"))[0] == 200
    assert (await asked(health, "/readyz", "POST"))[0] == 405


async def test_without_its_state_redis_it_lives_but_is_not_ready(monkeypatch):
    monkeypatch.setattr(settings, "STATE_REDIS_URL", "redis://127.0.0.1:1/0")
    health = Health()
    status, body, headers = await asked(health, "/readyz")
    assert (status, body) == (503, {"ready": False, "why": ["state Redis does not answer"]})
    assert headers["retry-after"] == "1"
    assert (await asked(health, "/healthz"))[0] == 200


@contextlib.asynccontextmanager
async def mute_redis(connections: list[asyncio.StreamWriter]) -> AsyncIterator[str]:
    """A server that takes connections and never answers; its URL."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    server.close()
    for writer in connections:
        writer.close()


async def test_a_redis_that_hangs_is_given_a_second_however_many_ask(monkeypatch):
    connections: list[asyncio.StreamWriter] = []
    async with mute_redis(connections) as url:
        monkeypatch.setattr(settings, "STATE_REDIS_URL", url)
        health = Health()
        begun = time.monotonic()
        answers = await asyncio.gather(*[asked(health, "/readyz") for _ in range(50)])
        assert {status for status, _, _ in answers} == {503}
        assert time.monotonic() - begun < 2
        assert len(connections) == 1


async def test_a_drain_is_begun_once_and_told_of(monkeypatch):
    health = Health()
    assert (await asked(health, "/drain"))[0] == 405
    status, body, _ = await asked(health, "/drain", "POST")
    assert (status, body) == (202, {"state": "draining", "sockets": 0})
    first = drain_of_this_loop().begin(1)
    status, body, headers = await asked(health, "/readyz")
    assert (status, body, headers["retry-after"]) == (503, {"ready": False, "why": ["draining"]}, "1")
    await first
    assert (await asked(health, "/drain", "POST"))[:2] == (202, {"state": "drained", "sockets": 0})
    assert drain_of_this_loop().begin(1) is first


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
async def test_this_machine_may_ask_for_a_drain(client, host):
    assert (await asked(Health(), "/drain", "POST", (client, 1), host=host))[0] == 202


@pytest.mark.parametrize(
    "header", ["forwarded", "x_forwarded_for", "x_forwarded_host", "x_real_ip", "via", "origin"]
)
async def test_neither_a_proxy_nor_a_page_may(header):
    assert (await asked(Health(), "/drain", "POST", **{header: "127.0.0.1"}))[0] == 403
    assert not drain_of_this_loop().begun


@given(st.ip_addresses().filter(lambda ip: not (getattr(ip, "ipv4_mapped", 0) or ip).is_loopback))
def test_nor_may_any_other_machine_or_name(address):
    async def refused() -> None:
        elsewhere = str(address)
        named = f"[{elsewhere}]" if address.version == 6 else elsewhere
        assert (await asked(Health(), "/drain", "POST", (elsewhere, 1)))[0] == 403
        assert (await asked(Health(), "/drain", "POST", host=named))[0] == 403
        assert (await asked(Health(), "/drain", "POST", host="reading.school.example"))[0] == 403
        assert (await asked(Health(), "/drain", "POST", None))[0] == 403
        assert (await asked(Health(), "/drain", "POST", host="[::1"))[0] == 403

    asyncio.run(refused())
