"""Every setting of ReaderAI: one typed reader per variable, each with its unit and default.

The variables are documented for operators in docs/operations.md; a test holds the two
pages together.
"""

import zoneinfo
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from django.templatetags.static import static
from fontpkg_lexend import ROOT as LEXEND

from readerai import demo, env, mail, redis_roles, school_day

BASE_DIR = env.PROJECT
VAR_DIR = env.VAR  # what the product writes when nothing else is configured

# --- The server -------------------------------------------------------------------
DEBUG = env.flag("DEBUG", False)  # development: `make run` sets it
DEMO = env.flag("DEMO", False)  # load the demo school
DEMO_CLASS_CODE = demo.CLASS_CODE if DEMO else ""  # offered on the sign-in page; empty: none
PORT = env.number("PORT", 8000, low=1, high=65535)  # where `make run` serves
SECRET_KEY = env.secret(
    "SECRET_KEY",
    "only-for-development" if DEBUG else None,
    needed="Set SECRET_KEY (or SECRET_KEY_FILE) to 50 random characters, or DEBUG=1 for development.",
)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # older keys, still accepted
# One request's body: a form, or a book of 20 MB that a head adds.
MAX_REQUEST_BYTES = env.number("MAX_REQUEST_BYTES", 23_068_672, low=65_536, high=1_073_741_824)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise env.BadSetting(
        "ALLOWED_HOSTS=* would let every site open sockets for a child: name the hosts, or set DEBUG=1."
    )
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")  # https://reading.school.example
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True  # pages get their token from the server
SESSION_COOKIE_AGE = 12 * 3600  # seconds until a grown-up signs in again: a school day
# A proxy in front speaks TLS and sets X-Forwarded-Proto itself, whatever a client sent: only then
# may the header be believed, and who came by plain HTTP be sent to HTTPS.
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_SSL_REDIRECT = BEHIND_TLS_PROXY
# Browsers that were here over HTTPS refuse plain HTTP for so many seconds; 0: they are not told.
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 0, low=0, high=63_072_000)
# So does everything under the same name, and browsers may know of it before the first visit.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_SUBDOMAINS", False)

# --- The school's own sign-in, for grown-ups: OpenID Connect ------------------------
# The provider's issuer, just as it writes it; empty: passwords only.
OIDC_ISSUER = env.url("OIDC_ISSUER", "", schemes=["https", "http"])
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")
OIDC_NAME = env.text("OIDC_NAME", "your school's account")  # on the button: "Sign in with ..."
env.needs("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
for _name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"):
    env.needs(_name, "OIDC_ISSUER")
if not DEBUG:
    env.needs_encryption("OIDC_ISSUER", OIDC_ISSUER)

# --- PostgreSQL -------------------------------------------------------------------
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

# --- Redis: three roles, one server in development -----------------------------------
REDIS_URL = env.url("REDIS_URL", "", schemes=redis_roles.SCHEMES)
_redis_needed = "Start `make run`, which brings a Redis of its own, or set REDIS_URL=redis://host:6379/0."
STATE_REDIS_URL = env.url(
    "STATE_REDIS_URL", REDIS_URL or None, schemes=redis_roles.STATE_SCHEMES, needed=_redis_needed
)
CHANNELS_REDIS_URL = env.url(
    "CHANNELS_REDIS_URL", REDIS_URL or None, schemes=redis_roles.SCHEMES, needed=_redis_needed
)
BROKER_URL = env.url(
    "BROKER_URL", REDIS_URL or None, schemes=[*redis_roles.SCHEMES, "sqs"], needed=_redis_needed
)

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis_roles.channel_host(CHANNELS_REDIS_URL)], "prefix": "readerai"},
    }
}

# --- Live sessions ------------------------------------------------------------------
LIVE_SESSION_TTL = env.number("LIVE_SESSION_TTL", 3600, low=60, high=86_400)  # seconds without a sign of life
# A reading session's position is written to Redis at most once in so many milliseconds.
PROGRESS_FLUSH_MS = env.number("PROGRESS_FLUSH_MS", 1_000, low=10, high=5_000)
OUTBOX_SWEEP_MS = env.number("OUTBOX_SWEEP_MS", 4_000, low=50, high=60_000)  # finds lost wake-ups
CHECKPOINT_SECONDS = env.number("CHECKPOINT_SECONDS", 5, low=1, high=600)  # live state -> PostgreSQL
DRAIN_SECONDS = env.number("DRAIN_SECONDS", 20, low=1, high=600)  # from SIGTERM until all sockets are closed
SAMPLE_SECONDS = env.number("SAMPLE_SECONDS", 15, low=1, high=300)  # who reads is counted so often
# Sockets that one web process is meant for: see docs/performance.md.
WEB_CONNECTIONS_TARGET = env.number("WEB_CONNECTIONS_TARGET", 5_000, low=1, high=1_000_000)
# How many children are expected at which hour of a school day, for the page of capacity.
SCHOOL_DAY = school_day.read(
    "SCHOOL_DAY", env.text("SCHOOL_DAY", "6=500,8=5000,10=3000,12=1000,14=4000,16=1500,18=800")
)
# One frame from a client: a HELLO with 20 questions of 500 characters fits in any script.
MAX_FRAME_BYTES = env.number("MAX_FRAME_BYTES", 65_536, low=1_024, high=1_048_576)

# --- How often (0: as often as anybody likes) ---------------------------------------------
HANDSHAKES_PER_SECOND = env.number(
    "HANDSHAKES_PER_SECOND", 1_000, low=0, high=100_000
)  # a process; five times at once
CHILD_CONNECTS_PER_MINUTE = env.number("CHILD_CONNECTS_PER_MINUTE", 60, low=0, high=60_000)  # to a process
FRAMES_PER_SECOND = env.number("FRAMES_PER_SECOND", 20, low=0, high=10_000)  # of a socket; ten times at once

# What one child has thought about by tutors and workers: so many at once, then one in so many seconds.
QUESTIONS_AT_ONCE = env.number("QUESTIONS_AT_ONCE", 6, low=1, high=1_000)
QUESTION_SECONDS = env.number("QUESTION_SECONDS", 10, low=0, high=3_600)
WORDS_AT_ONCE = env.number("WORDS_AT_ONCE", 30, low=1, high=1_000)
WORD_SECONDS = env.number("WORD_SECONDS", 5, low=0, high=3_600)

# --- The tutor ----------------------------------------------------------------------
LLM_BASE_URL = env.url("LLM_BASE_URL", "", schemes=["http", "https"])  # OpenAI-compatible; empty: offline
LLM_API_KEY = env.text("LLM_API_KEY", "")
LLM_MODEL = env.text("LLM_MODEL", "gpt-4o-mini")
LLM_PRICE_INPUT = env.decimal("LLM_PRICE_INPUT", 0, low=0, high=100_000)  # of a million tokens, any currency
LLM_PRICE_OUTPUT = env.decimal("LLM_PRICE_OUTPUT", 0, low=0, high=100_000)
# Asked where the one before fails; the offline tutor comes last.
LLM_2_BASE_URL = env.url("LLM_2_BASE_URL", "", schemes=["http", "https"])
LLM_2_API_KEY = env.text("LLM_2_API_KEY", "")
LLM_2_MODEL = env.text("LLM_2_MODEL", "")
LLM_2_PRICE_INPUT = env.decimal("LLM_2_PRICE_INPUT", 0, low=0, high=100_000)
LLM_2_PRICE_OUTPUT = env.decimal("LLM_2_PRICE_OUTPUT", 0, low=0, high=100_000)
LLM_3_BASE_URL = env.url("LLM_3_BASE_URL", "", schemes=["http", "https"])
LLM_3_API_KEY = env.text("LLM_3_API_KEY", "")
LLM_3_MODEL = env.text("LLM_3_MODEL", "")
LLM_3_PRICE_INPUT = env.decimal("LLM_3_PRICE_INPUT", 0, low=0, high=100_000)
LLM_3_PRICE_OUTPUT = env.decimal("LLM_3_PRICE_OUTPUT", 0, low=0, high=100_000)
for _before, _name in (("LLM", "LLM_2"), ("LLM_2", "LLM_3")):
    env.needs(f"{_name}_BASE_URL", f"{_name}_MODEL", f"{_before}_BASE_URL")
    env.needs(f"{_name}_MODEL", f"{_name}_BASE_URL")
    env.needs(f"{_name}_API_KEY", f"{_name}_BASE_URL")
LLM_FIRST_TOKEN_SECONDS = env.number("LLM_FIRST_TOKEN_SECONDS", 10, low=1, high=120)
ANSWER_SECONDS = env.number("ANSWER_SECONDS", 30, low=2, high=300)  # a question's deadline, answered or not
# Seconds without a sign of life after which the worker that answers a question is taken for dead.
ANSWER_LEASE_SECONDS = env.number("ANSWER_LEASE_SECONDS", 10, low=1, high=120)
# Seconds for which an answer is kept for other children who ask the same on the same page; 0: none is.
ANSWER_CACHE_SECONDS = env.number("ANSWER_CACHE_SECONDS", 2_592_000, low=0, high=31_536_000)

# --- What is not for children ---------------------------------------------------------
# OpenAI-compatible moderation of questions and sentences, beside the local checker; empty: none.
MODERATION_BASE_URL = env.url("MODERATION_BASE_URL", "", schemes=["http", "https"])
MODERATION_API_KEY = env.text("MODERATION_API_KEY", "")
MODERATION_MODEL = env.text("MODERATION_MODEL", "omni-moderation-latest")
# Seconds after which the text counts as not checked.
MODERATION_SECONDS = env.number("MODERATION_SECONDS", 3, low=1, high=30)
# smtp+tls://user:password@host:587; empty: no mail
EMAIL_URL = env.url("EMAIL_URL", "", schemes=mail.SCHEMES)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "readerai@localhost")
SITE_URL = env.url(
    "SITE_URL", "http://localhost:8000", schemes=["https", "http"]
)  # for links on badges and in mail
_flag_emails = env.choice("FLAG_EMAILS", "urgent", ["none", "urgent", "all"])
FLAG_EMAILS = _flag_emails if EMAIL_URL or DEBUG else "none"  # without a mail server nobody can be told
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = mail.server(
    EMAIL_URL
)
EMAIL_TIMEOUT = 10  # seconds

# Questions may be spoken, where the browser recognises speech: it may send the voice to its maker.
SPEECH_INPUT = env.flag("SPEECH_INPUT", True)

# --- How long things are kept ---------------------------------------------------------
# Days; 0: until the child is erased. `manage.py purge_expired` ends them, each night by itself.
TRANSCRIPT_DAYS = env.number("TRANSCRIPT_DAYS", 365, low=0, high=3_650)  # questions and their answers
FLAG_DAYS = env.number("FLAG_DAYS", 730, low=0, high=3_650)  # flags, with the turns they are about
READING_DAYS = env.number("READING_DAYS", 730, low=0, high=3_650)  # readings that came to the book's end
AUDIT_DAYS = env.number("AUDIT_DAYS", 730, low=0, high=3_650)  # what grown-ups looked at and did
# The audio of answers; it is made anew where it is wanted again.
ANSWER_AUDIO_DAYS = env.number("ANSWER_AUDIO_DAYS", 30, low=1, high=365)

# --- The voice ----------------------------------------------------------------------
SPEECH_BASE_URL = env.url("SPEECH_BASE_URL", "", schemes=["http", "https"])  # likewise; empty: espeak-ng
SPEECH_API_KEY = env.text("SPEECH_API_KEY", "")
SPEECH_MODEL = env.text("SPEECH_MODEL", "tts-1")
SPEECH_VOICE = env.text("SPEECH_VOICE", "")  # empty: the engine's own default for the language

# --- Jobs -----------------------------------------------------------------------------
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = redis_roles.broker(BROKER_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "llm"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for hours
CELERY_TASK_ROUTES = {"tutoring.tasks.narrate_*": {"queue": "tts"}}
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
# The `llm` worker serves its metrics over HTTP, for whoever may reach this address; 0: it does not.
WORKER_METRICS_PORT = env.number("WORKER_METRICS_PORT", 0, low=0, high=65535)
WORKER_METRICS_HOST = env.text("WORKER_METRICS_HOST", "127.0.0.1")
# A file that workers touch while they take jobs, and beat while it sends them; empty: none.
ALIVE_FILE = env.text("ALIVE_FILE", "")

# --- Django ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "axes",
    "django_prometheus",
    "sessions",
    "tutoring",
    "readerai",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "readerai.browser_policy.browser_policy",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "readerai.outage.PostgresqlAway",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "readerai.urls"
ASGI_APPLICATION = "readerai.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Grown-ups' passwords: after so many wrong ones for a name from one address there is a break. By name alone,
# anybody could keep a teacher out; by address alone, one teacher a whole school.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "sessions.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_ENABLE_ADMIN = False  # ours is in sessions/admin/lockouts.py
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
LOGIN_REDIRECT_URL = "admin:index"  # for grown-ups who came to the sign-in and to no other page
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LANGUAGE_CODE = "en"
TIME_ZONE = env.choice("TIME_ZONE", "UTC", zoneinfo.available_timezones())
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", LEXEND / "files")]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_BUCKET = env.text("MEDIA_BUCKET", "")  # an S3 bucket for narration audio; empty: MEDIA_ROOT
MEDIA_ORIGIN = env.url("MEDIA_ORIGIN", "", schemes=["https", "http"])  # from where browsers get what is in it
env.needs("MEDIA_BUCKET", "MEDIA_ORIGIN")
env.needs("MEDIA_ORIGIN", "MEDIA_BUCKET")
MEDIA_CDN = env.flag("MEDIA_CDN", False)  # a CDN stands there, in front of the bucket
# With which CloudFront's addresses are signed, the key as PEM; empty: they are not.
MEDIA_CDN_KEY_ID = env.text("MEDIA_CDN_KEY_ID", "")
MEDIA_CDN_KEY = env.text("MEDIA_CDN_KEY", "")
env.needs("MEDIA_CDN", "MEDIA_ORIGIN")
env.needs("MEDIA_CDN_KEY_ID", "MEDIA_CDN", "MEDIA_CDN_KEY")
env.needs("MEDIA_CDN_KEY", "MEDIA_CDN_KEY_ID")
MEDIA_ADDRESS_SECONDS = 3600  # for which a signed address holds
STORAGES = {
    "default": {
        "BACKEND": "readerai.media_bucket.MediaBucket",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "custom_domain": urlsplit(MEDIA_ORIGIN).netloc if MEDIA_CDN else None,
            "cloudfront_key_id": MEDIA_CDN_KEY_ID or None,
            "cloudfront_key": MEDIA_CDN_KEY.encode() or None,
            "querystring_expire": MEDIA_ADDRESS_SECONDS,
        },
    }
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "readerai.static_files.HashedStaticFiles"
    },
}
SERVESTATIC_USE_FINDERS = DEBUG

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

UNFOLD = {
    "SITE_TITLE": "ReaderAI",
    "SITE_HEADER": "ReaderAI",
    "SITE_SYMBOL": "menu_book",
    "SITE_ICON": lambda request: static("icons/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icons/favicon.svg")}
    ],
    "STYLES": [lambda request: static("css/admin.css")],
    "DASHBOARD_CALLBACK": "tutoring.review.start.start_page",
    "SIDEBAR": {"navigation": "readerai.admin_menu.menu"},
    "COLORS": {  # the children's pages' green: see --primary in static/css/base.css
        "primary": {
            "50": "#eef8f6",
            "100": "#d9ece7",
            "200": "#b4dcd3",
            "300": "#74d3c0",
            "400": "#3fae9d",
            "500": "#1f8579",
            "600": "#0f625b",
            "700": "#0d554f",
            "800": "#0a4b46",
            "900": "#093b37",
            "950": "#06231f",
        }
    },
}
