"""`make bench-30k`: 30,000 live sessions on one small machine, and what they take of it.

Everything is started here and stopped again: PostgreSQL, Valkey, web processes on one port, workers, beat,
a language model that follows a script and the children, who share the cores with all that. They connect, read
and ask for ten minutes, are all cut off in the same moment and come back.
`--students 2000 --soak 30 --questions 7` is a quick look.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from readerai import processes
from readerai.loadtest.processes import raise_file_limit
from readerai.services import free_port
from tests.proofs.recorder import Recorder, Use
from tests.proofs.stage import Bench, Unsound, stage

# What a process may open beside its sockets: files, its ways to Redis and PostgreSQL.
_OTHER_FILES = 100
_LOOK_SECONDS = 2.0
Rows = Iterator[tuple[str, str]]


def main() -> None:
    """Run it, print the table, and end with status 0 only if nothing was lost and all was in time."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: the servers are stopped
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory(prefix="readerai-crowd-") as folder,
        stage(Path(folder)) as bench,
        _product(bench, options) as (recorder, web_pids),
    ):
        try:
            report = bench.loadtest(recorder.url, "msgpack", **_load(options, web_pids))
        except Unsound as error:
            raise SystemExit(str(error)) from None
    for name, figure in (*_children(report, options), *_machine(report, recorder)):
        print(f"{name:<52} {figure}")
    came = report["phases"]["connecting"]
    sys.exit(came[1] - came[0] > options.within)


def _load(options: argparse.Namespace, web_pids: list[int]) -> dict[str, object]:
    """Return the options of the load test."""
    return {
        "students": options.students,
        "seconds": options.soak,
        "connects_per_second": options.connects_per_second,
        "progress_every": options.progress_every,
        "questions_every": options.students / options.questions if options.questions else 0,
        "drop_every": options.drop_every,
        "processes": options.generators,
        "pid": web_pids,
        "expect_answers": True,
        "storm": True,
        "settle": 60,
        "within": options.within,
    }


@contextlib.contextmanager
def _product(bench: Bench, options: argparse.Namespace) -> Iterator[tuple[Recorder, list[int]]]:
    """Run all of it; yield who watches it, and the web processes."""
    commands = processes.workers(schedule=bench.folder / "beat")
    port = free_port()
    model = [
        sys.executable,
        "-m",
        "tests.scripted_llm",
        "--port",
        str(port),
        "--first",
        "0.1",
        "--between",
        "0",
    ]
    settings = {
        "LLM_BASE_URL": f"http://127.0.0.1:{port}/v1",
        "LLM_API_KEY": "scripted",
        # No answer is kept: each question goes to the model, as where each child asks another thing.
        "ANSWER_CACHE_SECONDS": "0",
    }
    with contextlib.ExitStack() as running:
        url, web_pids = running.enter_context(bench.servers(options.web))
        pids = {f"web {number}": pid for number, pid in enumerate(web_pids, start=1)}
        for number in range(1, options.workers + 1):
            worker = processes.stepping_back([*commands["worker-llm"], "-n", f"llm{number}@%h"])
            pids[f"worker {number}"] = running.enter_context(
                bench.process(f"worker-{number}", worker, **settings)
            ).pid
        pids["beat"] = running.enter_context(bench.process("beat", commands["beat"])).pid
        pids["model"] = running.enter_context(bench.process("model", model)).pid
        recorder = Recorder(pids, bench.database_url, bench.environment["REDIS_URL"], url, _LOOK_SECONDS)
        yield running.enter_context(recorder), web_pids


# --- The table -----------------------------------------------------------------------------------
def _children(report: dict[str, Any], options: argparse.Namespace) -> Rows:
    counts, latency, soak = report["counts"], report["latency_ms"], report["reading"]["seconds"]
    came = report["phases"]["connecting"]
    nobody = counts["sources"].get("nobody", 0)
    answered = counts["answered"] - nobody
    yield "children connected", f"{report['restored_first']} of {options.students}"
    yield "all connected within (s)", f"{came[1] - came[0]:.1f} (wanted {options.within:g})"
    yield "soak (s)", f"{soak:.0f}"
    yield "progress frames a second", f"{report['reading']['times'] / soak:.0f}"
    yield (
        "questions a second, asked / answered / told that no answer comes",
        " / ".join(f"{number / soak:.1f}" for number in (counts["questions"], answered, nobody)),
    )
    yield "questions that children gave up", f"{counts['given_up']}"
    yield "answers by", ", ".join(f"{source} {n}" for source, n in sorted(counts["sources"].items()))
    yield "all cut at once: restored", f"{report['restored_again']} of {report['restored_first']}"
    yield "all cut at once: the last restored after (s)", f"{report['all_restored_within_ms'] / 1000:.1f}"
    for name, key in (
        ("connect to restored", "connect"),
        ("lost connection to restored", "pause"),
        ("question to acknowledgement", "acknowledgement"),
        ("question to first sentence", "first_sentence"),
        ("question to end of answer", "answer"),
    ):
        if spread := latency[key]:
            figures = " / ".join(f"{spread[rank]:.1f}" for rank in ("p50", "p95", "p99"))
            yield f"{name}, p50 / p95 / p99 (ms)", figures
    faults = counts["faults"]
    yield (
        "lost / duplicated / words lost / not restored",
        f"{counts['lost']} / {faults['duplicated']} / {faults['words_lost']} / {counts['not_restored']}",
    )


def _machine(report: dict[str, Any], recorder: Recorder) -> Rows:
    each = report["memory_each_after_reading"]
    yield "web: memory a session, after reading (KB)", f"{each / 1024:.1f}" if each else report["unmeasured"]
    ended = recorder.at(report["phases"]["reading"][1])
    for name, memory in ended.memory.items():
        yield f"{name}: memory (MB)", f"{memory / 1e6:.0f}"
    for phase, (begun, over) in report["phases"].items():
        used: Use = recorder.between(begun, over)
        for name, seconds in used.cpu.items():
            yield f"{phase}: {name}, CPU (% of a core)", f"{100 * seconds / used.seconds:.1f}"
        yield f"{phase}: the machine idle (% of a core)", f"{100 * used.idle / used.seconds:.1f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--students", type=int, default=30_000)
    add("--soak", type=float, default=600.0, help="seconds that they read (default: %(default)s)")
    add("--questions", type=float, default=100.0, help="a second, of all children (default: %(default)s)")
    add("--progress-every", type=float, default=5.0, help="seconds, each child (default: %(default)s)")
    add("--drop-every", type=float, default=600.0, help="seconds, each child (default: %(default)s)")
    add("--connects-per-second", type=float, default=400.0, help="children (default: %(default)s)")
    add(
        "--within",
        type=float,
        default=120.0,
        help="seconds in which all must be there (default: %(default)s)",
    )
    add("--web", type=int, default=2, help="web processes (default: %(default)s)")
    add("--workers", type=int, default=2, help="workers that answer (default: %(default)s)")
    add("--generators", type=int, default=2, help="processes that play children (default: %(default)s)")
    options = parser.parse_args()
    most = raise_file_limit() - _OTHER_FILES
    for name in ("web", "generators"):
        if getattr(options, name) * most < options.students * 1.03:
            parser.error(
                f"--{name} {getattr(options, name)}: a process may open {most} sockets here; "
                f"{options.students} children need {-(-options.students * 103 // (100 * most))}"
            )
    return options


if __name__ == "__main__":
    main()
