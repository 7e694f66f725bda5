"""The course of a load test: rest, connect, read, be cut off and come back, settle; or waves of children."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from readerai.loadtest.answerer import Answerer
from readerai.loadtest.figures import Cost, Sample, cost, drift_percent, memory_each, spread
from readerai.loadtest.fleet import Status
from readerai.loadtest.manners import Manners
from readerai.loadtest.meter import Meter, NoServer, on_this_machine
from readerai.loadtest.processes import Enrolment, Generator, Plan
from readerai.loadtest.report import Report, Wave
from readerai.loadtest.schedule import Pace
from readerai.loadtest.school import LoadTestSchool
from readerai.loadtest.stamp import SENTENCES

_WARM_UP = 20  # children who come and go first: a server that has served nobody yet is not what is measured
_REST_SECONDS = 0.5  # before memory is looked at
_WARM_UP_SECONDS = 15.0


@dataclass(frozen=True)
class Options:
    """What is tried; times are seconds, 0 where something never happens."""

    students: int
    seconds: float
    urls: tuple[str, ...]
    pids: tuple[int, ...]
    processes: int
    manners: Manners
    pace: Pace
    connects_per_second: float
    expect_answers: bool
    answers_per_second: float
    settle: float
    within: float  # for those who have not connected or come back when all have begun to
    storm: bool
    waves: int


class NobodyConnected(Exception):
    """The server let no child in; the message says what it did instead."""


class Trial:
    """One load test. `report` is filled in as it goes on; progress is told on `console`."""

    def __init__(self, options: Options, school: LoadTestSchool, console: TextIO) -> None:
        self._options = options
        self._console = console
        self._doing = ""
        self.report = Report(
            options.students, options.seconds, list(options.urls), options.manners.subprotocol
        )
        self.report.generator_processes = options.processes
        self._meter: Meter | None = None
        try:
            self._meter = Meter(options.pids) if options.pids else Meter.behind(options.urls)
            self.report.server_pids = self._meter.pids
        except NoServer as error:
            self.report.unmeasured = str(error)
        self._exits = ExitStack()
        self._answerer: Answerer | None = None
        if options.answers_per_second:
            self._answerer = self._exits.enter_context(Answerer(options.answers_per_second))
        self._generator = Generator(
            _plans(options, school), self._tell, self._answerer.asked if self._answerer else _ignore
        )
        self._exits.callback(self._generator.stop)

    def run(self) -> Report:
        """Go through it. Ctrl-C ends it early, with the figures until then; a second one at once."""
        try:
            self._course()
        except KeyboardInterrupt:
            self.report.interrupted = True
            self._generator.hurry()
        for counted in self._order("count what came", "tally", answers=self._expects_answers):
            self.report.tally += counted
        self.report.generator_late = spread(value for late in self._generator.order("late") for value in late)
        if self._answerer is not None:
            self.report.sentences_published = self._answerer.published
        self._order("say goodbye", "leave", per_second=0)
        return self.report

    def close(self) -> None:
        """End the processes of the generator, whatever they do."""
        self._exits.close()

    @property
    def _expects_answers(self) -> bool:
        return self._options.expect_answers or bool(self._options.answers_per_second)

    def _course(self) -> None:
        options = self._options
        few = -(-min(_WARM_UP, options.students) // options.processes)
        if not self._connect(few):
            (counted, *_) = self._order("look", "tally", answers=False)
            raise NobodyConnected(
                f"no child could connect to {', '.join(options.urls)}: failed attempts "
                f"{dict(counted.refusals)}, closes by code {dict(counted.closes)}. Has the server the same "
                "DATABASE_URL, REDIS_URL and SECRET_KEY, and the address among its ALLOWED_HOSTS?"
            )
        self._leave(few)
        before = self._sample(_REST_SECONDS)
        if options.waves:
            self._waves()
            return
        at_rest = self._sample()
        with self._phase("connecting"):
            self.report.restored_first = self._connect()
        connected = self._sample()
        self.report.connecting = self._cost(at_rest, connected, options.students)
        self.report.memory_each_connected = self._memory_each(before, self._sample(_REST_SECONDS))
        self._read(before)
        self._come_back()
        self._order("settle", "settle", within=options.settle, answers=self._expects_answers)

    def _read(self, before: Sample | None) -> None:
        begun, generator_begun = self._sample(), self._generator.cpu_seconds()
        clock = time.monotonic()
        with self._phase("reading"):
            frames = sum(self._order("read", "read", seconds=self._options.seconds))
        used = self._generator.cpu_seconds() - generator_begun
        self.report.generator_cpu_percent = round(100 * used / (time.monotonic() - clock), 1)
        ended = self._sample()
        self.report.reading = self._cost(begun, ended, frames)
        self.report.memory_each_after_reading = self._memory_each(before, ended)

    def _come_back(self) -> None:
        begun = self._sample()
        rate = 0.0 if self._options.storm else self._options.connects_per_second
        with self._phase("coming back"):
            results = self._order(
                "cut off, come back", "come_back", per_second=self._each(rate), within=self._options.within
            )
        self.report.restored_again = sum(restored for restored, _ in results)
        self.report.coming_back = self._cost(begun, self._sample(), self.report.restored_again)
        if self._options.storm:
            self.report.all_restored_within_ms = round(max(longest for _, longest in results), 1)

    def _waves(self) -> None:
        for _ in range(self._options.waves):
            self.report.restored_first = self._connect()
            self._order("read", "read", seconds=self._options.seconds)
            full = self._sample()
            self._leave()
            empty = self._sample(_REST_SECONDS)
            if full is not None and empty is not None:
                self.report.waves.append(Wave(full.uss, empty.uss))
        waves = self.report.waves
        self.report.waves_full_drift_percent = drift_percent([wave.full_uss for wave in waves])
        self.report.waves_empty_drift_percent = drift_percent([wave.empty_uss for wave in waves])

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.report.phases[name] = (begun, time.monotonic())

    # --- Orders to the generator --------------------------------------------------------------
    def _connect(self, only: int | None = None) -> int:
        rate = self._each(self._options.connects_per_second)
        within = self._options.within if only is None else _WARM_UP_SECONDS
        return sum(self._order("connect", "connect", per_second=rate, within=within, only=only))

    def _leave(self, only: int | None = None) -> None:
        rate = self._each(self._options.connects_per_second)
        self._order("leave", "leave", per_second=rate, only=only)

    def _order(self, doing: str, name: str, **arguments: object) -> list[Any]:
        self._doing = doing
        return self._generator.order(name, **arguments)

    def _each(self, per_second: float) -> float:
        return per_second / self._options.processes

    def _tell(self, status: Status) -> None:
        line = (
            f"{self._doing}: {status.restored} of {status.children} connected, "
            f"{status.progress_frames} progress frames, {status.questions} questions"
        )
        end = "\r" if self._console.isatty() else "\n"
        self._console.write(f"{line:<100}{end}" if end == "\r" else line + end)
        self._console.flush()

    # --- What the server uses -------------------------------------------------------------------
    def _sample(self, after: float = 0.0) -> Sample | None:
        time.sleep(after)
        if self._meter is None:
            return None
        try:
            return self._meter.sample()
        except NoServer as error:
            self._meter = None
            self.report.unmeasured = str(error)
            return None

    def _cost(self, before: Sample | None, after: Sample | None, times: int) -> Cost | None:
        return cost(before, after, times) if before is not None and after is not None else None

    def _memory_each(self, before: Sample | None, after: Sample | None) -> int | None:
        if before is None or after is None:
            return None
        return memory_each(before, after, self._options.students)


def _plans(options: Options, school: LoadTestSchool) -> list[Plan]:
    """Deal the children out to the processes."""
    pace = options.pace
    if options.answers_per_second:
        pace = pace._replace(ask=options.students * SENTENCES / options.answers_per_second)
    entries = [
        Enrolment(number, pupil.session_id, pupil.cookie) for number, pupil in enumerate(school.pupils)
    ]
    return [
        Plan(
            children=tuple(entries[first :: options.processes]),
            of=options.students,
            urls=options.urls,
            word_count=school.word_count,
            manners=options.manners,
            pace=pace,
            spread_sources=_loopback_has_many_addresses(options.urls),
            report_asked=bool(options.answers_per_second),
        )
        for first in range(options.processes)
    ]


def _loopback_has_many_addresses(urls: Sequence[str]) -> bool:
    """Linux answers on all of 127.0.0.0/8, so that ports do not run out; other systems on 127.0.0.1 alone."""
    return os.uname().sysname == "Linux" and all(map(on_this_machine, urls))


def _ignore(session_id: str, question_id: str) -> None:
    """Nobody answers here."""
