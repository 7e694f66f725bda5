"""Plays a story in a world: a script of bytes says what happens next, and whether calls to Redis wait.

At the end all accidents cease, and within a minute of the world's clock nothing may be owed any more; nor may
there be anything that a child has said and nobody ever looked at.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from sessions.live import keys, store
from tests.reading_gate import Wire
from tests.reading_line import SESSION, Line
from tests.reading_model import WORDS
from tests.reading_steps import LONG_MS, Steps, unless_away
from tests.reading_world import World

_ROUNDS = 6  # of LONG_MS until everything must be well
_SEEN_MS = 1_800_000  # what has ended before anybody looked at it is given out again by then
_TURNS = 200  # frames in one of them


class Play(Steps):
    """One interleaving; `story` is what happened, in words."""

    def __init__(self, wire: Wire, script: bytes) -> None:
        super().__init__(script)
        self._wire = wire
        self._tasks: list[asyncio.Task[Any]] = []
        self._steps: list[Callable[[], Any]] = [
            *(self.frame_arrives, self.frame_arrives, self.frame_is_heard, self.read_on, self.ask),
            *(self.tutor_goes_on, self.tutor_goes_on, self.connect, self.write_positions, self.call),
            *(self.read_on, self.pause, self.tutor_goes_on, self.letter_arrives, self.sweep),
            *(self.drop, self.tutor_ends, self.frame_arrives, self.frame_is_heard, self.connect),
            *(self.cancel, self.time_passes, self.look, self.network_dies, self.call_fails),
            *(self.letter_is_lost, self.frame_comes_twice, self.frames_change_places, self.tutor_dies),
            *(self.renew, self.checkpoint, self.much_time_passes, self.copy_redis, self.redis_forgets),
            *(self.redis_restarts, self.copy_redis, self.redis_restarts, self.tutor_goes_on),
            *(self.tutor_goes_on, self.letter_arrives, self.frame_arrives, self.frame_is_heard),
        ]

    async def run(self) -> None:
        """Play it to the end. Raises AssertionError."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._start_task)
        try:
            self.world = World(self._wire)
            with self.world.real():
                await self._run()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.sleep(0)
            loop.set_task_factory(None)

    def _start_task(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        """Note each task: asyncio's own list has those of former interleavings until they are collected."""
        task = asyncio.Task(work, loop=loop, **options)
        self._tasks.append(task)
        return task

    async def _run(self) -> None:
        self.world.start(store.seed(await self.world._load()))
        self.connect()
        await self.world.settle()
        for byte in self._script:
            step = self._steps[byte % len(self._steps)]
            self.world.holding = byte // len(self._steps) > 4
            self.story.append(step.__name__ + (" (held)" if self.world.holding else ""))
            step()
            await self.world.settle()
            self._check()
        await self._all_is_well()

    # --- What must be true ----------------------------------------------------------------------
    def _check(self) -> None:
        failed = [task.exception() for task in self._finished()]
        for error in filter(None, failed):
            raise error

    def _finished(self) -> list[asyncio.Task[Any]]:
        tasks = [*self.world.background, *(line.task for line in self.world.lines)]
        return [task for task in tasks if task.done() and not task.cancelled()]

    async def _all_is_well(self) -> None:
        """No more accidents: but every wake-up is lost. Nothing may be owed after a minute."""
        world, tablet = self.world, self.world.tablets[self._last]
        world.holding = False
        self.story.append("all is well")
        for line in world.lines:
            if not line.held or line.tablet != self._last:
                line.held = line.restored = False
                if not line.task.done():
                    line.cut()
        for round_number in range(_ROUNDS):
            world.mail.letters.clear()
            await self._round()
            if not tablet.open:
                break
            assert round_number < _ROUNDS - 1, "a question was never answered"
            world.moment += LONG_MS
        for _ in range(2):  # a worker that began in the last round may not be done
            if self._unseen():
                world.moment += _SEEN_MS
                await self._round()
        assert not self._unseen(), "nobody has looked at what a child has said"
        for _ in range(2):  # the first may find that it has to come back
            self._tell(tablet.move((tablet.word or 0) % WORDS + 1, False, world.moment))
            await self._converse()
        assert world.model is not None and not world.model.outbox, "acknowledged messages are kept"
        assert world.wire.run("XLEN", keys.session(SESSION)[1]) == 0
        assert world.model.word == tablet.word
        await self._goodbye()

    def _unseen(self) -> bool:
        """Is there anything that a child has said and no worker has looked at?"""
        model = self.world.model
        return model is not None and any(question.unseen for question in model.questions.values())

    async def _round(self) -> None:
        for work in (self._look(), *(node.sweep() for node in self.world.nodes)):
            self.world.start(unless_away(work))
        await self._converse()
        for _ in range(12):
            self.tutor_goes_on()
            await self.world.settle()
            if not self._tutors and not self.world.jobs:
                break
        for node in self.world.nodes:
            self.world.start(node.sweep())
        await self._converse()

    async def _converse(self) -> None:
        """All frames that are on their way arrive, and the tablet comes back if it is away."""
        for _ in range(_TURNS):
            await self.world.settle()
            self._check()
            line = self._line_of(self._last)
            if line is None:
                self.connect_last()
            elif line.up:
                line.arrive()
            elif line.down:
                self.frame_is_heard()
            else:
                return
        raise AssertionError("the tablet and the servers never come to an end")

    def connect_last(self) -> None:
        """The tablet in the child's hands comes back."""
        line = Line(self._last, self.world.nodes[0])
        self.world.lines.append(line)
        line.say(self.world.tablets[self._last].hello(self.world.moment))

    async def _goodbye(self) -> None:
        for line in self.world.lines:
            if not line.task.done():
                line.cut()
        await self.world.settle()
        assert all(line.task.done() for line in self.world.lines), "a consumer did not end"
        assert not any(node.sockets for node in self.world.nodes), "a hub keeps a socket"
        assert self.world.model is not None and self.world.model.owner == ""
        receivers = len(self.world.nodes)
        left = [task for task in self._tasks if not task.done()]
        assert len(left) == receivers, f"{len(left) - receivers} tasks are left"


def play(loop: asyncio.AbstractEventLoop, wire: Wire, script: bytes) -> tuple[Play, Exception | None]:
    """Play one interleaving; return it, and what was wrong."""
    played = Play(wire, script)
    try:
        loop.run_until_complete(played.run())
    except Exception as error:
        return played, error
    return played, None


def shortened(loop: asyncio.AbstractEventLoop, wire: Wire, script: bytes) -> bytes:
    """Return a script without the bytes that the failure does not need."""
    index = 0
    while index < len(script):
        shorter = script[:index] + script[index + 1 :]
        if play(loop, wire, shorter)[1] is not None:
            script, index = shorter, 0
        else:
            index += 1
    return script
