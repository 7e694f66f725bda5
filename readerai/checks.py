"""System checks: what the settings name must be there and fit for it.

They talk to servers, so they run with the database checks: at `manage.py migrate`, `prepare` and
`check --database default`, which is before anything serves, and not at every command. Each process that
serves asks once more for itself, because a Redis may have been configured anew: `refuse_evicting_redis`.
"""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from sessions import redis_clients
from sessions.live.blocking import run

logger = logging.getLogger(__name__)

KEEPS_EVERYTHING = "noeviction"


@register(Tags.database)
def redis_never_evicts(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Live sessions and jobs must not vanish because memory ran short."""
    if not databases:
        return []
    return [message for name, url in _roles().items() for message in _check_policy(name, url)]


def refuse_evicting_redis() -> None:
    """End this process with one line if live sessions or jobs could vanish.

    A Redis that is away is no reason: it comes back, and whoever serves waits for it.
    """
    for name, url in _roles().items():
        for message in _check_policy(name, url):
            if message.id == "readerai.E002":
                raise SystemExit(f"readerai: {message.msg} {message.hint}")
            logger.warning("%s Going on without it until it is back.", message.msg)


def _roles() -> dict[str, str]:
    return {"STATE_REDIS_URL": settings.STATE_REDIS_URL, "BROKER_URL": settings.BROKER_URL}


def _check_policy(name: str, url: str) -> list[CheckMessage]:
    if url.startswith("sqs"):
        return []
    try:
        servers = run(redis_clients.info(url, "memory", seconds=5))
    except (redis.RedisError, ValueError) as error:
        return [
            Error(
                f"{name}: no Redis answers ({error}).",
                hint=f"Start it, or set {name} (or REDIS_URL) to one that is running.",
                id="readerai.E001",
            )
        ]
    return [
        Error(
            f"{name}: the Redis at {place} may throw away what it holds (maxmemory-policy is {policy}).",
            hint=f"Mend it: CONFIG SET maxmemory-policy {KEEPS_EVERYTHING} (and in its configuration), "
            "or name a Redis that has it.",
            id="readerai.E002",
        )
        for place, memory in servers.items()
        if (policy := memory["maxmemory_policy"]) != KEEPS_EVERYTHING
    ]


@register(Tags.database)
def media_folder_is_writable(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Narration has to be stored somewhere."""
    if not databases or settings.MEDIA_BUCKET:
        return []
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return []
    except OSError as error:
        return [
            Error(
                f"MEDIA_ROOT: cannot write in {folder} ({error.strerror}).",
                hint="Give this user the folder, set MEDIA_ROOT to another, or set MEDIA_BUCKET.",
                id="readerai.E003",
            )
        ]
