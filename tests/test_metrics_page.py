"""/metrics: a collector gets it by any name and over plain HTTP, and nobody gets it through a proxy."""

import re

import pytest
from django.conf import settings

from readerai.asgi import application


async def asked(path: str, **headers: str) -> tuple[int, bytes]:
    """Return status and body of the application's answer to a GET of `path`."""
    sent = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: dict) -> None:
        sent.append(event)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "scheme": "http", "client": ("10.1.2.3", 50_000), "server": ("10.1.2.4", 8000), "http_version": "1.1",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await application(scope, receive, send)
    start = next(event for event in sent if event["type"] == "http.response.start")
    return start["status"], b"".join(event.get("body", b"") for event in sent)


async def test_a_collector_asks_by_the_pods_address_over_plain_http(monkeypatch):
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", True)
    status, text = await asked("/metrics", host="10.1.2.4:8000")
    assert status == 200
    assert re.search(rb'\nwebsocket_connections{server="[^"]+"} 0.0\n', text)


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_forwarded_proto", "origin"])
async def test_whom_a_proxy_asks_for_gets_nothing(header):
    assert await asked("/metrics", host="10.1.2.4:8000", **{header: "for=1.2.3.4"}) == (404, b"")
