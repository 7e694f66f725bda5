"""Celery tasks of reading."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError

from sessions import checkpoint, curve
from sessions.live.blocking import run
from sessions.models import School

logger = logging.getLogger(__name__)


@shared_task
def checkpoint_live_sessions() -> None:
    """Bring PostgreSQL up to date with what is being read; beat sends it every CHECKPOINT_SECONDS."""
    try:
        checkpoint.write_all()
    except (OperationalError, InterfaceError) as error:
        logger.warning("positions wait for PostgreSQL: %s", type(error).__name__)


@shared_task
def sample_live_sessions() -> None:
    """Count who reads where, for the page of capacity; beat sends it every SAMPLE_SECONDS."""
    try:
        schools = list(School.objects.values_list("pk", flat=True))
    except (OperationalError, InterfaceError) as error:
        logger.warning("nobody is counted without PostgreSQL: %s", type(error).__name__)
        return
    run(curve.sample(schools))
