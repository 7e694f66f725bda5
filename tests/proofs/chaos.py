"""`make chaos`: children read and ask while servers are killed one after another; nothing may be lost.

    python -m tests.proofs.chaos --children 200 --seconds 170 --seed 7

The table at the end has a row for each event and one for all; docs/failover.md tells how to read it. The exit
status is 0 only if no message was lost or came twice, no word was lost, every question ended, and Redis
and PostgreSQL agree with what the children have seen.
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import django
import uvloop

from readerai.loadtest.schedule import Action, Pace, Schedule
from tests.proofs.house import WEBS, WORKERS, House
from tests.proofs.table import Counts, Row, drawn, row

if TYPE_CHECKING:  # at run time it needs Django, which is set up for the house first
    from readerai.loadtest.child import SimulatedChild

ASK_SECONDS = 20  # between two questions of a child, on average
ARRIVAL_SECONDS = 5
RETURN_SECONDS = 30  # at most, beyond an event's own time, until all are back
RESTART_SECONDS = 3  # until a killed process is started again, as whoever watches over it would
AWAY_SECONDS = 2  # of Redis
FROZEN_SECONDS = 12
DRAIN_SECONDS = 8
FAVOURITE = "the server with most children"
QUESTIONS = ("Why did it do that?", "What does that word mean?", "What will happen now?", "Is that true?")


class Chaos:
    """The children in the house, and what is done to it."""

    def __init__(self, house: House, children: "list[SimulatedChild]", seed: int) -> None:
        self.house = house
        self.children = children
        self.ledgers = [child.ledger for child in children]
        self.random = Random(seed)
        self.schedule = Schedule(
            range(len(children)), of=len(children), pace=Pace(ask=ASK_SECONDS), seed=seed
        )
        self.rows: list[tuple[str, float, Counts]] = []  # an event, when it began and what had been counted
        self.asking = self.reading = True

    async def run(self, seconds: float) -> list[Row]:
        """Let the children come, do to the house what is to be done, and let them go; return the rows."""
        begun = time.monotonic()
        for number, child in enumerate(self.children):
            asyncio.get_running_loop().call_later(ARRIVAL_SECONDS * number / len(self.children), child.start)
        tasks = [asyncio.create_task(self._read(begun)), asyncio.create_task(self._say())]
        events: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("they arrive", self._nothing),
            ("a web server is killed", self._kill_web),
            ("a worker is killed in mid-answer", self._kill_worker),
            ("Redis is killed", self._kill_redis),
            (f"{FAVOURITE} is killed", self._kill_favourite),
            ("a web server hangs, and goes on", self._freeze),
            ("a web server is drained", self._drain),
            ("they finish", self._finish),
        ]
        for name, event in events:
            self.rows.append((name, time.monotonic(), Counts.of(self.ledgers)))
            await event()
            await self._until(lambda: False, self.rows[-1][1] + seconds / len(events) - time.monotonic())
            await self._until(self._all_back, RETURN_SECONDS)
        self.rows.append(("", time.monotonic(), Counts.of(self.ledgers)))
        for task in tasks:
            task.cancel()
        print()
        return self._table()

    # --- What is done to the house -----------------------------------------------------------
    async def _nothing(self) -> None:
        """They arrive and read."""

    async def _kill_web(self) -> None:
        await self._kill(self.random.choice(WEBS))

    async def _kill_favourite(self) -> None:
        await self._kill(self._fullest())

    async def _kill_worker(self) -> None:
        busy = dict.fromkeys(WORKERS, 0)

        def found() -> bool:
            busy.update({name: self.house.answers_in_progress(name) for name in WORKERS})
            return max(busy.values()) >= 3

        await self._until(found, 10)
        await self._kill(max(busy, key=lambda name: busy[name]))

    async def _kill_redis(self) -> None:
        self.house.valkey.kill()
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(self.house.valkey.start)

    async def _freeze(self) -> None:
        """What it was told before it hung it does when its children are long gone: nobody may notice."""
        name = self._fullest()
        self.house.freeze(name)
        await asyncio.sleep(FROZEN_SECONDS)
        self.house.thaw(name)

    async def _drain(self) -> None:
        name = self._fullest()
        self.house.ask_to_stop(name)
        await self._until(lambda: not self.house.runs(name), 2 * DRAIN_SECONDS)
        await self._kill(name)

    def _fullest(self) -> str:
        servers = self.house.proxy.servers()
        return max(WEBS, key=lambda name: int(servers[name]["scur"]))

    async def _kill(self, name: str) -> None:
        self.house.kill(name)
        await asyncio.sleep(RESTART_SECONDS)
        self.house.start(name)

    async def _finish(self) -> None:
        """Nobody asks any more; what was asked is waited for."""
        self.asking = False
        await self._until(lambda: not any(ledger.question for ledger in self.ledgers), 90)
        self.reading = False
        for child in self.children:
            await child.stop()

    # --- What the children do ------------------------------------------------------------------
    async def _read(self, begun: float) -> None:
        while self.reading:
            for due in self.schedule.due(time.monotonic() - begun):
                child = self.children[due.child]
                if child.ledger.absences and child.ledger.absences[0].restored_at is not None:
                    if due.action is Action.READ:
                        child.tick()
                    elif self.asking:
                        child.ask(self.random.choice(QUESTIONS))
            await asyncio.sleep(0.02)

    def _all_back(self) -> bool:
        return not self.asking or all(child.restored or child.refused for child in self.children)

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
                    await asyncio.sleep(0.1)

    # --- What is told ---------------------------------------------------------------------------
    async def _say(self) -> None:
        """Tell how it goes: on one line of a terminal, every ten seconds elsewhere."""
        begun, terminal = time.monotonic(), sys.stdout.isatty()
        while True:
            here = sum(child.restored for child in self.children)
            waiting = sum(ledger.question is not None for ledger in self.ledgers)
            asked = sum(len(ledger.questions) for ledger in self.ledgers)
            line = f"{time.monotonic() - begun:4.0f} s  {here} of {len(self.children)} connected"
            line += f"  {asked} questions, {waiting} open  {self.rows[-1][0] if self.rows else ''}"
            print(f"\r{line:<100}" if terminal else line, end="" if terminal else "\n", flush=True)
            await asyncio.sleep(1 if terminal else 10)

    def _table(self) -> list[Row]:
        now = time.monotonic()
        rows = []
        for (event, begun, before), (_, ended, after) in zip(self.rows, self.rows[1:], strict=False):
            rows.append(row(event, self.ledgers, begun, ended, after.since(before), now))
        first, last = self.rows[0], self.rows[-1]
        rows.append(row("in all", self.ledgers, first[1], last[1], last[2].since(first[2]), now))
        return rows


async def prove(house: House, options: argparse.Namespace) -> bool:
    """Run it and print what came of it; return whether nothing was lost."""
    from tests.proofs import readers

    print(f"{options.children} children, seed {options.seed}; logs are in {house.folder}", flush=True)
    enrolled = await asyncio.to_thread(readers.enrol, house.proxy.url, options.children, Random(options.seed))
    chaos = Chaos(house, enrolled, options.seed)
    rows = await chaos.run(options.seconds)
    differences = await readers.compare(enrolled)
    print(drawn(rows))
    print("\nThe servers see it otherwise than the children:", _listed(differences._asdict()))
    for what in ("closes", "refusals", "errors"):
        print(f"{what}: {_listed(sum((getattr(ledger, what) for ledger in chaos.ledgers), Counter()))}")
    print("repeated under a new epoch:", sum(ledger.inbox.repeated for ledger in chaos.ledgers))
    print("tracebacks in the logs:", _listed(house.tracebacks()))
    faults = rows[-1].faults | {name: count for name, count in differences._asdict().items() if count}
    print(f"\nFAILED: {_listed(faults)} (seed {options.seed})" if faults else "\nNothing was lost.")
    return not faults


def _listed(counts: dict) -> str:
    return ", ".join(f"{str(name).replace('_', ' ')} {count}" for name, count in counts.items()) or "none"


def main() -> int:
    """Read the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--children", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=170, help="for all events together; default 170")
    parser.add_argument("--seed", type=int, help="repeats the children's and our choices; default: a new one")
    parser.add_argument("--keep", action="store_true", help="keep data and logs, as after a failure")
    options = parser.parse_args()
    options.seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    # A stop by SIGTERM or with the terminal ends it like Ctrl-C does: everything is brought down.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    house = House(Path(tempfile.mkdtemp(prefix="readerai-")), {"DRAIN_SECONDS": str(DRAIN_SECONDS)})
    held = False
    try:
        print("starting the house", flush=True)
        with house:
            os.environ.clear()
            os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="readerai.settings")
            django.setup()
            held = uvloop.run(prove(house, options))
    except KeyboardInterrupt:
        print("\nstopped")
        held = True
        return 130
    finally:
        if held and not options.keep:
            house.delete()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
