"""How many servers so many children need, and what those do: the capacity model. Pure.

Everything follows from `Measured`, what was measured, and `Mix`, what is assumed of the children. All figures
are those of the busiest minute; CPU is in cores, memory in bytes.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from readerai.measured import Measured
from readerai.wire_cost import Traffic, question, reading_minute
from sessions import protocol

_MICROSECOND = 1e-6
_CPU_STEP = 0.05  # cores
_MEMORY_STEP = 16 * 2**20


def _assumed(value: float, unit: str, why: str) -> Any:
    return field(default=value, metadata={"unit": unit, "source": why})


@dataclass(frozen=True)
class Mix:
    """What is assumed of children and operation. Whoever knows better gives other values."""

    at_once: float = _assumed(1.0, "of all", "every child reads in the busiest minute")
    progress_every: float = _assumed(1.0, "s", "the reader page tells its place each second of reading")
    questions_every: float = _assumed(300, "s", "between two questions of one child, as in the load test")
    drops_every: float = _assumed(600, "s", "between two lost connections of one child, as in the load test")
    kept_answers: float = _assumed(0.0, "of all", "answers that were kept and need no model: at worst none")
    model_seconds: float = _assumed(3.0, "s", "for which a model answers")
    answer_tokens: float = _assumed(60, "tokens", "of an answer of three sentences")
    checkpoint_every: float = _assumed(15, "s", "CHECKPOINT_SECONDS, as long as one worker can")
    rush: float = _assumed(60, "s", "in which all come when the bell rings")
    come_back: float = _assumed(10, "s", "in which all are back whose server died")
    busy: float = _assumed(0.7, "of a core", "more CPU is not planned for")
    spare_servers: float = _assumed(1, "servers", "may die, and everybody has room")
    minutes_a_day: float = _assumed(30, "minutes", "that a child reads on a school day")
    school_days: float = _assumed(21, "days", "a month")
    heard_again: float = _assumed(0.0, "of all", "sound that the browser has already: at worst none")
    from_cdn: float = _assumed(
        0.95, "of pages", "whose sound a CDN has, where there is one: it never changes its address"
    )

    @property
    def sensible(self) -> bool:
        """Are shares between 0 and 1, counts not below 0 and times above it?"""
        shares = (self.at_once, self.kept_answers, self.busy, self.heard_again, self.from_cdn)
        times = (
            self.progress_every, self.questions_every, self.checkpoint_every, self.drops_every,
            self.model_seconds, self.rush, self.come_back, self.busy, self.at_once,
        )  # fmt: skip
        counts = (self.answer_tokens, self.spare_servers, self.minutes_a_day, self.school_days)
        return (
            all(0 <= share <= 1 for share in shares)
            and all(time > 0 for time in times)
            and all(count >= 0 for count in counts)
        )


@dataclass(frozen=True)
class PerServer:
    """How many children one server process holds, by each limit."""

    by_steady_cpu: int
    by_rush: int
    by_return: int
    by_sockets: int
    tried: int

    @property
    def children(self) -> int:
        """Return what the strictest limit allows."""
        return int(getattr(self, self.limit))

    @property
    def limit(self) -> str:
        """Return the name of the strictest limit."""
        return min(vars(self), key=lambda name: vars(self)[name])


@dataclass(frozen=True)
class Need:
    """What so many students need in the busiest minute.

    `bandwidth` (sockets), `sound` and what a CDN leaves of it are bits a second.
    """

    students: int
    at_once: int
    per_server: PerServer
    servers: int
    server_cpu: float  # all together, reading
    server_rush_cpu: float  # all together, while everybody comes
    server_memory: float  # each
    questions: float  # a second
    llm_workers: int
    llm_worker_cpu: float
    llm_worker_memory: float  # each
    checkpoint_cpu: float
    checkpoint_seconds: float  # between two checkpoints of one child
    redis_cpu: float
    redis_commands: float  # a second
    redis_memory: float
    postgres_cpu: float
    postgres_wal: float  # bytes a second
    bandwidth: float
    sound: float
    sound_past_cdn: float


@dataclass(frozen=True)
class Sound:
    """The bytes of sound that one child loads in a minute of reading: its pages', and its answers'."""

    pages: float
    answers: float

    @property
    def all(self) -> float:
        """Return the sum."""
        return self.pages + self.answers

    def past_cdn(self, mix: Mix) -> float:
        """Return what a CDN fetches: an answer is for one child alone, so it is kept nowhere on the way."""
        return self.pages * (1 - mix.from_cdn) + self.answers


@dataclass(frozen=True)
class OneServer:
    """What one web process does, and what Redis does for it, while its children read. CPU is in cores."""

    cpu: float
    memory: float
    redis_cpu: float
    redis_commands: float


def one_server(children: int, measured: Measured, mix: Mix) -> OneServer:
    """Return what a web process with so many reading children takes: this can be held against a load test."""
    frames, answers = children / mix.progress_every, children / mix.questions_every
    returns = children / mix.drops_every
    redis = frames * measured.redis_frame_cpu + answers * measured.redis_answer_cpu
    redis += returns * measured.redis_connect_cpu
    commands = frames * measured.redis_frame_commands + answers * measured.redis_answer_commands
    commands += returns * measured.redis_connect_commands
    return OneServer(
        cpu=measured.server_base_cpu + children * child_cpu(measured, mix),
        memory=measured.server_base_memory + children * measured.server_child_memory,
        redis_cpu=measured.redis_server_cpu + redis * _MICROSECOND,
        redis_commands=measured.redis_server_commands + commands,
    )


def child_cpu(measured: Measured, mix: Mix) -> float:
    """Return the seconds of a server's core that one more reading child takes each second."""
    each = measured.server_frame_cpu / mix.progress_every
    each += measured.server_answer_cpu / mix.questions_every
    each += measured.server_connect_cpu / mix.drops_every
    return each * _MICROSECOND


def per_server(measured: Measured, mix: Mix) -> PerServer:
    """Return how many children one web process holds."""
    steady = child_cpu(measured, mix)
    connecting = measured.server_connect_cpu * _MICROSECOND / mix.rush
    # Whoever comes back does so within a moment, in which the server may use its core to the full.
    returning = measured.server_return_cpu * _MICROSECOND / mix.come_back
    left = mix.busy - measured.server_base_cpu
    return PerServer(
        by_steady_cpu=int(left / steady),
        by_rush=int(left / (steady + connecting)),
        by_return=int((1 - measured.server_base_cpu) / (steady + returning)),
        by_sockets=int(measured.server_most_sockets),
        tried=int(measured.server_most_children),
    )


def children_per_server(measured: Measured, mix: Mix) -> int:
    """Return how many children one web process may hold; autoscaling should aim at `busy` of it."""
    return per_server(measured, mix).children


def server_request(children: int, measured: Measured, mix: Mix) -> tuple[float, int]:
    """Return CPU (cores) and memory (bytes) that a pod for so many children should ask for.

    The CPU is what they take while they all come, when that is to be `busy` of the request.
    """
    each = child_cpu(measured, mix) + measured.server_connect_cpu * _MICROSECOND / mix.rush
    cpu = (measured.server_base_cpu + children * each) / mix.busy
    memory = measured.server_base_memory + children * measured.server_child_memory
    return round(math.ceil(cpu / _CPU_STEP) * _CPU_STEP, 2), math.ceil(memory / _MEMORY_STEP) * _MEMORY_STEP


def need(students: int, measured: Measured, mix: Mix, subprotocol: str = protocol.MSGPACK) -> Need:
    """Return what so many students need."""
    children = math.ceil(students * mix.at_once)
    limits = per_server(measured, mix)
    serving = max(1, math.ceil(children / limits.children))
    each = one_server(math.ceil(children / serving), measured, mix)
    connects = children / mix.rush
    questions = children / mix.questions_every
    answers_cpu = questions * measured.worker_answer_cpu * _MICROSECOND
    # One checkpoint runs at a time: where that is not enough, each child's is written less often.
    every_time = children * measured.checkpoint_row_cpu * _MICROSECOND
    checkpoint_seconds = max(mix.checkpoint_every, every_time / mix.busy)
    checkpoints = every_time / checkpoint_seconds
    written = children / checkpoint_seconds  # rows a second
    talking = (
        questions * (1 - mix.kept_answers) * mix.model_seconds
    )  # answers that wait for the model at once
    sound = sound_minute(measured, mix)
    workers = max((answers_cpu + checkpoints) / mix.busy, talking / measured.worker_threads)
    return Need(
        students=students,
        at_once=children,
        per_server=limits,
        servers=serving + int(mix.spare_servers),
        server_cpu=serving * each.cpu,
        server_rush_cpu=serving * each.cpu + connects * measured.server_connect_cpu * _MICROSECOND,
        server_memory=each.memory,
        questions=questions,
        llm_workers=math.ceil(workers) + int(mix.spare_servers),
        llm_worker_cpu=answers_cpu,
        llm_worker_memory=measured.worker_memory,
        checkpoint_cpu=checkpoints,
        checkpoint_seconds=checkpoint_seconds,
        redis_cpu=serving * each.redis_cpu
        + _MICROSECOND * (connects * measured.redis_connect_cpu + written * measured.redis_row_cpu),
        redis_commands=serving * each.redis_commands
        + connects * measured.redis_connect_commands
        + written * measured.redis_row_commands,
        redis_memory=children * (measured.redis_child_memory + measured.redis_answer_memory),
        postgres_cpu=_MICROSECOND
        * (written * measured.postgres_row_cpu + questions * measured.postgres_answer_cpu),
        postgres_wal=written * measured.postgres_row_wal,
        bandwidth=8 * children * socket_traffic(mix, subprotocol).both / 60,
        sound=8 * children * sound.all / 60,
        sound_past_cdn=8 * children * sound.past_cdn(mix) / 60,
    )


def socket_traffic(mix: Mix, subprotocol: str) -> Traffic:
    """Return the bytes that one child's socket takes in a minute of reading."""
    read, asked = reading_minute(subprotocol, mix.progress_every), question(subprotocol)
    share = 60 / mix.questions_every
    return Traffic(read.up + share * asked.up, read.down + share * asked.down)


def sound_minute(measured: Measured, mix: Mix) -> Sound:
    """Return the sound that one child loads in a minute of reading."""
    answers = 60 / mix.questions_every * measured.answer_sentences * measured.sentence_sound
    return Sound(measured.sound_minute * (1 - mix.heard_again), answers)
