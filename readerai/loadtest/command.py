"""The command line of `manage.py loadtest`."""

import argparse
import json
import signal
import socket
from typing import TextIO
from urllib.parse import urlsplit

from readerai.loadtest.ledger import WORD_SECONDS
from readerai.loadtest.manners import Manners
from readerai.loadtest.processes import GeneratorDied, raise_file_limit
from readerai.loadtest.schedule import Pace
from readerai.loadtest.school import remove_leftovers, school_of
from readerai.loadtest.trial import NobodyConnected, Options, Trial
from sessions import protocol

FORMATS = {"json": protocol.JSON, "msgpack": protocol.MSGPACK}
EPILOG = (
    "Children are made in PostgreSQL and Redis and removed at the end, also after Ctrl-C. The server must "
    "use the same DATABASE_URL, REDIS_URL and SECRET_KEY. Without --answers-per-second the questions go to "
    "your own workers and language model. What the server's process uses is measured on this machine only."
)
_LONGEST_BOOK = 20_000  # words; a child who comes to the end begins again


def add_arguments(parser: argparse.ArgumentParser, *, default_url: str) -> None:
    """Add the options."""
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--students", type=_count, default=100, help="children (default: %(default)s)")
    add("--seconds", type=_seconds, default=60.0, help="how long they read (default: %(default)s)")
    add("--url", action="append", type=_url, help=f"a server; repeat it for several (default: {default_url})")
    add("--format", choices=sorted(FORMATS), default="msgpack", help="what the children speak")
    add("--questions-every", type=_seconds, default=300.0, metavar="SECONDS", help="each child; 0: never")
    add(
        "--drop-every",
        type=_seconds,
        default=600.0,
        metavar="SECONDS",
        help="each child is cut off; 0: never",
    )
    add("--progress-every", type=_interval, default=1.0, metavar="SECONDS", help="each child tells its place")
    add("--patience", type=_seconds, default=45.0, metavar="SECONDS", help="for an answer, then read on")
    add("--expect-answers", action="store_true", help="a question that is not answered counts as lost")
    add(
        "--answers-per-second",
        type=_seconds,
        default=0.0,
        metavar="SENTENCES",
        help="answer from here with so many sentences a second, and ask as often as that needs; "
        "no worker must run on the queue llm",
    )
    add("--connects-per-second", type=_seconds, default=250.0, metavar="CHILDREN", help="0: all at once")
    add("--storm", action="store_true", help="at the end cut all sockets at once, instead of one by one")
    add("--waves", type=int, default=0, metavar="N", help="N times: all connect, read for --seconds, leave")
    add("--settle", type=_seconds, default=15.0, metavar="SECONDS", help="the longest wait for what is owed")
    add(
        "--within",
        type=_interval,
        default=60.0,
        metavar="SECONDS",
        help="the longest wait for all to be there",
    )
    add("--processes", type=_count, default=1, help="of the generator (default: %(default)s)")
    add("--pid", action="append", type=int, help="the server's process, where its port does not tell")
    add("--json", action="store_true", help="print the result as one JSON object")
    add("--clean", action="store_true", help="only remove what load tests that were killed left behind")


def run(arguments: argparse.Namespace, output: TextIO, console: TextIO, *, default_url: str) -> bool:
    """Run the load test, print what it found, and tell whether all was sound; progress goes to `console`."""
    if arguments.clean:
        output.write(f"removed {remove_leftovers()} left by load tests that were killed\n")
        return True
    options = _options(arguments, default_url)
    try:
        for url in options.urls:
            _knock(url)
    except OSError as error:
        console.write(f"loadtest: nothing serves at {url} ({error}): start it, or name another --url\n")
        return False
    raise_file_limit()
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: nothing is left
    try:
        words = min(int(options.seconds / WORD_SECONDS) + 500, _LONGEST_BOOK)
        with school_of(options.students, words) as school:
            trial = Trial(options, school, console)
            try:
                report = trial.run()
            finally:
                trial.close()
    except (GeneratorDied, NobodyConnected) as error:
        console.write(f"loadtest: {error}\n")
        return False
    except KeyboardInterrupt:
        console.write("interrupted; the school of the load test is removed\n")
        return False
    finally:
        signal.signal(signal.SIGTERM, former)
    if arguments.json:
        output.write(json.dumps(report.as_data(), indent=2) + "\n")
    else:
        output.writelines(f"{line}\n" for line in report.as_lines())
    return report.sound


def _options(arguments: argparse.Namespace, default_url: str) -> Options:
    return Options(
        students=arguments.students,
        seconds=arguments.seconds,
        urls=tuple(arguments.url or [default_url]),
        pids=tuple(arguments.pid or ()),
        processes=min(arguments.processes, arguments.students),
        manners=Manners(FORMATS[arguments.format], patience=arguments.patience),
        pace=Pace(read=arguments.progress_every, ask=arguments.questions_every, drop=arguments.drop_every),
        connects_per_second=arguments.connects_per_second,
        expect_answers=arguments.expect_answers,
        answers_per_second=arguments.answers_per_second,
        settle=arguments.settle,
        within=arguments.within,
        storm=arguments.storm,
        waves=arguments.waves,
    )


def _knock(url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    socket.create_connection((parts.hostname or "", port), timeout=5).close()


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is not the address of a server: write http://host:port")
    return f"{parts.scheme}://{parts.netloc}"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _interval(text: str) -> float:
    if not (value := _seconds(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return value
