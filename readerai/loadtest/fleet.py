"""Many simulated children in one event loop, following a schedule: connect, read, come back, leave."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from readerai.loadtest.child import SimulatedChild
from readerai.loadtest.figures import Tally, tally
from readerai.loadtest.schedule import Action, Schedule

QUESTION = "What happens to the fox in this part of the story?"
_BATCH_SECONDS = 0.002  # what is due is done this often: small, so that frames do not arrive in heaps
_LOOK_SECONDS = 0.02


class Status(NamedTuple):
    """How many children are restored, and what all have said so far."""

    children: int
    restored: int
    progress_frames: int
    questions: int


class Fleet:
    """The children, by their number in the schedule."""

    def __init__(self, children: dict[int, SimulatedChild]) -> None:
        self.children = children
        self._late_ms: list[float] = []
        self._hurried = False
        self._stayed_at = 0.0

    def hurry(self) -> None:
        """Whatever goes on, come to its end at once; what comes after is not begun."""
        self._hurried = True

    def late(self) -> list[float]:
        """Return how late (ms) the generator itself was with each thing that was due."""
        return self._late_ms

    def status(self) -> Status:
        """Return how it goes."""
        members = self.children.values()
        return Status(
            len(members),
            sum(child.restored for child in members),
            sum(child.ledger.progress_said for child in members),
            sum(len(child.ledger.questions) for child in members),
        )

    def tally(self, *, answers: bool) -> Tally:
        """Return what the children's ledgers say in sum."""
        return tally((child.ledger for child in self.children.values()), answers=answers)

    async def connect(self, per_second: float, within: float, only: int | None = None) -> int:
        """Let (the first `only`) children connect one after another; return how many are restored."""
        members = self._members()[:only]
        await self._paced(members, per_second, SimulatedChild.start)
        return await self._restored(members, within)

    async def read(self, schedule: Schedule, seconds: float) -> int:
        """Let the children read, ask and be cut off; return how many progress frames were said."""
        said = self.status().progress_frames
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < seconds and not self._hurried:
            for due in schedule.due(now):
                self._late_ms.append(1000 * (now - due.when))
                child = self.children[due.child]
                if due.action is Action.READ:
                    child.tick(schedule.pace.read)
                elif due.action is Action.ASK:
                    child.ask(QUESTION)
                else:
                    child.cut()
            await asyncio.sleep(_BATCH_SECONDS)
        return self.status().progress_frames - said

    async def come_back(self, per_second: float, within: float) -> tuple[int, float]:
        """Cut all children off once they are there, paced (0: all at once), and wait for them.

        Returns how many came back, and how many milliseconds after the first cut the last of them did.
        """
        members = self._members()
        await self._restored(members, within)
        members = [child for child in members if child.restored]
        begun = time.monotonic()
        await self._paced(members, per_second, SimulatedChild.cut)
        await asyncio.sleep(_LOOK_SECONDS)  # a connection that was cut is noticed in the loop's next rounds
        restored = await self._restored(members, within)
        ends = [child.ledger.absences[-1].restored_at or begun for child in members]
        return restored, 1000 * (max(ends, default=begun) - begun)

    async def settle(self, within: float, *, answers: bool) -> None:
        """Wait until everybody is there and lacks nothing, but no longer than `within` seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and not self._hurried:
            lacking = [
                child
                for child in self._members()
                if not child.restored or child.ledger.missing(answers=answers)
            ]
            if not lacking:
                return
            self._stay()
            await asyncio.sleep(_LOOK_SECONDS)

    async def leave(self, per_second: float, only: int | None = None) -> None:
        """Let the children say goodbye."""
        leaving: list[asyncio.Task[None]] = []
        members = self._members()[:only]
        await self._paced(
            members, per_second, lambda child: leaving.append(asyncio.create_task(child.stop()))
        )
        await asyncio.gather(*leaving)

    def _members(self) -> list[SimulatedChild]:
        return list(self.children.values())

    async def _paced(
        self,
        children: Sequence[SimulatedChild],
        per_second: float,
        do: Callable[[SimulatedChild], object],
    ) -> None:
        begun = time.monotonic()
        for number, child in enumerate(children):
            if per_second and not self._hurried:
                await asyncio.sleep(begun + number / per_second - time.monotonic())
            do(child)

    async def _restored(self, children: Iterable[SimulatedChild], within: float) -> int:
        waiting = list(children)
        total = len(waiting)
        deadline = time.monotonic() + within
        while True:
            waiting = [child for child in waiting if not child.restored]
            if not waiting or time.monotonic() > deadline or self._hurried:
                return total - len(waiting)
            self._stay()
            await asyncio.sleep(_LOOK_SECONDS)

    def _stay(self) -> None:
        """Have the children who wait for others say now and then that they are there, as their pages do."""
        now = time.monotonic()
        if now - self._stayed_at >= 1:
            self._stayed_at = now
            for child in self.children.values():
                child.expect_life(now)
