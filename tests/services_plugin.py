"""A pytest plugin, loaded with `-p` before pytest-django reads the settings: this run's own servers."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from readerai.services import TemporaryServices

# A stop by SIGTERM ends the run like Ctrl-C does: fixtures and servers are brought down.
signal.signal(signal.SIGTERM, signal.default_int_handler)

_folder = Path(tempfile.mkdtemp(prefix="readerai-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_services = TemporaryServices(_folder / "services")
try:
    _services.__enter__()
except KeyboardInterrupt:
    sys.exit("interrupted while the test servers were starting")
atexit.register(_services.stop)

os.environ.update(
    DATABASE_URL=_services.postgres.url,
    REDIS_URL=_services.valkey.url,
    SECRET_KEY="only-for-tests",
    DEBUG="1",  # static files come from their sources, not from a manifest
    READERAI_VAR=str(_folder),
    # A test's child comes and asks as often as its story wants.
    CHILD_CONNECTS_PER_MINUTE="0",
    QUESTION_SECONDS="0",
)
for name in (
    *(name for name in os.environ if name.startswith(("LLM_", "OIDC_"))),
    "MODERATION_BASE_URL",
    "EMAIL_URL",
    "SPEECH_BASE_URL",
    "STATE_REDIS_URL",
    "BROKER_URL",
    "MEDIA_BUCKET",
    "MEDIA_ORIGIN",
    "QUESTIONS_AT_ONCE",
):
    os.environ.pop(name, None)


def pytest_unconfigure() -> None:
    """Stop the servers with the run; the processes of a parallel run do not come to their exit handlers."""
    _services.stop()
