"""What can happen in a world: accidents, and what a child, a server or a tutor does, one step each."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from redis.exceptions import ConnectionError as RedisAway

from sessions import protocol
from sessions.live import ledger, worker
from sessions.live.records import DueQuestion, LiveQuestion, Verdict
from tests.reading_line import SESSION, Line
from tests.reading_model import LEASE_MS, WORDS
from tests.reading_world import World

SHORT_MS, LONG_MS = 700, LEASE_MS + 2_000


class Tutor:
    """A worker with a question: it says up to three sentences, again what may not have arrived."""

    def __init__(self, question_id: str, token: str) -> None:
        self.question_id = question_id
        self.token = token
        self.question: LiveQuestion | None = None
        self.said = 0
        self.ending = False
        self.unwanted = False
        self.done = False
        self.task: asyncio.Task[None] | None = None

    async def go_on(self) -> None:
        """Claim the question, or say the next thing."""
        try:
            if self.question is None:
                self.question = await ledger.claim(SESSION, self.question_id, self.token)
                self.done = self.question is None
                self.said = len(self.question.said) if self.question else 0
                self.unwanted = bool(self.question and self.question.ended)
                return
            if self.unwanted:
                await ledger.let_go(SESSION, self.question_id)
                self.done = True
                return
            message: protocol.DurableMessage
            if self.ending:
                ended = protocol.AnswerCompletePayload(self.question_id, self.said, "model")
                message = protocol.AnswerComplete(ended)
            else:
                text = f"{self.token} {self.said}"
                said = protocol.AnswerSentencePayload(self.question_id, self.said, text, (), None, ())
                message = protocol.AnswerSentence(said)
            seq = await worker._publish(SESSION, self.token, message)
            self.unwanted = seq is None
            self.done = self.ending and not self.unwanted
            self.said += not self.ending
        except RedisAway:
            pass  # it is said again


class Steps:
    """The steps; each takes what it has to choose from `script`. `story` is what happened, in words."""

    world: World

    def __init__(self, script: bytes) -> None:
        self.story: list[str] = []
        self._script: Iterator[int] = iter(script)
        self._tutors: list[Tutor] = []
        self._copy: Any = None
        self._asked = 0
        self._last = 0  # the tablet that the child has in its hands

    def _pick(self, things: Any) -> Any:
        """Return one of these as the script says, the last one if it says no more; None if there are none."""
        things = list(things)
        return things[-1 - next(self._script, 0) % len(things)] if things else None

    # --- The tablets ------------------------------------------------------------------------
    def _line_of(self, tablet: int) -> Line | None:
        return next((line for line in self.world.lines if line.held and line.tablet == tablet), None)

    def connect(self) -> None:
        """A tablet comes (back), by any server; the child has it in its hands now."""
        number = next(self._script, 0)
        tablet, node = (number // 2) % 8 // 7, number % 2
        if self._line_of(tablet) is not None:
            return
        if tablet != self._last:
            self._elsewhere()
        self._last = tablet
        line = Line(tablet, self.world.nodes[node])
        self.world.lines.append(line)
        line.say(self.world.tablets[tablet].hello(self.world.moment))

    def _elsewhere(self) -> None:
        """The child takes another tablet: what it has asked on this one is of no interest any more."""
        for tablet in self.world.tablets:
            tablet.open.clear()
            tablet.exact = False

    def drop(self) -> None:
        """A tablet gives a connection up, while the server thinks it is there: its frames may come late."""
        line = self._pick(line for line in self.world.lines if line.held)
        if line:
            line.held = line.restored = False
            line.up = [frame for frame in line.up if not isinstance(frame, protocol.Hello)]

    def network_dies(self) -> None:
        """A connection ends at both ends; the server's task is told, or cancelled wherever it waits."""
        line = self._pick(line for line in self.world.lines if not line.task.done())
        if line:
            line.held = line.restored = False
            line.cut(by_server=next(self._script, 0) % 2 == 1)

    def read_on(self) -> None:
        """The child has read on."""
        tablet = self.world.tablets[self._last]
        word = (tablet.word or 0) + 1 + next(self._script, 0) % 9
        self._tell(tablet.move(min(word, WORDS), True, self.world.moment))

    def pause(self) -> None:
        """The child pauses, perhaps somewhere else."""
        tablet = self.world.tablets[self._last]
        self._tell(tablet.move(next(self._script, 0) % WORDS, False, self.world.moment))

    def ask(self) -> None:
        """The child asks."""
        self._asked += 1
        question_id = f"00000000-0000-4000-8000-{self._asked:012}"
        self._tell(self.world.tablets[self._last].ask(question_id, self.world.moment))

    def cancel(self) -> None:
        """The child does not want to know any more."""
        tablet = self.world.tablets[self._last]
        if tablet.open:
            question_id, _ = tablet.open.popitem()
            cancelled = protocol.QuestionCancelled(protocol.QuestionCancelledPayload(question_id))
            if not self._tell(cancelled):
                tablet.unsaid.append(question_id)

    def _tell(self, message: protocol.ClientMessage) -> bool:
        line = self._line_of(self._last)
        if line is not None and line.restored:
            line.say(message)
            return True
        return False

    # --- The network ------------------------------------------------------------------------------
    def frame_arrives(self) -> None:
        """A frame of a tablet, or of a connection that it has given up, reaches its server."""
        line = self._pick(line for line in self.world.lines if line.up)
        if line:
            self.story.append(f"  {type(line.arrive()).__name__} of {line.consumer.owner}")

    def frame_comes_twice(self) -> None:
        """The first frame on its way is doubled; nobody says HELLO twice."""
        line = self._pick(line for line in self.world.lines if line.up)
        if line and not isinstance(line.up[0], protocol.Hello):
            line.up.insert(0, line.up[0])

    def frames_change_places(self) -> None:
        """Two frames are exchanged; HELLO remains the first, and of two questions the first one."""
        line = self._pick(line for line in self.world.lines if len(line.up) > 1)
        if line:
            first, second = line.up[0], line.up[1]
            fixed = isinstance(first, protocol.Hello)
            if not fixed and not (type(first) is type(second) is protocol.StudentQuestion):
                line.up[0], line.up[1] = line.up[1], line.up[0]
                self.world.tablets[line.tablet].exact = False

    def frame_is_heard(self) -> None:
        """What a server sent reaches the tablet."""
        line = self._pick(line for line in self.world.lines if line.held and line.down)
        if line:
            while line.down and line.held:
                self._hear(line, line.down.pop(0))

    def _hear(self, line: Line, message: protocol.ServerMessage | int) -> None:
        tablet = self.world.tablets[line.tablet]
        if isinstance(message, int):
            line.held = line.restored = False
            assert message in {4409, 4503}, f"closed with {message}"
            newest = line.consumer.owner == self.world.newest
            assert not (message == 4409 and newest), "the newest socket was told that a newer one came"
        elif isinstance(message, protocol.SessionRestored):
            for said in tablet.restored(message.payload):
                line.say(said)
            line.restored = True
        else:
            assert not isinstance(message, protocol.Error), message
            tablet.take(message)

    def letter_arrives(self) -> None:
        """A wake-up or an eviction comes, perhaps for the first of two times."""
        letters = self.world.mail.letters
        if letters:
            number = next(self._script, 0)
            self.world.mail.deliver(number % len(letters), keep=number > 200)

    def letter_is_lost(self) -> None:
        """A wake-up or an eviction never comes."""
        if self.world.mail.letters:
            self.world.mail.letters.pop(next(self._script, 0) % len(self.world.mail.letters))

    # --- The servers ------------------------------------------------------------------------------
    def write_positions(self) -> None:
        """A server writes what its children have said."""
        self.world.start(unless_away(self._pick(self.world.nodes).positions.flush_all()))

    def sweep(self) -> None:
        """A server looks for what no wake-up told of."""
        self.world.start(unless_away(self._pick(self.world.nodes).sweep()))

    def look(self) -> None:
        """A server looks for questions that nobody answers."""
        self.world.start(unless_away(self._look()))

    async def _look(self) -> None:
        for due in await ledger.look():
            await self._rescue(due)

    async def _rescue(self, due: DueQuestion) -> None:
        if due.verdict is not Verdict.EXPIRED:
            self.world.jobs.append(due.id)
        else:
            failed = protocol.AnswerFailedPayload(due.id, "I could not find an answer.", False)
            await worker._publish(SESSION, "", protocol.AnswerFailed(failed))

    def call(self) -> None:
        """One of the calls that wait reaches Redis."""
        if self.world.calls:
            self.world.let_through(next(self._script, 0) % len(self.world.calls))

    def call_fails(self) -> None:
        """A call's connection breaks, before Redis has seen it or after."""
        if self.world.calls:
            number = next(self._script, 0)
            index = number // 2 % len(self.world.calls)
            self.world.let_through(index, request=number % 2 == 0, reply=False)

    # --- The tutors -------------------------------------------------------------------------------
    def tutor_goes_on(self) -> None:
        """A tutor says something; one that is free takes the next job."""
        free = [tutor for tutor in self._tutors if tutor.task is None or tutor.task.done()]
        self._tutors = [tutor for tutor in self._tutors if not tutor.done]
        if self.world.jobs and len(self._tutors) < 2:
            free.append(Tutor(self.world.jobs.pop(0), f"tutor {len(self.story)}"))
            self._tutors.append(free[-1])
        tutor = self._pick(tutor for tutor in free if not tutor.done)
        if tutor:
            tutor.ending = tutor.ending or tutor.said == 3
            tutor.task = self.world.start(tutor.go_on())

    def tutor_ends(self) -> None:
        """A tutor has said everything."""
        for tutor in self._tutors:
            if tutor.question and (tutor.task is None or tutor.task.done()):
                tutor.ending = True
        self.tutor_goes_on()

    def tutor_dies(self) -> None:
        """A worker is killed, or a job is lost."""
        if self._tutors:
            self._tutors.pop(0)
        elif self.world.jobs:
            self.world.jobs.pop(0)

    def renew(self) -> None:
        """A worker tells that it lives."""
        tutor = self._pick(tutor for tutor in self._tutors if tutor.question)
        if tutor:
            self.world.start(unless_away(ledger.renew(tutor.question)))

    # --- Time and ruin --------------------------------------------------------------------------
    def time_passes(self) -> None:
        """A moment passes."""
        self.world.moment += SHORT_MS

    def much_time_passes(self) -> None:
        """So long that leases end."""
        self.world.moment += LONG_MS

    def checkpoint(self) -> None:
        """The place is written to PostgreSQL."""
        if self.world.model is not None:
            self.world.checkpoint = self.world.model.word, self.world.model.position_at

    def copy_redis(self) -> None:
        """What Redis holds now is on its disk."""
        self._copy = self.world.copy()

    def redis_forgets(self) -> None:
        """Redis is flushed."""
        self.world.forget()

    def redis_restarts(self) -> None:
        """Redis is killed and comes back with what was on its disk."""
        if self._copy is not None:
            self.world.restart_with(self._copy)


async def unless_away(work: Any) -> None:
    """Do something that is tried again anyway."""
    with contextlib.suppress(RedisAway):
        await work
