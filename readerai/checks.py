"""System checks: what the settings name must be there and fit for it.

They talk to servers, so they run with the database checks: at `manage.py migrate`, `prepare` and
`check --database default`, which is before anything serves, and not at every command.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

KEEPS_EVERYTHING = "noeviction"


@register(Tags.database)
def redis_never_evicts(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Live sessions and jobs must not vanish because memory ran short."""
    if not databases:
        return []
    roles = {"STATE_REDIS_URL": settings.STATE_REDIS_URL, "BROKER_URL": settings.BROKER_URL}
    return [message for name, url in roles.items() for message in _check_policy(name, url)]


def _check_policy(name: str, url: str) -> list[CheckMessage]:
    if url.startswith("sqs"):
        return []
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            policy = client.info("memory")["maxmemory_policy"]
    except (redis.RedisError, ValueError) as error:
        return [
            Error(
                f"{name}: no Redis answers ({error}).",
                hint=f"Start it, or set {name} (or REDIS_URL) to one that is running.",
                id="readerai.E001",
            )
        ]
    if policy != KEEPS_EVERYTHING:
        return [
            Error(
                f"{name}: this Redis may throw away what it holds (maxmemory-policy is {policy}).",
                hint=f"Set maxmemory-policy to {KEEPS_EVERYTHING}, or name a Redis that has it.",
                id="readerai.E002",
            )
        ]
    return []


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
