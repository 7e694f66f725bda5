"""The generator's processes: each runs a fleet of its own, and does what the command tells it by a pipe."""

import asyncio
import gc
import itertools
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, cast

import psutil
import uvloop

from readerai.loadtest.child import SimulatedChild
from readerai.loadtest.fleet import Fleet, Status
from readerai.loadtest.ledger import Ledger
from readerai.loadtest.manners import Manners
from readerai.loadtest.schedule import Pace, Schedule
from sessions import protocol

_STATUS_SECONDS = 0.5
_SOURCES = 20  # 28,000 ports each: enough for waves whose former ports still linger
_ASKED_SECONDS = 0.005
_HURRY = "hurry"


# Its number, what to do (a method of Fleet), and with what.
Order = tuple[int, str, dict[str, Any]]


class GeneratorDied(Exception):
    """A process of the generator ended before its work did."""


@dataclass(frozen=True)
class Enrolment:
    """One child as a fleet needs it: its number among all, its session, its cookie."""

    number: int
    session_id: str
    cookie: str


@dataclass(frozen=True)
class Plan:
    """What one process simulates: `children` out of `of`; `spread_sources` on loopback only."""

    children: tuple[Enrolment, ...]
    of: int
    urls: tuple[str, ...]
    word_count: int
    manners: Manners
    pace: Pace
    spread_sources: bool
    report_asked: bool  # tell the command of each acknowledged question, so that it can be answered


def raise_file_limit() -> int:
    """Allow this process, and those it starts, the sockets that the system lets it have; return how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class Generator:
    """The command's side: orders for all processes, and what they answer.

    `on_asked` gets (session id, question id) of each acknowledged question; `on_status` the sum of the
    processes' states about once a second while an order is carried out.
    """

    def __init__(
        self,
        plans: Iterable[Plan],
        on_status: Callable[[Status], None],
        on_asked: Callable[[str, str], None],
    ) -> None:
        self._on_status = on_status
        self._on_asked = on_asked
        self._orders = 0
        self._statuses: dict[int, Status] = {}
        context = multiprocessing.get_context("spawn")
        self._processes: list[SpawnProcess] = []
        # One pipe each way: the event loop that waits for orders makes its end non-blocking, and a long
        # answer must wait for us to read it.
        self._orders_to: list[Connection] = []
        self._pipes: list[Connection] = []
        for plan in plans:
            orders, orders_to = context.Pipe(duplex=False)
            answers, answers_to = context.Pipe(duplex=False)
            process = context.Process(target=_main, args=(orders, answers_to, plan), daemon=True)
            process.start()
            orders.close()
            answers_to.close()
            self._processes.append(process)
            self._orders_to.append(orders_to)
            self._pipes.append(answers)
        self.pids = [process.pid for process in self._processes if process.pid is not None]

    def order(self, name: str, **arguments: Any) -> list[Any]:
        """Have every process do this; return what each came to. Raises GeneratorDied."""
        self._orders += 1
        for pipe in self._orders_to:
            pipe.send((self._orders, name, arguments))
        results: dict[int, Any] = {}
        told_at = time.monotonic()
        while len(results) < len(self._pipes):
            for ready in wait(self._pipes, timeout=_STATUS_SECONDS):
                number = self._pipes.index(cast(Connection, ready))
                try:
                    kind, value = self._pipes[number].recv()
                except (EOFError, OSError):
                    raise GeneratorDied("a process of the load generator ended; its error is above") from None
                if kind == "done":
                    order, result = value
                    if order == self._orders:  # an earlier one was given up by an interrupt
                        results[number] = result
                elif kind == "status":
                    self._statuses[number] = value
                else:
                    for session_id, question_id in value:
                        self._on_asked(session_id, question_id)
            if time.monotonic() - told_at >= 1 and self._statuses:
                told_at = time.monotonic()
                self._on_status(
                    Status(*(sum(column) for column in zip(*self._statuses.values(), strict=True)))
                )
        return [results[number] for number in range(len(self._pipes))]

    def hurry(self) -> None:
        """Have the processes end what they are doing, and do no more than say goodbye."""
        for pipe in self._orders_to:
            pipe.send((0, _HURRY, {}))

    def cpu_seconds(self) -> float:
        """Return the CPU that the generator has used, this process included."""
        times = [psutil.Process(pid).cpu_times() for pid in (*self.pids, os.getpid())]
        return float(sum(used.user + used.system for used in times))

    def stop(self) -> None:
        """End the processes, whatever they do."""
        for pipe in (*self._orders_to, *self._pipes):
            pipe.close()
        for process in self._processes:
            process.join(2)
            if process.is_alive():
                process.kill()
                process.join()


def _main(orders: Connection, answers: Connection, plan: Plan) -> None:
    # Ctrl-C reaches the whole group: the command decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise_file_limit()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(orders, answers, plan))


async def _serve(orders_from: Connection, pipe: Connection, plan: Plan) -> None:
    asked: list[tuple[str, str]] = []

    def on_message(session_id: str, message: protocol.DurableMessage) -> None:
        if isinstance(message, protocol.InterruptionAcknowledged):
            asked.append((session_id, message.payload.question_id))

    fleet = Fleet({entry.number: child for entry, child in _children(plan, on_message)})
    gc.collect()
    gc.freeze()  # the children stay: no pause to look through them
    orders: asyncio.Queue[Order | None] = asyncio.Queue()
    asyncio.get_running_loop().add_reader(orders_from.fileno(), _receive, orders_from, orders, fleet)
    tasks = [asyncio.create_task(_tell_status(pipe, fleet))]
    if plan.report_asked:
        tasks.append(asyncio.create_task(_tell_asked(pipe, asked)))
    seeds = itertools.count()
    while (order := await orders.get()) is not None:
        number, name, arguments = order
        if name == "read":
            numbers = [entry.number for entry in plan.children]
            arguments["schedule"] = Schedule(numbers, of=plan.of, pace=plan.pace, seed=next(seeds))
        result = getattr(fleet, name)(**arguments)
        pipe.send(("done", (number, await result if asyncio.iscoroutine(result) else result)))
    for task in tasks:
        task.cancel()


def _receive(pipe: Connection, orders: asyncio.Queue[Order | None], fleet: Fleet) -> None:
    try:
        while pipe.poll():
            order = pipe.recv()
            if order[1] == _HURRY:
                fleet.hurry()
            else:
                orders.put_nowait(order)
    except (EOFError, OSError):
        asyncio.get_running_loop().remove_reader(pipe.fileno())
        orders.put_nowait(None)


async def _tell_status(pipe: Connection, fleet: Fleet) -> None:
    while True:
        await asyncio.sleep(_STATUS_SECONDS)
        pipe.send(("status", fleet.status()))


async def _tell_asked(pipe: Connection, asked: list[tuple[str, str]]) -> None:
    while True:
        await asyncio.sleep(_ASKED_SECONDS)
        if asked:
            pipe.send(("asked", asked[:]))
            asked.clear()


def _children(
    plan: Plan, on_message: Callable[[str, protocol.DurableMessage], None]
) -> Iterable[tuple[Enrolment, SimulatedChild]]:
    sources: Sequence[str | None] = [None]
    if plan.spread_sources:
        sources = [f"127.0.0.{host}" for host in range(2, 2 + _SOURCES)]
    for entry in plan.children:
        yield (
            entry,
            SimulatedChild(
                plan.urls,
                entry.session_id,
                entry.cookie,
                Ledger(plan.word_count),
                plan.manners,
                sources[entry.number % len(sources)],
                on_message if plan.report_asked else None,
            ),
        )
