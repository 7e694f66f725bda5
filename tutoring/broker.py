"""How jobs are handed to the broker by somebody who cannot wait for it."""

import logging
from collections.abc import Mapping

from celery import Task

logger = logging.getLogger(__name__)

_MANY = 50  # jobs that wait

# A connection that died while it waited in the pool is replaced; a broker that is away is not waited for.
_NO_WAITING = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}

_depths: Mapping[str, int] = {}


def told(depths: Mapping[str, int]) -> None:
    """Note how many jobs wait in each queue; empty where the broker does not tell."""
    global _depths
    _depths = depths


def is_long(name: str) -> bool:
    """Do so many jobs wait in a queue that one which is missed is probably among them?"""
    return _depths.get(name, 0) >= _MANY


def queue(task: Task, *arguments: object, otherwise: str) -> bool:
    """Queue a job and tell whether that went well; if not, log what happens `otherwise`, and why."""
    try:
        task.apply_async(arguments, retry_policy=_NO_WAITING)
    except Exception as error:  # each broker fails in its own ways: away, full, read-only
        logger.error("%s: %s: %s", otherwise, type(error).__name__, error)
        return False
    return True
