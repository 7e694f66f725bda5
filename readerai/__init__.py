"""Wiring: settings, URLs, ASGI, Celery, embedded services and operator commands."""

from readerai.celery import app as celery_app

__all__ = ["celery_app"]
