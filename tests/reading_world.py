"""A world in which every accident can be made to happen: the real consumers, hubs and ledger on a real Redis.

Each call to Redis waits at a gate until it is let through, loses its request or loses its reply;
wake-ups are mail that may be lost or come twice; the clock stands still until it is moved. What is
let through happens in the model too, and both must return the same.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway

from sessions import checkpoint, hub, protocol, wake_ups
from sessions import consumer as consumer_module
from sessions.consumer import ReadingConsumer
from sessions.live import keys, ledger, places, store
from sessions.live.connection import Command
from sessions.live.records import (
    LiveError,
    LiveProgress,
    LiveQuestion,
    Published,
    Restored,
    Seed,
    SessionAbsent,
)
from tests.reading_gate import Call, Mail, Wire
from tests.reading_gate import effect as effect_of_calls
from tests.reading_line import ADA, SESSION, Line, node_of_consumer
from tests.reading_model import MS_A_WORD, UNTRUSTED, WORDS, SessionModel, message_of
from tests.reading_tablet import Tablet

BEGUN_MS = 1_700_000_000_000
_FIELDS = ("word_index", "audio_timestamp", "seq", "acked", "owner", "epoch")
_STATE = Command(("HMGET", keys.session(SESSION)[0], *_FIELDS))


class World:
    """Servers, Redis, tablets and tutors; the model of what must be true of them."""

    def __init__(self, wire: Wire, nodes: int = 2, tablets: int = 2) -> None:
        self.wire = wire
        wire.run("FLUSHDB")
        self.moment = BEGUN_MS
        self.issued = BEGUN_MS  # when the call that happens now was made
        self.model: SessionModel | None = None
        self.checkpoint = 0, 0  # the word in PostgreSQL, and when the child was there
        self.calls: list[Call] = []
        self.holding = False  # calls wait until they are let through one by one
        self.mail = Mail()
        self.jobs: list[str] = []
        self._state: list[bytes] = []  # what Redis had after the last call
        self.epochs: set[str] = set()
        self.newest = ""  # who has said HELLO last, whatever Redis knows of it
        self.tablets = [Tablet() for _ in range(tablets)]
        self.lines: list[Line] = []
        self.background: list[asyncio.Task[Any]] = []
        self.nodes = [hub.Hub() for _ in range(nodes)]
        for number, node in enumerate(self.nodes):
            node.channel = f"hub.{number}"
            self.start(node._receive(node.channel))

    def start(self, work: Any) -> asyncio.Task[Any]:
        """Let something run until the world ends."""
        task = asyncio.create_task(work)
        self.background.append(task)
        return task

    # --- Redis -------------------------------------------------------------------------------
    async def execute(self, *commands: Command) -> list[Any]:
        """Stand at the gate; takes the place of `sessions.live.connection.execute`."""
        if not commands:
            return []
        call = Call(commands)
        self.calls.append(call)
        return await call.reply

    def let_through(self, index: int = 0, *, request: bool = True, reply: bool = True) -> None:
        """A call reaches Redis (`request`), and the caller hears of it (`reply`)."""
        call = self.calls.pop(index)
        replies = None
        if request:
            *replies, self._state = self.wire.execute((*call.commands, _STATE))
            if call.effect is not None:
                call.effect()
            self._compare()
        if not call.reply.done():
            if request and reply:
                call.reply.set_result(replies)
            else:
                call.reply.set_exception(RedisAway("the connection broke"))

    def _compare(self) -> None:
        if self.model is not None:
            model = self.model
            expected = [model.word, model.word * MS_A_WORD, model.seq, model.acked, model.owner]
            found = [int(value) for value in self._state[:4]] + [self._state[4].decode()]
            assert found == expected, f"Redis has {found}, not {expected}"

    async def settle(self) -> None:
        """Let everything happen that can, calls to Redis in order, until all wait for the world."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        while True:
            await asyncio.sleep(0)
            if not ready:
                if self.holding or not self.calls:
                    return
                self.let_through()

    def keys(self) -> list[bytes]:
        """Return all keys there are."""
        return self.wire.run("KEYS", "*")

    def forget(self) -> None:
        """Redis is flushed."""
        self.wire.run("FLUSHDB")
        self.model = None
        self._not_exact()

    def copy(self) -> tuple[dict[bytes, bytes], SessionModel | None]:
        """Return all that Redis holds."""
        return {key: self.wire.run("DUMP", key) for key in self.keys()}, self.model and self.model.copy()

    def restart_with(self, copy: tuple[dict[bytes, bytes], SessionModel | None]) -> None:
        """Redis is restarted and has only what it had when the copy was made."""
        self.wire.run("FLUSHDB")
        for key, value in copy[0].items():
            self.wire.run("RESTORE", key, 0, value)
        self.model = copy[1] and copy[1].copy()
        if self.model is not None:
            self.wire.run("HSET", keys.session(SESSION)[0], "run", "another")
            self.model.restarted()
        self._not_exact()

    def _not_exact(self) -> None:
        for tablet in self.tablets:
            tablet.exact = False

    # --- The real operations beside the model's ---------------------------------------------------
    def beside(self, operation: Callable[..., Awaitable[Any]], effect: Callable[..., Any]) -> Any:
        """Return the operation as one that must return, or refuse, what `effect` does to the model."""

        async def both(*arguments: Any, **options: Any) -> Any:
            outcomes: list[Any] = []
            issued = self.moment

            def happens() -> None:
                self.issued = issued
                outcomes.append(_outcome(effect, *arguments))

            before = effect_of_calls.set(happens)
            try:
                returned = await operation(*arguments, **options)
            except LiveError as error:
                returned = error
                raise
            except RedisAway:
                outcomes.clear()
                raise
            finally:
                effect_of_calls.reset(before)
                if outcomes:
                    found = _plain(returned)
                    assert found == outcomes[-1], f"{operation.__name__}: {outcomes[-1]!r}, not {found!r}"
            return returned

        return both

    def _live(self) -> SessionModel:
        if self.model is None:
            raise SessionAbsent
        return self.model

    def _seed(self, seed: Seed) -> bool:
        if self.model is None:
            self.model = SessionModel(seed.word_index, seed.position_at)
            return True
        return False

    def _restore(self, _: str, __: int, owner: str, ___: str, said: protocol.HelloPayload) -> Any:
        welcome = self._live().hello(owner, said, self.issued)
        epoch = self._state[5].decode()
        assert (epoch not in self.epochs) == (self.model.epoch == UNTRUSTED), "an epoch came back"
        self.epochs.add(epoch)
        self.newest = owner
        self.model.epoch = epoch
        return epoch, *welcome

    def _progress(self, updates: Sequence[LiveProgress]) -> list[Any]:
        return [_outcome(lambda told=told: self._live().progress(told)) for told in updates]

    def _publish(self, _: str, token: str, message: protocol.DurableMessage) -> Any:
        if self.model is None:
            return None
        payload = message.payload
        number = -1
        if isinstance(payload, protocol.AnswerSentencePayload):
            number = payload.index
        elif isinstance(payload, protocol.AnswerCompletePayload):
            number = payload.sentences
        return self.model.publish(token, message_of(message), number)

    def _claim(self, _: str, question_id: str, token: str) -> Any:
        asked = self.model and self.model.claim(question_id, token, self.issued)
        if not asked:
            return None
        ended = "" if asked.wanted else asked.status
        return asked.attempt, asked.said, asked.text, asked.word, asked.deadline, ended

    async def _load(self, *_: Any) -> Seed:
        word, moment = self.checkpoint
        return Seed(SESSION, ADA, 7, WORDS, word, word * MS_A_WORD, moment)

    async def _since(self, session_id: str, seq: int, limit: int | None = None) -> list[tuple[int, bytes]]:
        arguments = keys.session(session_id)[1], f"({seq}-0", "+", *(("COUNT", limit) if limit else ())
        (entries,) = await self.execute(Command(("XRANGE", *arguments)))
        return [(int(name.partition(b"-")[0]), fields[1]) for name, fields in entries]

    @contextmanager
    def real(self) -> Iterator[None]:
        """The product's modules live in this world."""
        names = itertools.count()
        spied = {
            store: {
                "seed": self._seed,
                "restore": self._restore,
                "ask": lambda _, owner, asked, told: self._live().ask(owner, asked, told, self.issued),
                "cancel": lambda _, owner, question_id: self._live().cancel(owner, question_id),
                "leave": lambda _, owner: self.model and self.model.leave(owner),
            },
            places: {"progress": self._progress},
            ledger: {
                "claim": self._claim,
                "renew": lambda question: bool(
                    self.model and self.model.renew(question.id, question.token, self.issued)
                ),
                "let_go": lambda _, question_id: self.model.let_go(question_id) if self.model else "",
                "publish": self._publish,
            },
        }
        announce = lambda consumer, signal, question_id: self.jobs.append(question_id)  # noqa: E731
        replaced = [
            *((module, "execute", self.execute) for module in (store, places, ledger)),
            *((module, "now", lambda: self.moment) for module in (store, places, ledger)),
            *((module, "fresh_epoch", lambda: f"epoch {next(names)}") for module in (store, ledger)),
            (store, "since", self._since),
            (checkpoint, "load", self._load),
            *((module, "get_channel_layer", lambda: self.mail) for module in (hub, wake_ups)),
            (consumer_module, "get_hub", _this_node),
            (ReadingConsumer, "_announce", announce),
            *(
                (module, name, self.beside(getattr(module, name), effect))
                for module, effects in spied.items()
                for name, effect in effects.items()
            ),
        ]
        with pytest.MonkeyPatch.context() as patch:
            for place, name, value in replaced:
                patch.setattr(place, name, value)
            yield


async def _this_node() -> hub.Hub:
    return node_of_consumer.get()


def _outcome(effect: Callable[..., Any], *arguments: Any) -> Any:
    """Return what happened in the model; a refusal as its type."""
    try:
        return effect(*arguments)
    except LiveError as error:
        return type(error)


def _plain(returned: Any) -> Any:
    """Return what a real operation returned in the words of the model."""
    if isinstance(returned, LiveError):
        return type(returned)
    if isinstance(returned, list):
        return [_plain(one) for one in returned]
    if isinstance(returned, Published):
        return returned.seq
    if isinstance(returned, LiveQuestion):
        return (
            *(returned.attempt, returned.said, returned.text, returned.word_index),
            *(returned.deadline_ms, returned.ended),
        )
    if isinstance(returned, Restored):
        pending = tuple((message.seq, message_of(message)) for message in returned.pending)
        return (
            *(returned.epoch, returned.word_index, returned.last_seq, returned.outcome),
            *(returned.former_owner, pending, returned.asked),
        )
    return returned
