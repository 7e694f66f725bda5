"""`make bench`: measures the figures of docs/performance.md in one run and prints them as one table.

Everything is started here and stopped again: PostgreSQL, Valkey, one web process at a time, a worker and a
language model that follows a script. `--students 200 --seconds 10` is a quick look, the default the real one.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from readerai import processes
from readerai.loadtest.processes import raise_file_limit
from tests.proofs.stage import Bench, Unsound, stage
from tests.scripted_llm import Reply, ScriptedLlm

MODEL_SECONDS = 0.1  # the scripted model's own time before its first word
LOCK_SECONDS = 2.0
_SIGN_IN = """
from sessions import models, tickets
classroom = models.Classroom.objects.create(school=models.School.objects.create(name="Bench"), name="Owls")
ada = models.Student.objects.create(classroom=classroom, name="Ada")
print(tickets.COOKIE, tickets.sign(tickets.of(ada)), sep="=")
"""
PARTS = ("load", "answers", "model", "slow-sql", "waves")
# Asked of the first server only: they tell little of the encoding.
ONCE = ("model", "slow-sql", "waves")
# Children who connect in a second: 5,000 within ten seconds, when the bell rings. daphne takes longer.
RATE = {"uvicorn": 500, "daphne": 100}
Figures = dict[str, str]


def main() -> None:
    """Run what is asked for and print the table."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: the servers are stopped
    raise_file_limit()
    columns: dict[str, Figures] = {}
    sound = True
    with tempfile.TemporaryDirectory(prefix="readerai-bench-") as folder, stage(Path(folder)) as bench:
        for number, (server, wire) in enumerate((s, f) for s in options.servers for f in options.formats):
            parts = [part for part in options.parts if part not in ONCE or number == 0]
            name = f"{server}, {wire}"
            columns[name] = {}
            for part in parts:
                print(f"--- {name}: {part}", file=sys.stderr, flush=True)
                try:
                    columns[name] |= MEASURE[part](bench, server, wire, options)
                except Unsound as error:
                    sound = False
                    columns[name][part] = "failed"
                    print(error, file=sys.stderr, flush=True)
    print("\n".join(table(columns)))
    sys.exit(not sound)


# --- What is measured ------------------------------------------------------------------------
def load(bench: Bench, server: str, wire: str, options: argparse.Namespace) -> Figures:
    """Reading alone for CPU and memory, all cut off at once; then reading with questions for latency."""
    rate = RATE[server]
    with bench.server(server) as url:
        quiet = bench.loadtest(
            url, wire, students=options.students, seconds=options.seconds, connects_per_second=rate,
            questions_every=0, drop_every=0, storm=True,
        )  # fmt: skip
        asking = bench.loadtest(
            url, wire, students=options.students, seconds=options.seconds, connects_per_second=rate / 2,
            questions_every=options.questions_every, drop_every=options.drop_every, patience=3,
        )  # fmt: skip
    return {
        "memory per live session, connected (KB)": _kilobytes(quiet["memory_each_connected"]),
        "memory per live session, after reading (KB)": _kilobytes(quiet["memory_each_after_reading"]),
        "server CPU per progress frame (µs)": _each(quiet["reading"]),
        "the same with questions and drops (µs)": _each(asking["reading"]),
        "server CPU per connect + HELLO + restore (µs)": f"{_each(quiet['connecting'])} at {rate} a second",
        "the same at half the rate (µs)": f"{_each(asking['connecting'])} at {rate // 2} a second",
        "server CPU per cut + connect + restore, all at once (µs)": _each(quiet["coming_back"]),
        "all sockets cut at once: restored": f"{quiet['restored_again']} of {quiet['restored_first']}",
        "all sockets cut at once: the last restored after (ms)": f"{quiet['all_restored_within_ms']:.0f}",
        "connect to restored, p50 / p99 (ms)": _pair(asking["latency_ms"]["connect"]),
        "question to acknowledgement, p50 / p99 (ms)": _pair(asking["latency_ms"]["acknowledgement"]),
        "generator CPU while reading (% of a core)": f"{quiet['generator_cpu_percent']:.0f}",
        "lost / duplicated / words lost": _faults(quiet, asking),
    }


def answers(bench: Bench, server: str, wire: str, options: argparse.Namespace) -> Figures:
    """Answers at a steady rate: how long a sentence is on its way from publish to the child's frame."""
    with bench.server(server) as url:
        report = bench.loadtest(
            url, wire, students=options.students, seconds=options.seconds, drop_every=0,
            connects_per_second=RATE[server], answers_per_second=options.answers_per_second,
        )  # fmt: skip
    rate = report["sentences_published"] / options.seconds
    return {
        "answer sentences a second": f"{rate:.0f}",
        "publish to the child's frame, p50 / p99 (ms)": _pair(report["latency_ms"]["publish_to_frame"]),
        "question to acknowledgement meanwhile, p50 / p99 (ms)": _pair(
            report["latency_ms"]["acknowledgement"]
        ),
    }


def model(bench: Bench, server: str, wire: str, options: argparse.Namespace) -> Figures:
    """A real worker and a scripted model over HTTP: what the first sentence takes above the model's time."""
    worker = processes.workers(schedule=bench.folder / "beat")["worker-llm"]
    children = min(options.students, 50)
    with ScriptedLlm() as llm:
        llm.default = Reply("The fox is shy. She waits for the moon.", before_first=MODEL_SECONDS)
        # Each answer is another one: none is voiced already.
        llm.script(
            *(
                Reply(f"The fox waits for star number {number}. Then she runs.", before_first=MODEL_SECONDS)
                for number in range(2_000)
            )
        )
        with (
            # All children ask the same: a kept answer would be measured instead of the model's.
            bench.process(
                "worker-llm", worker, LLM_BASE_URL=llm.url, LLM_API_KEY="scripted", ANSWER_CACHE_SECONDS="0"
            ),
            bench.server(server) as url,
        ):
            every = max(2.0, children / 5)
            arguments = {"students": children, "questions_every": every, "drop_every": 0}
            bench.loadtest(url, wire, seconds=every, settle=60, expect_answers=True, **arguments)  # warms up
            report = bench.loadtest(
                url, wire, seconds=max(options.seconds, every), expect_answers=True, **arguments
            )
    above = report["latency_ms"]["first_sentence"]
    own = 1000 * MODEL_SECONDS
    return {
        "question to first sentence above the model's own time, p50 / p99 (ms)": (
            f"{above['p50'] - own:.1f} / {above['p99'] - own:.1f}"
        )
    }


def slow_sql(bench: Bench, server: str, wire: str, options: argparse.Namespace) -> Figures:
    """Acknowledgements while the library's page waits for a table that is locked for two seconds."""
    arguments = {
        "students": min(options.students, 500), "seconds": options.seconds, "questions_every": 5,
        "patience": 1, "drop_every": 0,
    }  # fmt: skip
    with bench.server(server) as url:
        without = bench.loadtest(url, wire, **arguments)
        with slow_pages(bench, url) as seconds:
            slowed = bench.loadtest(url, wire, **arguments)
    if len(seconds) < 2 or min(seconds) < LOCK_SECONDS * 0.9:
        raise Unsound(f"the pages were to wait for {LOCK_SECONDS} s of SQL; they took {seconds}")
    quick, slow = (report["latency_ms"]["acknowledgement"]["p99"] for report in (without, slowed))
    return {
        "acknowledgement p99 without / with a 2 s SQL query in the process (ms)": f"{quick:.1f} / {slow:.1f}"
    }


def waves(bench: Bench, server: str, wire: str, options: argparse.Namespace) -> Figures:
    """Ten waves of children who come, read and leave: does memory stay where it was?"""
    with bench.server(server) as url:
        report = bench.loadtest(
            url,
            wire,
            students=options.students,
            seconds=3,
            questions_every=0,
            drop_every=0,
            waves=10,
            connects_per_second=RATE[server],
        )
    return {
        "ten waves: memory deviates by, all connected / all gone (%)": (
            f"{report['waves_full_drift_percent']} / {report['waves_empty_drift_percent']}"
        )
    }


MEASURE: dict[str, Callable[[Bench, str, str, argparse.Namespace], Figures]] = {
    "load": load, "answers": answers, "model": model, "slow-sql": slow_sql, "waves": waves,
}  # fmt: skip


@contextlib.contextmanager
def slow_pages(bench: Bench, url: str) -> Iterator[list[float]]:
    """Again and again, lock the table of books for two seconds while a child opens the library.

    Yields the list of how long each page took.
    """
    took: list[float] = []
    stopping = threading.Event()
    cookie = bench.manage("shell", "--no-imports", "-c", _SIGN_IN).strip()

    def work() -> None:
        request = urllib.request.Request(f"{url}/", headers={"Cookie": cookie})
        with psycopg.connect(bench.database_url) as connection:
            while not stopping.is_set():
                connection.execute("LOCK TABLE reading_book IN ACCESS EXCLUSIVE MODE")
                threading.Timer(LOCK_SECONDS, connection.rollback).start()
                begun = time.monotonic()
                with urllib.request.urlopen(request, timeout=30) as page:
                    assert b"library" in page.read().lower()
                took.append(time.monotonic() - begun)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield took
    finally:
        stopping.set()
        thread.join()


# --- The table -------------------------------------------------------------------------------
def table(columns: dict[str, Figures]) -> Iterator[str]:
    """Yield the lines of a Markdown table: a row for each figure, a column for each server."""
    rows = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    yield f"| figure | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for row in rows:
        yield f"| {row} | {' | '.join(figures.get(row, '') for figures in columns.values())} |"


def _each(cost: dict[str, Any]) -> str:
    return f"{cost['cpu_microseconds_each']:.1f}"


def _kilobytes(number: int) -> str:
    return f"{number / 1024:.1f}"


def _pair(spread: dict[str, float]) -> str:
    return f"{spread['p50']:.1f} / {spread['p99']:.1f}"


def _faults(*reports: dict[str, Any]) -> str:
    counts = [report["counts"] for report in reports]
    return " / ".join(
        str(sum(found))
        for found in (
            [count["lost"] for count in counts],
            [count["faults"]["duplicated"] for count in counts],
            [count["faults"]["words_lost"] for count in counts],
        )
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--students", type=int, default=5_000)
    add("--seconds", type=float, default=60.0, help="that each measurement reads (default: %(default)s)")
    add("--servers", nargs="+", choices=["uvicorn", "daphne"], default=["uvicorn", "daphne"])
    add("--formats", nargs="+", choices=["json", "msgpack"], default=["msgpack", "json"])
    add("--parts", nargs="+", choices=PARTS, default=PARTS)
    add("--questions-every", type=float, default=300.0, help="seconds, each child (default: %(default)s)")
    add("--drop-every", type=float, default=600.0, help="seconds, each child (default: %(default)s)")
    add("--answers-per-second", type=float, default=500.0, help="sentences (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
