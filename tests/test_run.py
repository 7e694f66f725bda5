"""`make run`: one line for whatever is wrong, and nothing left behind however it ends."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from readerai import demo, env
from readerai.run import welcome
from tests.product import STORIES, Run


@pytest.fixture
def start() -> Iterator[Callable[..., Run]]:
    """Start runs, each in a new folder unless one is named; destroy them at the end."""
    runs = []

    def start_one(var: Path | None = None, *, port: int | None = None, **environment: str) -> Run:
        runs.append(Run(var or Path(tempfile.mkdtemp(prefix="readerai-")), port=port, **environment))
        return runs[-1]

    yield start_one
    for run in runs:
        run.destroy()


def services(product: Run) -> dict[str, str]:
    """Return where its servers are."""
    lines = (product.var / "services.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def rows(product: Run, query: str) -> list[tuple[Any, ...]]:
    """Return what its database answers."""
    with psycopg.connect(services(product)["DATABASE_URL"]) as database:
        return database.execute(query).fetchall()


@pytest.fixture
def outside(product) -> dict[str, str]:
    """Servers that are there already, with everything prepared: the product's own."""
    served = services(product)
    return {
        "DATABASE_URL": served["DATABASE_URL"],
        "REDIS_URL": served["REDIS_URL"],
        "MEDIA_ROOT": str(product.var / "media"),
        "STORIES_FOLDER": product.environment["STORIES_FOLDER"],
        "DEMO": "0",
    }


def complaint(run: Run) -> str:
    """Return the one line with which a run refuses to start."""
    assert run.process.wait(30) == 1
    assert run.processes() == []
    lines = run.output().splitlines()
    assert len(lines) == 1, run.output()
    return lines[0]


def test_it_serves_and_says_where_and_who_may_sign_in(product):
    assert product.answers()
    output = product.output()
    assert product.url in output
    signs = (*demo.TEACHER, *demo.HEAD, *demo.ADMIN)
    for word in (demo.CLASS_CODE, *demo.CHILDREN, *demo.PICTURES, *signs):
        assert word in output


def test_the_demo_sign_ins_are_real(product):
    kept = dict(rows(product, "SELECT username, password FROM auth_user"))
    for account in (demo.TEACHER, demo.HEAD, demo.ADMIN):
        assert PBKDF2PasswordHasher().verify(account.password, kept[account.username])


def test_its_secrets_are_for_their_owner_only(product):
    for name in ("services.env", "secret_key"):
        assert (product.var / name).stat().st_mode & 0o777 == 0o600


def test_preparing_again_changes_nothing(product):
    counts = "SELECT (SELECT count(*) FROM reading_book), (SELECT count(*) FROM reading_student)"
    before = rows(product, counts)
    assert product.manage("prepare").returncode == 0
    assert rows(product, counts) == before
    assert before[0][0] == len(STORIES)


def test_a_folder_of_stories_that_is_not_there_is_named(product):
    environment = {**product.environment, "STORIES_FOLDER": str(product.var / "nowhere")}
    prepared = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=env.PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert prepared.returncode == 1
    assert f"STORIES_FOLDER: there is no folder {product.var / 'nowhere'}" in prepared.stderr


def test_a_second_run_on_the_same_folder_is_refused(product):
    second = subprocess.run(
        [sys.executable, "-m", "readerai.run"],
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 1
    assert second.stderr.splitlines() == [
        f"readerai: already running on {product.var}: "
        "stop it first, or set READERAI_VAR and PORT for a second one"
    ]
    assert product.answers()


def test_a_port_in_use_is_one_line_with_the_way_out(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = complaint(start(port=port))
    assert line == (
        f"readerai: port {port} cannot be used (Address already in use): "
        "stop what listens there, or choose another: make run PORT=8080"
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "eighty", "PORT='eighty' is not a whole number"),
        ("DATABASE_URL", "mysql://db/readerai", "DATABASE_URL must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x", "DATABASE_URL cannot be used: "),
        ("REDIS_URL", "127.0.0.1:6379", "REDIS_URL must begin with redis://"),
        (
            "REDIS_URL",
            "redis://:geheim@127.0.0.1:1/0",
            "REDIS_URL cannot be used: no Redis answers at 127.0.0.1:1",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line_that_names_it(start, name, value, expected):
    line = complaint(start(**{name: value}))
    assert line.startswith(f"readerai: {expected}")
    assert "geheim" not in line


def test_any_other_setting_that_cannot_be_used_is_the_last_line(start):
    run = start(LLM_BASE_URL="localhost:11434")
    assert run.process.wait(60) == 1
    assert run.processes() == []
    assert run.output().splitlines()[-1] == "LLM_BASE_URL must begin with http:// or https://"


def test_stopped_while_its_servers_start_it_leaves_nothing(start):
    run = start()
    run.wait_for("starting PostgreSQL")
    assert run.stop(signal.SIGINT) == 0
    assert run.processes() == []
    assert "Traceback" not in run.output()


def test_stopped_while_it_prepares_it_leaves_nothing(start):
    run = start()
    deadline = time.monotonic() + 60
    while not run.runs("prepare"):
        assert time.monotonic() < deadline, run.output()
        time.sleep(0.05)
    assert run.stop() == 0
    assert run.processes() == []
    assert not (run.var / "services.env").exists()
    assert "Traceback" not in run.output()


def test_on_servers_of_ones_own_one_dead_process_stops_all_but_the_servers(start, outside, product):
    run = start(**outside)
    run.wait_until_ready()
    assert not (run.var / "postgres").exists()
    assert not (run.var / "valkey").exists()
    [beat] = run.runs("beat")
    beat.kill()
    assert run.process.wait(40) == 1
    assert run.processes() == []
    assert "readerai: beat ended with status -9, so everything was stopped" in run.output()
    assert product.answers()


def test_what_a_killed_run_left_behind_is_ended_by_the_next(start):
    killed = start()
    killed.wait_for("starting PostgreSQL")
    deadline = time.monotonic() + 60
    while not (orphans := [p for p in killed.processes() if p.pid != killed.process.pid]):
        assert time.monotonic() < deadline, killed.output()
        time.sleep(0.05)
    killed.process.kill()
    killed.process.wait()

    again = start(killed.var)
    again.wait_for("starting PostgreSQL")
    assert not any(orphan.is_running() for orphan in orphans)
    assert again.stop() == 0
    assert again.processes() == []


def test_the_box_shows_no_passwords_where_there_is_no_demo(monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    assert demo.ADMIN.password not in welcome(8000)
    assert "http://127.0.0.1:8000/" in welcome(8000)
