"""System checks: what the settings name is there and fit for it, before anything serves."""

import os
import re
import subprocess
import sys

import pytest
import redis
from django.conf import settings as configured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from readerai import env
from readerai.checks import media_folder_is_writable, redis_never_evicts, refuse_evicting_redis


@pytest.fixture
def evicting_redis():
    """This run's Redis, for a moment with a policy that throws keys away."""
    with redis.Redis.from_url(configured.REDIS_URL) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        yield
        client.config_set("maxmemory-policy", "noeviction")


def test_all_is_well_with_the_servers_of_this_run():
    assert redis_never_evicts(databases=["default"]) == []
    assert media_folder_is_writable(databases=["default"]) == []


def test_a_redis_that_evicts_is_refused_for_both_roles(evicting_redis):
    messages = redis_never_evicts(databases=["default"])
    assert [message.id for message in messages] == ["readerai.E002", "readerai.E002"]
    assert re.match(r"STATE_REDIS_URL: the Redis at 127.0.0.1:\d+ may throw away", messages[0].msg)
    assert "CONFIG SET maxmemory-policy noeviction" in messages[0].hint


@pytest.mark.django_db
def test_the_check_command_refuses_it_before_anything_serves(evicting_redis):
    with pytest.raises(SystemCheckError, match="readerai.E002"):
        call_command("check", databases=["default"])


def test_commands_that_ask_for_no_servers_are_not_held_up(evicting_redis):
    assert redis_never_evicts() == []


def test_a_redis_that_does_not_answer_is_named(settings):
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    [message] = redis_never_evicts(databases=["default"])
    assert message.id == "readerai.E001"
    assert "BROKER_URL: no Redis answers" in message.msg


@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "readerai.asgi:application", "--port", "0", "--log-level", "warning"],
        ["celery", "--quiet", "-A", "readerai.celery", "worker", "--loglevel", "warning", "-P", "solo"],
    ],
    ids=["web", "worker"],
)
def test_a_process_does_not_begin_to_serve_on_a_redis_that_evicts(evicting_redis, command):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=env.PROJECT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("readerai: STATE_REDIS_URL: the Redis at 127.0.0.1:")
    assert "Mend it: CONFIG SET maxmemory-policy noeviction" in line


def test_a_redis_that_is_away_is_waited_for(settings, caplog):
    """A restart of Redis must not keep servers down that are started meanwhile."""
    settings.STATE_REDIS_URL = settings.BROKER_URL = "redis://127.0.0.1:1/0"
    refuse_evicting_redis()
    assert [record.message.partition(" (")[0] for record in caplog.records] == [
        "STATE_REDIS_URL: no Redis answers",
        "BROKER_URL: no Redis answers",
    ]


def test_a_queue_that_is_no_redis_has_no_policy(settings):
    settings.BROKER_URL = "sqs://"
    assert redis_never_evicts(databases=["default"]) == []


def test_a_media_folder_that_cannot_be_written_is_named(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    [message] = media_folder_is_writable(databases=["default"])
    assert message.id == "readerai.E003"
    assert str(settings.MEDIA_ROOT) in message.msg


def test_with_a_bucket_no_folder_is_needed(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_BUCKET = "narration"
    assert media_folder_is_writable(databases=["default"]) == []
