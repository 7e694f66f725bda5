"""What a load test found, as one JSON object and as lines for people."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from readerai.loadtest.figures import Cost, Spread, Tally, spread
from readerai.loadtest.inbox import Faults


@dataclass
class Wave:
    """One wave of children who came, read and left: the server's memory with all of them, and without."""

    full_uss: int
    empty_uss: int


@dataclass
class Report:
    """The figures; None where something was not measured, and `unmeasured` says why.

    Times are milliseconds (`Spread`), CPU microseconds of the server, memory bytes of its own (USS).
    """

    students: int
    seconds: float
    urls: list[str]
    subprotocol: str
    server_pids: list[int] = field(default_factory=list)
    unmeasured: str = ""
    memory_each_connected: int | None = None
    memory_each_after_reading: int | None = None
    connecting: Cost | None = None
    reading: Cost | None = None
    coming_back: Cost | None = None
    restored_first: int | None = None  # children, of all
    restored_again: int | None = None
    all_restored_within_ms: float | None = None  # of the first cut, when all were cut at once
    waves: list[Wave] = field(default_factory=list)
    waves_full_drift_percent: float | None = None
    waves_empty_drift_percent: float | None = None
    sentences_published: int | None = None
    generator_processes: int = 1
    generator_cpu_percent: float | None = None  # of one core, while the children read
    generator_late: Spread | None = None
    # When the children came and when they read: seconds of CLOCK_MONOTONIC, which whoever watches the other
    # processes of this machine shares.
    phases: dict[str, tuple[float, float]] = field(default_factory=dict)
    interrupted: bool = False
    tally: Tally = field(default_factory=Tally)

    def as_data(self) -> dict[str, object]:
        """Return the report as JSON data."""
        data = {name: _plain(value) for name, value in vars(self).items() if name != "tally"}
        counted = vars(self.tally)
        data["latency_ms"] = {
            name: _plain(spread(values)) for name, values in counted.items() if isinstance(values, list)
        }
        data["counts"] = {
            name: _plain(value) for name, value in counted.items() if not isinstance(value, list)
        }
        data["sound"] = self.sound
        return data

    @property
    def sound(self) -> bool:
        """Did all the children do all they were to do, and was nothing lost, doubled or refused?"""
        return self.tally.sound and not self.interrupted

    def as_lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield f"{self.students} children, {self.seconds:g} s, {self.subprotocol}, {', '.join(self.urls)}"
        yield from self._server_lines()
        yield from self._latency_lines()
        yield from self._count_lines()
        if self.interrupted:
            yield "interrupted: these are the figures until then"

    def _server_lines(self) -> Iterator[str]:
        if self.unmeasured:
            yield f"server: CPU and memory are left out: {self.unmeasured}"
        for name, what, found in (
            ("connect + HELLO + restore", "connects", self.connecting),
            ("progress frame", "frames", self.reading),
            ("cut + connect + restore", "returns", self.coming_back),
        ):
            if found is not None and found.cpu_microseconds_each is not None:
                yield (
                    f"server CPU a {name:<26} {found.cpu_microseconds_each:8.1f} µs gross "
                    f"({found.times} {what} in {found.seconds:g} s, {found.cpu_percent:g} % of a core)"
                )
        for name, each in (
            ("connected", self.memory_each_connected),
            ("after reading", self.memory_each_after_reading),
        ):
            if each is not None:
                yield f"server memory a session, {name:<14} {each / 1024:8.1f} KB (USS)"
        for number, wave in enumerate(self.waves, start=1):
            full, empty = wave.full_uss / 1e6, wave.empty_uss / 1e6
            yield f"wave {number}: USS {full:.1f} MB with all, {empty:.1f} MB without"
        if self.waves_full_drift_percent is not None:
            yield (
                f"waves deviate by {self.waves_full_drift_percent:g} % with all, "
                f"{self.waves_empty_drift_percent:g} % without"
            )
        if self.all_restored_within_ms is not None:
            yield (
                f"all sockets cut at once: {self.restored_again} of {self.restored_first} restored, "
                f"the last after {self.all_restored_within_ms:.0f} ms"
            )

    def _latency_lines(self) -> Iterator[str]:
        for name, values in (
            ("connect to SESSION_RESTORED", self.tally.connect),
            ("pause after a lost connection", self.tally.pause),
            ("question to acknowledgement", self.tally.acknowledgement),
            ("question to first sentence", self.tally.first_sentence),
            ("question to end of answer", self.tally.answer),
            ("publish to frame", self.tally.publish_to_frame),
        ):
            if found := spread(values):
                yield _latency_line(name, found)
        if self.generator_late is not None:
            yield _latency_line("(the generator itself was late)", self.generator_late)
        if self.generator_cpu_percent is not None:
            yield f"the generator used {self.generator_cpu_percent:g} % of a core"

    def _count_lines(self) -> Iterator[str]:
        tally, faults = self.tally, self.tally.faults
        yield (
            f"progress frames {tally.progress_frames}, questions {tally.questions}, acknowledged "
            f"{tally.acknowledged}, answered {tally.answered}, given up {tally.given_up}, "
            f"sentences {tally.sentences}, disconnects {tally.disconnects}"
        )
        yield (
            f"lost {tally.lost}, duplicated {faults.duplicated}, out of order {faults.out_of_order}, "
            f"gaps {faults.gaps}, changed {faults.changed}, unknown {faults.unknown}, "
            f"words lost {faults.words_lost}, not restored {tally.not_restored}, "
            f"repeated after a snapshot {tally.repeated}"
        )
        for name, counter in (
            ("restored", tally.outcomes),
            ("closes by code", tally.closes),
            ("errors", tally.errors),
            ("failed attempts", tally.refusals),
            ("answers by", tally.sources),
        ):
            if counter:
                yield f"{name}: " + ", ".join(f"{key} {times}" for key, times in sorted(counter.items()))
        yield "sound: nothing lost, doubled or refused" if self.sound else "NOT SOUND: see above"


def _plain(value: object) -> object:
    """Return a figure as JSON data."""
    if isinstance(value, Spread | Cost):
        return value._asdict()
    if isinstance(value, Wave | Faults):
        return asdict(value)
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


def _latency_line(name: str, found: Spread) -> str:
    return (
        f"{name:<34} p50 {found.p50:8.1f}  p95 {found.p95:8.1f}  p99 {found.p99:8.1f}  "
        f"longest {found.longest:8.1f} ms  ({found.cases})"
    )
