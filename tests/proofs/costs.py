"""`make costs`: measures what `readerai/measured.py` holds, then asks whether the capacity model holds here.

Everything is started here and stopped again: PostgreSQL, Valkey, a web process, a worker, beat and a language
model that follows a script. It looks at CPU time, bytes and counters, not at how long something took, so that
a busy machine does little harm. `--students 400 --seconds 10` is a quick look.

The model's check is a load of another size and kind than those that were measured: what the model says of it,
with the figures of this run, must be within a fifth of what the load test then finds.
"""

import argparse
import contextlib
import math
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from readerai import processes
from readerai.capacity import Mix, one_server
from readerai.loadtest.meter import Meter
from readerai.loadtest.processes import raise_file_limit
from readerai.loadtest.stamp import SENTENCES
from readerai.measured import Measured, facts
from tests.proofs.recorder import Recorder, Use
from tests.proofs.stage import Bench, stage
from tests.scripted_llm import Reply, ScriptedLlm
from tutoring.narration.compose import compose_at_once
from tutoring.narration.espeak import EspeakEngine
from tutoring.sentences import cut

ANSWER = "The fox waits for star number {number}. She is shy of the light. Let us read on and find out!"
WITHIN = 0.2
MICROSECONDS = 1e6
Figures = dict[str, float]


def main() -> None:
    """Measure, print, and end with status 0 only if the model is right."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: the servers are stopped
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="readerai-costs-") as folder, stage(Path(folder)) as bench:
        figures = reading(bench, options)
        figures |= checkpoints(bench, options, replace(Measured(), **figures))
        figures |= sentences(bench, options, replace(Measured(), **figures))
        figures |= answering(bench, options)
        measured = replace(Measured(), **figures)
        print(f"{'figure':<28} {'measured.py':>14} {'here':>14}")
        for fact, here in zip(facts(Measured()), facts(measured), strict=True):
            print(f"{fact.name:<28} {fact.value:14,.5g} {here.value:14,.5g}  {fact.unit}")
        sys.exit(not holds(bench, options, measured))


# --- What is measured ------------------------------------------------------------------------
def reading(bench: Bench, options: argparse.Namespace) -> Figures:
    """A few children who only read, then many: what each takes, and what a server takes for all of them."""
    few, many = (_reading(bench, options, students) for students in (options.students // 4, options.students))
    more = many["children"] - few["children"]

    def each(name: str) -> float:
        return (many[name] - few[name]) / more

    def common(name: str) -> float:
        return max(0.0, few[name] - few["children"] * each(name)) / MICROSECONDS

    return {
        "server_connect_cpu": many["connect"],
        "server_return_cpu": many["return"],
        "server_base_cpu": common("web"),
        "server_frame_cpu": each("web"),
        "server_base_memory": many["base memory"],
        "server_child_memory": many["child memory"],
        "redis_connect_cpu": many["redis connect"],
        "redis_connect_commands": many["redis connect commands"],
        "redis_server_cpu": common("redis"),
        "redis_frame_cpu": each("redis"),
        "redis_server_commands": common("redis commands") * MICROSECONDS,
        "redis_frame_commands": each("redis commands"),
        "redis_child_memory": many["redis memory"],
    }


def _reading(bench: Bench, options: argparse.Namespace, students: int) -> Figures:
    """Return what so many children take: CPU in microseconds, bytes and commands are for each second."""
    with _recorded(bench, []) as recorder:
        report = _loadtest(
            bench, recorder, students=students, seconds=options.seconds, questions_every=0, storm=True
        )
    before = recorder.at(report["phases"]["connecting"][0])
    came, read = _phase(recorder, report, "connecting"), _phase(recorder, report, "reading")
    return {
        "children": students,
        "connect": report["connecting"]["cpu_microseconds_each"],
        "return": report["coming_back"]["cpu_microseconds_each"],
        "base memory": before.memory["web"],
        "child memory": report["memory_each_after_reading"],
        "redis connect": MICROSECONDS * came.cpu["redis"] / students,
        "redis connect commands": came.redis_commands / students,
        "redis commands": read.redis_commands / read.seconds,
        "redis memory": (
            recorder.at(report["phases"]["reading"][1]).redis_memory - recorder.first.redis_memory
        )
        / students,
        **{name: MICROSECONDS * used / read.seconds for name, used in read.cpu.items()},
    }


def checkpoints(bench: Bench, options: argparse.Namespace, measured: Measured) -> Figures:
    """Children who only read, and the worker that writes where they are into PostgreSQL."""
    students = options.students // 2
    with _recorded(bench, ["worker-llm", "beat"]) as recorder:
        report = _loadtest(bench, recorder, students=students, seconds=options.seconds, questions_every=0)
    used = _phase(recorder, report, "reading")
    rows = students * used.seconds / Mix().checkpoint_every  # who reads has a new place each time
    alone = one_server(students, measured, Mix(questions_every=math.inf, drops_every=math.inf))
    return {
        "checkpoint_row_cpu": MICROSECONDS * used.cpu["worker-llm"] / rows,
        "postgres_row_cpu": MICROSECONDS * used.cpu["postgres"] / rows,
        "postgres_row_wal": used.wal_bytes / rows,
        "redis_row_cpu": MICROSECONDS * max(0.0, used.cpu["redis"] - alone.redis_cpu * used.seconds) / rows,
        "redis_row_commands": max(0.0, used.redis_commands - alone.redis_commands * used.seconds) / rows,
    }


def sentences(bench: Bench, options: argparse.Namespace, measured: Measured) -> Figures:
    """Children who are answered by the load test itself: what an answer takes on its way to them."""
    students = options.students // 2
    with _recorded(bench, []) as recorder:
        report = _loadtest(
            bench, recorder, students=students, seconds=options.seconds, patience=5,
            answers_per_second=students / 20,
        )  # fmt: skip
    used, answers = _phase(recorder, report, "reading"), report["counts"]["answered"]
    frames = report["reading"]["times"]
    begun, ended = (recorder.at(when).redis_memory for when in report["phases"]["reading"])

    def above(name: str, base: float, frame: float) -> float:
        return (MICROSECONDS * (used.cpu[name] - base * used.seconds) - frame * frames) / answers

    return {
        "server_answer_cpu": above("web", measured.server_base_cpu, measured.server_frame_cpu),
        "redis_answer_cpu": above("redis", measured.redis_server_cpu, measured.redis_frame_cpu),
        "redis_answer_commands": (
            used.redis_commands
            - measured.redis_server_commands * used.seconds
            - measured.redis_frame_commands * frames
        )
        / answers,
        "redis_answer_memory": max(0.0, (ended - begun) / answers),
    }


def answering(bench: Bench, options: argparse.Namespace) -> Figures:
    """A real worker, a scripted model over HTTP, a voice that has said none of it before."""
    students = min(options.students, 40)
    with ScriptedLlm() as llm:
        llm.default = Reply(ANSWER.format(number="none"))
        llm.script(*(Reply(ANSWER.format(number=number)) for number in range(5_000)))
        settings = {"LLM_BASE_URL": llm.url, "LLM_API_KEY": "scripted", "ANSWER_CACHE_SECONDS": "0"}
        with _recorded(bench, ["worker-llm", "beat"], **settings) as recorder:
            arguments = {"students": students, "seconds": options.seconds}
            quiet = _loadtest(bench, recorder, **arguments, questions_every=0)
            asked = _loadtest(bench, recorder, **arguments, questions_every=8, expect_answers=True)
    rest, used = _phase(recorder, quiet, "reading"), _phase(recorder, asked, "reading")
    answers = asked["counts"]["answered"]
    sounds = [len(compose_at_once(each, "en", EspeakEngine()).audio) for each in cut([ANSWER])]
    return {
        "worker_memory": recorder.last.memory["worker-llm"],
        "worker_answer_cpu": MICROSECONDS * (used.cpu["worker-llm"] - rest.cpu["worker-llm"]) / answers,
        "postgres_answer_cpu": MICROSECONDS * (used.cpu["postgres"] - rest.cpu["postgres"]) / answers,
        "sentence_sound": sum(sounds) / len(sounds),
    }


# --- Whether the model is right --------------------------------------------------------------
def holds(bench: Bench, options: argparse.Namespace, measured: Measured) -> bool:
    """Ask the model what a load of its own kind takes, then the load test; print both."""
    students = options.students * 3 // 5
    answers = students / 60
    mix = Mix(questions_every=students / answers, drops_every=120)
    with _recorded(bench, []) as recorder:
        report = bench.loadtest(
            recorder.url, "msgpack", students=students, seconds=options.seconds, patience=5, settle=60,
            answers_per_second=answers * SENTENCES, drop_every=mix.drops_every,
        )  # fmt: skip
    used, ended = _phase(recorder, report, "reading"), recorder.at(report["phases"]["reading"][1])
    expected = one_server(students, measured, mix)
    rows = {
        "web: CPU while reading (% of a core)": (100 * expected.cpu, report["reading"]["cpu_percent"]),
        "web: memory (MB)": (expected.memory / 1e6, ended.memory["web"] / 1e6),
        "Redis: CPU while reading (% of a core)": (
            100 * expected.redis_cpu, 100 * used.cpu["redis"] / used.seconds,
        ),
        "Redis: commands a second": (expected.redis_commands, used.redis_commands / used.seconds),
    }  # fmt: skip
    print(f"\n{students} children, a question a minute, cut off every two minutes")
    print(f"{'':<40} {'model':>10} {'loadtest':>10}")
    for name, (model, found) in rows.items():
        print(f"{name:<40} {model:10,.1f} {found:10,.1f}  {100 * (model / found - 1):+.0f} %")
    return all(abs(model / found - 1) <= WITHIN for model, found in rows.values())


# --- How ---------------------------------------------------------------------------------------
@contextlib.contextmanager
def _recorded(bench: Bench, names: list[str], **settings: str) -> Iterator[Recorder]:
    """Run a web process and the named ones; yield what watches them, and knows where children go."""
    commands = processes.workers(schedule=bench.folder / "beat")
    with contextlib.ExitStack() as running:
        url = running.enter_context(bench.server("uvicorn"))
        pids = {"web": Meter.behind([url]).pids[0]}
        for name in names:
            pids[name] = running.enter_context(bench.process(name, commands[name], **settings)).pid
        recorder = Recorder(pids, bench.database_url, bench.environment["REDIS_URL"], url)
        yield running.enter_context(recorder)


def _loadtest(bench: Bench, recorder: Recorder, **options: object) -> dict[str, Any]:
    return bench.loadtest(recorder.url, "msgpack", drop_every=0, settle=60, **options)


def _phase(recorder: Recorder, report: dict[str, Any], name: str) -> Use:
    return recorder.between(*report["phases"][name])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--students", type=int, default=4_000)
    add("--seconds", type=float, default=40.0, help="that each measurement reads (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
