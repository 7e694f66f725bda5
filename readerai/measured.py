"""What was measured, in one place: each figure with its unit and where it comes from. Pure.

`make costs` measures most of them anew; the others stand in the table of docs/performance.md.
"""

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

_TABLE = "docs/performance.md, Figures"
_COSTS = "make costs"


class Fact(NamedTuple):
    """A figure for people: what it is called, how much, of what, and who says so."""

    name: str
    value: float
    unit: str
    source: str


def _figure(value: float, unit: str, source: str) -> Any:
    return field(default=value, metadata={"unit": unit, "source": source})


def facts(figures: Any) -> list[Fact]:
    """Return the figures of `Measured` or `Mix` with their units and sources."""
    return [
        Fact(
            entry.name.replace("_", " "),
            getattr(figures, entry.name),
            entry.metadata["unit"],
            entry.metadata["source"],
        )
        for entry in fields(figures)
        if entry.metadata
    ]


@dataclass(frozen=True)
class Measured:
    """On two virtual cores, by uvicorn, with MessagePack; CPU is gross: with sweeps, flushes and pings."""

    server_connect_cpu: float = _figure(778, "µs", f"{_TABLE}, at 500 a second")
    server_return_cpu: float = _figure(610, "µs", f"{_TABLE}, all at once")
    server_base_cpu: float = _figure(0.056, "of a core", f"{_COSTS}, as soon as many read")
    server_frame_cpu: float = _figure(19.6, "µs", f"{_COSTS}, above the base")
    server_answer_cpu: float = _figure(2_410, "µs", f"{_COSTS}, of five sentences")
    server_base_memory: float = _figure(105e6, "bytes", _COSTS)
    server_child_memory: float = _figure(13_000, "bytes", _TABLE)
    server_most_children: float = _figure(5_000, "children", f"{_TABLE}: more on one process was not tried")
    server_most_sockets: float = _figure(19_900, "sockets", "a limit of 20,000 open files a process")
    redis_connect_cpu: float = _figure(203, "µs", _COSTS)
    redis_connect_commands: float = _figure(12.4, "commands", f"{_COSTS}, those of scripts too")
    redis_server_cpu: float = _figure(0.013, "of a core", f"{_COSTS}, for each web process")
    redis_frame_cpu: float = _figure(14.1, "µs", _COSTS)
    redis_server_commands: float = _figure(586, "commands a second", f"{_COSTS}, for each web process")
    redis_frame_commands: float = _figure(2.4, "commands", f"{_COSTS}, those of scripts too")
    redis_answer_cpu: float = _figure(1_640, "µs", f"{_COSTS}, of five sentences")
    redis_answer_commands: float = _figure(134, "commands", f"{_COSTS}, of five sentences")
    redis_row_cpu: float = _figure(9.1, "µs", f"{_COSTS}, of a checkpoint")
    redis_row_commands: float = _figure(4.9, "commands", f"{_COSTS}, of a checkpoint")
    redis_child_memory: float = _figure(940, "bytes", _COSTS)
    redis_answer_memory: float = _figure(2_560, "bytes", f"{_COSTS}, of five sentences")
    postgres_row_cpu: float = _figure(33, "µs", f"{_COSTS}, of a checkpoint")
    postgres_row_wal: float = _figure(793, "bytes", f"{_COSTS}, of a checkpoint")
    postgres_answer_cpu: float = _figure(896, "µs", _COSTS)
    checkpoint_row_cpu: float = _figure(57, "µs", f"{_COSTS}, of a worker")
    worker_answer_cpu: float = _figure(18_100, "µs", f"{_COSTS}, of three sentences with their voice")
    worker_memory: float = _figure(190e6, "bytes", _COSTS)
    worker_threads: float = _figure(64, "threads", "readerai/processes.py")
    answer_sentences: float = _figure(3, "sentences", "tutoring/prompts.py, at most")
    prompt_tokens: float = _figure(2_200, "tokens", "tutoring/prompts.py, at most, four characters each")
    sound_minute: float = _figure(360_000, "bytes", "docs/architecture.md: MP3 at 48 kbit/s")
    sentence_sound: float = _figure(35_000, "bytes", f"{_COSTS}: FLAC")
