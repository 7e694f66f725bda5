"""The ASGI application: probes and collectors, then HTTP by Django and `/ws/` by Channels."""

import os
import sys
import time
from functools import lru_cache, partial
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")
django_application = get_asgi_application()

# Consumers import models: only after Django has been set up.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from readerai import queues  # noqa: E402
from readerai.bounded_body import bounded  # noqa: E402
from readerai.checks import refuse_evicting_redis  # noqa: E402
from readerai.collector import keep_collections_short  # noqa: E402
from readerai.drain import drain_before_stopping, refuse_handshake  # noqa: E402
from readerai.health import Health  # noqa: E402
from readerai.metrics_page import metrics_page  # noqa: E402
from readerai.request_ids import identified  # noqa: E402
from readerai.staff.urls import staff_sockets  # noqa: E402
from sessions import limits, metrics  # noqa: E402
from sessions.drain import drain_of_this_loop  # noqa: E402
from sessions.heartbeat import tell_of_this_process  # noqa: E402
from sessions.routing import websocket_urlpatterns  # noqa: E402


class Application:
    """What a server calls for each request, each socket and, if it does so, its own start and end."""

    def __init__(self) -> None:
        self._health = Health()
        self._started = False
        self._handshakes = limits.of_handshakes()
        sockets = AllowedHostsOriginValidator(
            CookieMiddleware(URLRouter([*websocket_urlpatterns, *staff_sockets]))
        )
        # Thousands come from the same few pages: each origin is judged once.
        sockets.valid_origin = lru_cache(maxsize=256)(sockets.valid_origin)
        self._product = ProtocolTypeRouter({"http": _http, "websocket": sockets, "lifespan": _lifespan})

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one request or socket to its end."""
        if not self._started:  # daphne does not tell of its start: the first request does
            self._started = True
            drain_before_stopping()
            keep_collections_short()
            tell_of_this_process()
            queues.keep_telling()
        if scope["type"] == "http" and self._health.knows(scope["path"]):
            await self._health(scope, send)
        elif scope["type"] == "http" and scope["path"] == "/metrics":
            await metrics_page(scope, receive, send)
        elif scope["type"] == "websocket" and not self._takes_sockets():
            await refuse_handshake(scope, receive, send)
        else:
            await self._product(scope, receive, send)

    def _takes_sockets(self) -> bool:
        if drain_of_this_loop().begun:
            return False
        if not limits.arriving.full and self._handshakes.take(time.monotonic()):
            return True
        metrics.TOO_OFTEN.labels("handshake").inc()
        return False


async def _http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    application = partial(bounded, django_application, max_bytes=settings.MAX_REQUEST_BYTES)
    await identified(application, scope, receive, send)


async def _lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Take note of the server's start and end."""
    while (event := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{event['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})


# Pages are made and jobs sent in threads: the event loop, which serves every child, gets the interpreter back
# from them ten times as soon as usual.
sys.setswitchinterval(0.0005)
refuse_evicting_redis()
if "daphne" in sys.modules:  # which then serves us, and takes long to import
    from readerai import daphne_server

    daphne_server.install()
application = Application()
