"""PostgreSQL, and Redis in its three roles: one server in development."""

import dj_database_url

from readerai import env, redis_roles

DATABASE_URL = env.url(
    "DATABASE_URL",
    schemes=["postgresql", "postgres"],
    needed="Start `make run`, which brings a PostgreSQL of its own, or set DATABASE_URL=postgresql://...",
)
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL),
        "ENGINE": "django_prometheus.db.backends.postgresql",
        # The pool hands out no connection that died with a PostgreSQL that was restarted.
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer may give each transaction another connection: a cursor on the server would be lost.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
# psycopg's pool, per process; connections are opened on demand. 0 turns the pool off.
DATABASE_POOL_MAX = env.number("DATABASE_POOL_MAX", 8, low=0, high=200)
if DATABASE_POOL_MAX:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 0,
        "max_size": DATABASE_POOL_MAX,
        # Seconds to wait for a connection, and for a server that is away: then a child is told.
        "timeout": 3,
        # Seconds after which an attempt to connect ends, and the next request begins another. The library's
        # own attempts pause for longer and longer, and would miss for minutes that the server is back.
        "reconnect_timeout": 2,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", "", schemes=redis_roles.SCHEMES)
_redis_needed = "Start `make run`, which brings a Redis of its own, or set REDIS_URL=redis://host:6379/0."
STATE_REDIS_URL = env.url(
    "STATE_REDIS_URL", REDIS_URL or None, schemes=redis_roles.STATE_SCHEMES, needed=_redis_needed
)
CHANNELS_REDIS_URL = env.url(
    "CHANNELS_REDIS_URL", REDIS_URL or None, schemes=redis_roles.SCHEMES, needed=_redis_needed
)
BROKER_URL = env.url(
    "BROKER_URL",
    REDIS_URL or None,
    schemes=[*redis_roles.SCHEMES, "sqs"],
    needed=_redis_needed,
    without_host=["sqs"],
)

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "sessions.channel_layer.ChannelLayer",
        "CONFIG": {"url": CHANNELS_REDIS_URL, "prefix": "readerai"},
    }
}
