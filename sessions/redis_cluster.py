"""A Redis Cluster's client for batches of commands: a node that is away fails its own slots and no others.

The library's own pipeline closes every connection to every node when one fails, under the hands of
whoever else uses them, and then begins the batch again.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from redis.asyncio.cluster import ClusterNode, PipelineCommand, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ConnectionError,
    MovedError,
    RedisClusterException,
    RedisError,
    TryAgainError,
)
from redis.exceptions import TimeoutError as NoReply

Arguments = Sequence[str | bytes | int]

# A slot on its way to another node may point elsewhere a few times.
_REDIRECTIONS = 16
_ON_ITS_WAY_SECONDS = 0.05
# While a node is away, the others are asked so often who has its slots now.
_LOOK_SECONDS = 0.5
_SCRIPTS = ("EVAL", "EVALSHA")


class Cluster(RedisCluster):
    """The nodes of a cluster. Single commands are the library's; `send` is for batches."""

    def __init__(self, hosts: Iterable[tuple[str, int]], *, max_connections: int, **options: Any) -> None:
        """Prepare it; who has which slot is asked with the first command."""
        self._turns = asyncio.Semaphore(max_connections)
        self._seconds: float = options["socket_timeout"]
        self._looked_at = 0.0
        super().__init__(
            startup_nodes=[ClusterNode(host, port) for host, port in hosts],
            # To each node one for every batch, and as many for single commands.
            max_connections=2 * max_connections,
            retry=Retry(NoBackoff(), 0),
            reinitialize_steps=0,
            **options,
        )

    async def initialize(self, *arguments: Any, **options: Any) -> "Cluster":
        """Ask who has which slot, unless that is known. Raises ConnectionError."""
        try:
            await super().initialize(*arguments, **options)
        except RedisClusterException as error:  # which is no RedisError
            raise ConnectionError(str(error)) from error
        return self

    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Run one command where its slot is."""
        await self.initialize()  # or the library would send it anywhere, to be told where
        return await super().execute_command(*arguments, **options)

    async def ping(self) -> bool:
        """Tell that the cluster answers: one node of it, as the others may be away for a moment."""
        await self.initialize()
        failure: RedisError = ConnectionError("no node is known")
        for node in self.get_primaries():
            try:
                return bool(await node.execute_command("PING"))
            except RedisError as error:
                failure = error
        raise failure

    async def send(self, commands: Iterable[Arguments]) -> list[Any]:
        """Run commands, in one round trip to each node; return replies and errors in the commands' order.

        A command's key is its first argument, or the first key of a script. Commands to different
        nodes run at the same time. Raises ConnectionError where no node answers.
        """
        batch = [PipelineCommand(number, *arguments) for number, arguments in enumerate(commands)]
        async with self._turn():
            await self.initialize()
            waiting = batch
            for _ in range(_REDIRECTIONS):
                await self._round(waiting)
                waiting = [
                    command for command in waiting if isinstance(command.result, AskError | TryAgainError)
                ]
                if not waiting:
                    break
        return [command.result for command in batch]

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._turns.locked():
            try:
                await asyncio.wait_for(self._turns.acquire(), self._seconds)
            except TimeoutError:
                raise ConnectionError("No connection available.") from None
        else:
            await self._turns.acquire()
        try:
            yield
        finally:
            self._turns.release()

    async def _round(self, commands: Iterable[PipelineCommand]) -> None:
        """Send each command where its slot is, or where the node that was asked before has said."""
        nodes: dict[ClusterNode, list[PipelineCommand]] = defaultdict(list)
        on_its_way = False
        for command in commands:
            answer, place = command.result, None
            if isinstance(answer, MovedError):
                await self.nodes_manager.move_slot(answer)
            elif isinstance(answer, AskError):
                place = self.get_node(answer.host, answer.port)
                if place is not None:
                    nodes[place].append(PipelineCommand(command.position, "ASKING"))
            on_its_way = on_its_way or isinstance(answer, TryAgainError)
            nodes[place or self._node_of(command.args)].append(command)
        if on_its_way:
            await asyncio.sleep(_ON_ITS_WAY_SECONDS)
        if len(nodes) == 1:
            await self._run(*nodes.popitem())
        else:
            await asyncio.gather(*(self._run(node, sent) for node, sent in nodes.items()))

    def _node_of(self, arguments: Arguments) -> ClusterNode:
        key = arguments[3] if arguments[0] in _SCRIPTS else arguments[1]
        return self.nodes_manager.get_node_from_slot(self.keyslot(key))

    async def _run(self, node: ClusterNode, commands: list[PipelineCommand]) -> None:
        """Give each command its reply, or the error that kept it from one."""
        for command in commands:
            command.result = ConnectionError("not sent")
        try:
            await node.execute_pipeline(commands)
        except RedisError as error:
            for command in commands:
                command.result = error
        if any(
            isinstance(command.result, ConnectionError | NoReply | ClusterDownError) for command in commands
        ):
            await self._look_again(node)

    async def _look_again(self, failed: ClusterNode) -> None:
        """A node was away: drop what is left of its connections, and ask the others who has its slots now."""
        await failed.disconnect_free_connections()
        now = asyncio.get_running_loop().time()
        if now > self._looked_at + _LOOK_SECONDS:
            self._looked_at = now
            with contextlib.suppress(RedisClusterException):
                await self.nodes_manager.initialize(last_failed_node_name=failed.name)
