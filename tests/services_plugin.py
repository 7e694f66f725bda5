"""A pytest plugin, loaded with `-p` before pytest-django reads the settings: this run's own servers."""

import os
import tempfile
from pathlib import Path

import pytest

from readerai.services import TemporaryServices

_folder = Path(tempfile.mkdtemp(prefix="readerai-test-"))
_services = TemporaryServices(_folder / "services")
_services.__enter__()
os.environ.update(
    DATABASE_URL=_services.postgres.url,
    REDIS_URL=_services.valkey.url,
    SECRET_KEY="only-for-tests",
    DEBUG="0",
    READERAI_VAR=str(_folder),
)
for name in ("LLM_BASE_URL", "LLM_API_KEY", "SPEECH_BASE_URL", "STATE_REDIS_URL", "BROKER_URL", "MEDIA_BUCKET"):
    os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers when the run is over, however it ended."""
    _services.__exit__(None, None, None)
