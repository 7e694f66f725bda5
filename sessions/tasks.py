"""Celery tasks of reading."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError

from sessions import checkpoint

logger = logging.getLogger(__name__)


@shared_task
def checkpoint_live_sessions() -> None:
    """Bring PostgreSQL up to date with what is being read; beat sends it every CHECKPOINT_SECONDS."""
    try:
        checkpoint.write_all()
    except (OperationalError, InterfaceError) as error:
        logger.warning("positions wait for PostgreSQL: %s", type(error).__name__)
