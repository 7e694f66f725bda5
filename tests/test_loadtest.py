"""The load test against real servers: it measures, finds nothing lost, and leaves nothing behind."""

import io
import json
import os
from argparse import ArgumentParser

import pytest
from redis import Redis

from readerai.loadtest import command
from readerai.loadtest.meter import Meter, NoServer
from readerai.loadtest.school import remove_leftovers, school_of
from sessions.models import Book, ReadingSession, School, Student

# The simulated child itself is tested on each server: see test_loadtest_child.py.
UVICORN = pytest.mark.parametrize("server", ["uvicorn"], indirect=True)


class Impatient(io.StringIO):
    """A console whose reader presses Ctrl-C at the first line of progress."""

    def write(self, text: str) -> int:
        raise KeyboardInterrupt


def loadtest(*arguments: str, console: io.StringIO | None = None) -> tuple[bool, str, str]:
    """Run the command; return whether all was sound, and what it printed to whom."""
    parser = ArgumentParser()
    command.add_arguments(parser, default_url="http://127.0.0.1:1")
    output, console = io.StringIO(), console or io.StringIO()
    sound = command.run(parser.parse_args(arguments), output, console, default_url="http://127.0.0.1:1")
    return sound, output.getvalue(), console.getvalue()


@pytest.fixture
def nothing_left(db, settings):
    """Whatever the load test made is gone after it, in PostgreSQL and in Redis but for marks of that."""
    redis = Redis.from_url(settings.STATE_REDIS_URL)
    before = set(redis.scan_iter("session:*"))
    yield
    left = set(redis.scan_iter("session:*")) - before
    assert all(name.endswith(b":erased") for name in left)
    for model in (School, Student, Book, ReadingSession):
        assert not model.objects.exists()


@UVICORN
def test_ten_children_read_ask_and_come_back_and_nothing_is_lost(server, nothing_left):
    sound, output, console = loadtest(
        *("--url", f"http://127.0.0.1:{server.port}", "--students", "10", "--seconds", "1.5"),
        *("--answers-per-second", "40", "--drop-every", "2", "--storm", "--json", "--processes", "2"),
    )
    report = json.loads(output)
    assert sound and report["sound"], output
    assert report["server_pids"] == [server.process.pid]
    assert report["unmeasured"] == ""
    assert report["restored_first"] == report["restored_again"] == 10
    assert report["all_restored_within_ms"] > 0
    assert report["connecting"]["times"] == 10
    came, began, ended = report["phases"]["connecting"][1], *report["phases"]["reading"]
    assert came <= began <= ended - 1.5
    assert report["reading"]["cpu_microseconds_each"] > 0
    assert report["generator_cpu_percent"] > 0
    counts = report["counts"]
    assert 0 < counts["answered"] <= counts["acknowledged"] == counts["questions"]
    assert counts["sentences"] == report["sentences_published"] == 5 * counts["answered"]
    assert counts["sources"] == {"model": counts["answered"]}
    assert counts["lost"] == counts["not_restored"] == 0
    assert set(counts["faults"].values()) == {0}
    assert counts["closes"]["1006"] >= 10
    latency = report["latency_ms"]
    assert latency["acknowledgement"]["cases"] == latency["first_sentence"]["cases"] == counts["questions"]
    # Those that came with SESSION_RESTORED were not on their way but waited for.
    assert 0 < latency["publish_to_frame"]["cases"] <= counts["sentences"]
    assert latency["connect"]["cases"] >= 20
    assert " of 10 connected, " in console


@UVICORN
def test_waves_of_children_tell_whether_memory_stays(server, nothing_left):
    sound, output, _ = loadtest(
        *("--url", f"http://127.0.0.1:{server.port}", "--students", "4", "--seconds", "0.1", "--waves", "2"),
        *("--format", "json", "--pid", str(server.process.pid), "--connects-per-second", "0"),
    )
    assert sound, output
    assert "wave 2: USS " in output
    assert "waves deviate by " in output
    assert "sound: nothing lost" in output


@UVICORN
def test_ctrl_c_ends_it_with_the_figures_until_then(server, nothing_left):
    sound, output, _ = loadtest(
        *("--url", f"http://127.0.0.1:{server.port}", "--students", "4", "--seconds", "600"),
        console=Impatient(),
    )
    assert not sound
    assert "interrupted: these are the figures until then" in output


def test_a_server_that_is_not_there_is_one_line_and_no_school(nothing_left):
    sound, _, console = loadtest("--students", "1")
    assert not sound
    assert "nothing serves at http://127.0.0.1:1 " in console


def test_what_a_killed_load_test_left_is_removed(nothing_left):
    school = school_of(3, 100)
    made = school.__enter__()
    assert len(made.pupils) == 3
    assert made.word_count >= 100
    assert "removed 1 " in loadtest("--clean")[1]
    assert remove_leftovers() == 0


def test_only_a_process_on_this_machine_can_be_measured():
    assert Meter([os.getpid()]).sample().uss > 1_000_000
    with pytest.raises(NoServer, match="not on this machine"):
        Meter.behind(["http://192.0.2.1:8000"])
    with pytest.raises(NoServer, match="listens on port 1: name the --pid"):
        Meter.behind(["http://127.0.0.1:1"])
