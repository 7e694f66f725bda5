"""How Celery is told of a Redis that our settings name by URL."""

from typing import Any
from urllib.parse import urlsplit

from sessions import redis_clients, redis_url

# What it and the channel layer can use: no cluster, and behind sentinels without TLS. Live sessions can use
# all there are.
SCHEMES = (*redis_url.SERVER_SCHEMES, "redis+sentinel")
STATE_SCHEMES = (*redis_url.SERVER_SCHEMES, *redis_url.SENTINEL_SCHEMES, *redis_url.CLUSTER_SCHEMES)

# After so long without a word from a server a job fails, so that a child is told.
_SECONDS = 5
_PATIENCE = {"socket_connect_timeout": _SECONDS, "socket_timeout": _SECONDS}
# SQS knows queues by their names in an account and region. A job whose worker died is given to another after
# `visibility_timeout`, and the ledger of questions is quicker than that; no job takes as long.
_SQS = {
    "queue_name_prefix": "readerai-",
    "visibility_timeout": 600,
    "wait_time_seconds": 10,
    "polling_interval": 0.1,
}


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """Return Celery's broker URL and its transport's options."""
    if urlsplit(url).scheme not in SCHEMES:
        return url, _SQS
    address = redis_url.parse(url)
    if address.kind == "server":
        return url, _PATIENCE
    parts = urlsplit(address.server)
    user, at, _ = parts.netloc.rpartition("@")
    sentinels = (f"sentinel://{user}{at}{host}:{port}{parts.path}" for host, port in address.hosts)
    return ";".join(sentinels), {
        **_PATIENCE,
        "master_name": address.service,
        "sentinel_kwargs": redis_clients.sentinel_options(address, _SECONDS),
    }
