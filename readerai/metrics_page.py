"""/metrics, answered before Django: collectors come by an address, over plain HTTP, and through no proxy."""

from typing import Any

from prometheus_client import make_asgi_app

from readerai.health import FROM_ELSEWHERE

_collected = make_asgi_app()


async def metrics_page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Tell the metrics to whoever asks this process itself; where a proxy asks, or a page, answer 404."""
    if FROM_ELSEWHERE & dict(scope["headers"]).keys():
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
    else:
        await _collected(scope, receive, send)
