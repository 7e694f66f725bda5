"""Each HTTP request has an id: in its answer's X-Request-ID, and in the log lines that it causes."""

import re
import secrets
from typing import Any

from sessions.log_context import request_id

# A proxy's own is taken over, so that its lines and ours belong together. No word can be spelled in it.
_SANE = re.compile(r"[0-9a-fA-F-]{16,64}")


async def identified(application: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve a request, which is a task of its own, under the id it came with or a new one."""
    offered = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    chosen = offered if _SANE.fullmatch(offered) else secrets.token_hex(8)
    request_id.set(chosen)

    async def send_with_id(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            event = {**event, "headers": [*event["headers"], (b"x-request-id", chosen.encode())]}
        await send(event)

    await application(scope, receive, send_with_id)
