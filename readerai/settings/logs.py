"""Logs: what is written, in which form, and what is left out."""

from readerai import env

LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "readerai.log_filters.WithoutRows",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "readerai.log_json.JsonLines"},
    },
    "filters": {
        "one_line_per_outage": {"()": "readerai.log_filters.OneLinePerOutage"},
        "no_badge": {"()": "readerai.log_filters.NoBadge"},
        "no_line_for_bad_text": {"()": "readerai.log_filters.NoLineForBadText"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            # For people, or one JSON object a line.
            "formatter": env.choice("LOG_FORMAT", "line", ["line", "json"]),
            "filters": ["no_badge"],
        }
    },
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", LOG_LEVELS)},
    # At DEBUG these print what they send and compute, which is what a child asked and was told.
    "loggers": {
        **{
            name: {"level": "INFO"}
            for name in (
                "openai",
                "httpcore",
                "websockets",
                "botocore",
                "django.db.backends",
                "django.template",
            )
        },
        # And this one the secrets of a sign-in.
        "authlib": {"level": "INFO"},
        # A line for every request of every client is noise here; ours say what matters.
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        # A line for each sign-in that went well is noise.
        "axes": {"level": "WARNING"},
        # It lists the letters of the children's names that a badge needs.
        "fontTools": {"level": "WARNING"},
        # It says of each animal on a badge that it cannot clip it: we do.
        "fpdf.svg": {"level": "ERROR"},
        # Whoever scans addresses would fill the log with a traceback each; the answer is a 400 all the same.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # With DEBUG=1 it would say everything twice.
        "django": {"handlers": [], "propagate": True},
        # It has a form of its own, and a line for each request, with the address: a teacher's search.
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": False},
        "uvicorn.error": {"filters": ["no_line_for_bad_text"]},
        "asyncio": {"filters": ["no_line_for_bad_text"]},
        # These try again every second while a Redis is away.
        "celery.beat": {"filters": ["one_line_per_outage"]},
        "celery.worker.consumer.consumer": {"filters": ["one_line_per_outage"]},
        "sessions.hub": {"filters": ["one_line_per_outage"]},
    },
}
