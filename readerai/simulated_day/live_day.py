"""A part of the school day against real web processes, which the same rules start and drain.

The day is smaller and quicker than a real one, the children's number and the rules' connections by the same
factor; what a process needs to start and to drain is real.
"""

import asyncio
import signal
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TextIO

import httpx
import psutil
from django.conf import settings

from readerai import processes
from readerai.env import PROJECT
from readerai.loadtest.child import SimulatedChild
from readerai.loadtest.figures import Tally, tally
from readerai.loadtest.ledger import Ledger
from readerai.loadtest.school import LoadTestSchool
from readerai.services import free_port
from readerai.simulated_day.autoscaler import SYNC_SECONDS
from readerai.simulated_day.curve import Curve
from readerai.simulated_day.door import Door
from readerai.simulated_day.rules import Rules
from readerai.simulated_day.seen import CONNECTIONS, CPU, Seen
from readerai.simulated_day.steering import Steering

_READY_SECONDS = 60
_SETTLE_SECONDS = 40


@dataclass(frozen=True)
class Part:
    """Which part of the day is played: minutes of the day, and how many times as fast as a real one."""

    first: int
    last: int
    speed: float


class Step(NamedTuple):
    """How it was at one moment; `away` are children who are to be there and are not in step with a server."""

    minute: float
    children: int
    servers: int
    coming_or_going: int
    away: int


@dataclass
class Played:
    """What came of it: each step, and the children's ledgers in sum."""

    steps: list[Step] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def sound(self) -> bool:
        """Was everybody served, and nothing lost?"""
        return self.tally.sound


class _Web:
    """One web process."""

    def __init__(self) -> None:
        self.port = free_port()
        command = processes.web(host="127.0.0.1", port=self.port, max_frame_bytes=settings.MAX_FRAME_BYTES)
        self.process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.DEVNULL)
        self.ready = self.draining = False
        self._seen = (time.monotonic(), 0.0)

    def look(self) -> bool:
        """Tell whether it has become ready."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=1, trust_env=False)
        except httpx.HTTPError:
            return False
        self.ready = answer.is_success
        self.cpu_share()  # what the start took is no work for children
        return self.ready

    def cpu_share(self) -> float:
        """Return the share of a core that it has used since it was asked last; 0 once it has ended."""
        try:
            used = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        (then, before), self._seen = self._seen, (time.monotonic(), used.user + used.system)
        return float((self._seen[1] - before) / (self._seen[0] - then))

    def drain(self) -> None:
        """Ask it to stop; it lets its children go first."""
        self.draining = True
        self.process.send_signal(signal.SIGTERM)


class LiveDay:
    """Plays a part of the day; `curve` and `rules` are already as small as the `school`."""

    def __init__(
        self,
        curve: Curve,
        rules: Rules,
        part: Part,
        midnight: datetime,
        school: LoadTestSchool,
        console: TextIO,
    ) -> None:
        self._curve, self._rules, self._part = curve, rules, part
        self._midnight = midnight
        self._school = school
        self._console = console
        self._door = Door()
        self._webs: list[_Web] = []
        self._here: list[SimulatedChild] = []
        self._home: list[SimulatedChild] = []
        self._played = Played()

    async def play(self) -> Played:
        """Play it; every process that was started is stopped at the end. Raises TimeoutError."""
        await self._door.start()
        self._home = [
            SimulatedChild([self._door.url], pupil.session_id, pupil.cookie, Ledger(self._school.word_count))
            for pupil in self._school.pupils
        ]
        everybody = list(self._home)
        try:
            await self._begin()
            reading = asyncio.create_task(self._read())
            await self._steps()
            await self._settle()
            reading.cancel()
            came = [child.ledger for child in everybody if child.ledger.absences]
            self._played.tally = tally(came, answers=False)
            return self._played
        finally:
            await asyncio.gather(*(child.stop() for child in self._here), return_exceptions=True)
            await self._door.stop()
            await asyncio.to_thread(self._stop)

    async def _begin(self) -> None:
        self._webs = [_Web() for _ in range(self._rules.bounds.fewest)]
        deadline = time.monotonic() + _READY_SECONDS
        while not all(web.ready for web in self._webs):
            if time.monotonic() > deadline:
                raise TimeoutError("the first web processes did not get ready")
            await asyncio.sleep(0.2)
            await self._look()

    async def _steps(self) -> None:
        steering = Steering(self._rules, self._midnight)
        seen = Seen(self._rules.ahead)
        begun = time.monotonic()
        for tick in range((self._part.last - self._part.first) * 60 // SYNC_SECONDS):
            now = 60 * self._part.first + SYNC_SECONDS * tick
            await self._look()
            await self._move(self._curve.at(now / 60))
            current = sum(not web.draining for web in self._webs)
            self._scale(steering.decide(now, current, seen.add(self._load())) - current)
            self._tell(now / 60)
            await asyncio.sleep(begun + (tick + 1) * SYNC_SECONDS / self._part.speed - time.monotonic())

    # --- Children ---------------------------------------------------------------------------------
    async def _move(self, children: int) -> None:
        """Let as many come, or go home, as the day has it."""
        while len(self._here) < children:
            child = self._home.pop()
            child.start()
            self._here.append(child)
        going, self._here = self._here[children:], self._here[:children]
        self._home += going
        await asyncio.gather(*(child.stop() for child in going))

    async def _read(self) -> None:
        """Let everybody who is there read on, a second each second."""
        while True:
            for child in self._here:
                child.tick()
            await asyncio.sleep(1)

    async def _settle(self) -> None:
        """Wait until everybody who is to be there is."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while any(not child.restored for child in self._here) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            await self._look()

    # --- Servers ----------------------------------------------------------------------------------
    async def _look(self) -> None:
        """Let children in where a process has become ready; forget those that have ended."""
        for web in self._webs:
            if not web.ready and await asyncio.to_thread(web.look):
                self._door.open_to(web.port)
        self._webs = [web for web in self._webs if web.process.poll() is None]

    def _load(self) -> dict[str, float]:
        """Return what the processes that serve do together: percent of a request, and connections."""
        serving = [web for web in self._webs if web.ready]
        cpu = sum(web.cpu_share() for web in serving)
        connections = sum(self._door.connections[web.port] for web in serving)
        return {CPU: 100 * cpu / self._rules.cpu_request, CONNECTIONS: connections}

    def _scale(self, more: int) -> None:
        self._webs += [_Web() for _ in range(more)]
        staying = [web for web in self._webs if not web.draining]
        for web in staying[len(staying) + min(0, more) :]:
            self._door.close_to(web.port)
            web.drain()

    def _tell(self, minute: float) -> None:
        serving = sum(web.ready and not web.draining for web in self._webs)
        away = sum(not child.restored for child in self._here)
        step = Step(minute, len(self._here), serving, len(self._webs) - serving, away)
        self._played.steps.append(step)
        self._console.write(
            f"{int(minute) // 60:02}:{int(minute) % 60:02} {step.children} children, {step.servers} servers, "
            f"{step.coming_or_going} coming or going, {step.away} children away\n"
        )

    def _stop(self) -> None:
        """End every process that was started."""
        for web in self._webs:
            web.process.kill()
            web.process.wait()
