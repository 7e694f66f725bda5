"""The Celery application: queues `llm` (answers, housekeeping) and `tts` (narration)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")

app = Celery("readerai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
