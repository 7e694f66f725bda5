"""Celery tasks of reading."""

from celery import shared_task

from sessions import checkpoint


@shared_task
def checkpoint_live_sessions() -> None:
    """Bring PostgreSQL up to date with what is being read; beat sends it every CHECKPOINT_SECONDS."""
    checkpoint.write_all()
