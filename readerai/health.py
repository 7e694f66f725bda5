"""What probes and orchestrators ask: /healthz, /readyz and /drain.

They are answered before Django sees them: probes come with an IP address as their Host and over plain
HTTP, and must get their answer while every thread is busy.
"""

import asyncio
import ipaddress
import json
import math
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from redis.exceptions import RedisError

from sessions.drain import drain_of_this_loop
from sessions.live.connection import client

RETRY_AFTER = {"Retry-After": "1"}
# Who sends one of these is a proxy, or a page in a browser.
FROM_ELSEWHERE = {
    b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip",
    b"origin",
}  # fmt: skip

_REDIS_SECONDS = 1  # a state Redis that takes longer serves no child
_CACHE_SECONDS = 1  # however many ask

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Health:
    """Answers the probes of one server."""

    def __init__(self) -> None:
        self._answers = {
            "/healthz": (("GET", "HEAD"), self._healthz),
            "/readyz": (("GET", "HEAD"), self._readyz),
            "/drain": (("POST",), self._drain),
        }
        self._looking = asyncio.Lock()
        self._looked_at = -math.inf
        self._redis_answers = False

    def knows(self, path: str) -> bool:
        """Is this address ours?"""
        return path in self._answers

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer an HTTP request to an address of ours with JSON."""
        methods, answer = self._answers[scope["path"]]
        if scope["method"] not in methods:
            status, headers, body = 405, {"Allow": ", ".join(methods)}, {"error": "method not allowed"}
        else:
            status, headers, body = await answer(scope)
        content = json.dumps(body).encode()
        headers |= {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
        }
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": content})

    async def _healthz(self, scope: Scope) -> tuple[int, dict[str, str], dict[str, Any]]:
        """The process lives: whoever ends processes that hang asks for no more."""
        return 200, {}, {"alive": True}

    async def _readyz(self, scope: Scope) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Children can be sent here. PostgreSQL may be away: reading goes on without it."""
        why = []
        if drain_of_this_loop().begun:
            why.append("draining")
        if not await self._redis():
            why.append("state Redis does not answer")
        if why:
            return 503, dict(RETRY_AFTER), {"ready": False, "why": why}
        return 200, {}, {"ready": True}

    async def _redis(self) -> bool:
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._looked_at > _CACHE_SECONDS:
                try:
                    async with asyncio.timeout(_REDIS_SECONDS):
                        await client().ping()
                    self._redis_answers = True
                except (RedisError, OSError):
                    self._redis_answers = False
                self._looked_at = asyncio.get_running_loop().time()
            return self._redis_answers

    async def _drain(self, scope: Scope) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Begin to drain, and say how it goes; asked again, only the latter. The process goes on running."""
        if not _from_this_machine(scope):
            return 403, {}, {"error": "only from this machine, and not through a proxy"}
        drain = drain_of_this_loop()
        drain.begin(settings.DRAIN_SECONDS)
        return 202, {}, {"state": drain.state, "sockets": drain.sockets}


def _from_this_machine(scope: Scope) -> bool:
    """Tell whether a request was made on this machine: by neither a proxy nor a page for whom they speak.

    Servers that believe a proxy's headers have put the client's address in place of the proxy's.
    """
    headers = dict(scope["headers"])
    try:
        host = urlsplit("//" + headers.get(b"host", b"").decode("latin-1")).hostname
    except ValueError:
        return False
    address = scope["client"][0] if scope.get("client") else None
    return not FROM_ELSEWHERE & headers.keys() and _is_loopback(address) and _is_loopback(host)


def _is_loopback(host: str | None) -> bool:
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host == "localhost"
    # An IPv4 client of a server that listens on IPv6 has an address of both.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
