"""Jobs: Celery's queues, what beat sends, and how workers show that they are alive."""

from celery.schedules import crontab

from readerai import env, redis_roles
from readerai.settings.live import CHECKPOINT_SECONDS, SAMPLE_SECONDS
from readerai.settings.stores import BROKER_URL

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = redis_roles.broker(BROKER_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "llm"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for hours
CELERY_BEAT_SCHEDULE = {
    "checkpoint-live-sessions": {
        "task": "sessions.tasks.checkpoint_live_sessions",
        "schedule": CHECKPOINT_SECONDS,
        "options": {"expires": CHECKPOINT_SECONDS * 2},
    },
    "write-later": {
        "task": "tutoring.tasks.write_later",
        "schedule": CHECKPOINT_SECONDS,
        "options": {"expires": CHECKPOINT_SECONDS * 2},
    },
    "purge-expired": {
        "task": "tutoring.tasks.purge_expired",
        "schedule": crontab(hour=2, minute=40),  # UTC
        "options": {"expires": 4 * 3600},
    },
    "sample-live-sessions": {
        "task": "sessions.tasks.sample_live_sessions",
        "schedule": SAMPLE_SECONDS,
        "options": {"expires": SAMPLE_SECONDS},
    },
    "tell-adults": {"task": "tutoring.telling.tell_adults", "schedule": 60, "options": {"expires": 120}},
}
# What beat sends has a queue of its own, from which the same workers take in turn: however many questions
# wait, places are kept and grown-ups are told.
CELERY_TASK_ROUTES = {
    "tutoring.tasks.narrate_*": {"queue": "tts"},
    **{sent["task"]: {"queue": "upkeep"} for sent in CELERY_BEAT_SCHEDULE.values()},
}
# The `llm` worker serves its metrics over HTTP, for whoever may reach this address; 0: it does not.
WORKER_METRICS_PORT = env.number("WORKER_METRICS_PORT", 0, low=0, high=65535)
# A `tts` worker does so here, since both may be on one machine.
NARRATION_METRICS_PORT = env.number("NARRATION_METRICS_PORT", 0, low=0, high=65535)
WORKER_METRICS_HOST = env.text("WORKER_METRICS_HOST", "127.0.0.1")
# A file that workers touch while they take jobs, and beat while it sends them; empty: none.
ALIVE_FILE = env.text("ALIVE_FILE", "")
