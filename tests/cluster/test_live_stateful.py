"""Some interleavings of tests/test_live_stateful.py, with every script on the nodes of a Redis Cluster."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings as configured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.crc import key_slot

from sessions.live.connection import Command
from tests.reading_gate import Wire
from tests.reading_play import Play


class Wires:
    """A wire to each node; a command goes to the one that has its slot."""

    def __init__(self, cluster) -> None:
        self._cluster = cluster
        self._wires = {}
        for node in cluster.nodes:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(configured, "STATE_REDIS_URL", f"redis://127.0.0.1:{node.port}")
                self._wires[node] = Wire()

    def run(self, *arguments: Any) -> Any:
        """Return the reply to one command."""
        if arguments[0] == "FLUSHDB":
            return [wire.run(*arguments) for wire in self._wires.values()]
        if arguments[0] == "KEYS":
            return [key for wire in self._wires.values() for key in wire.run(*arguments)]
        return self._wire_of(arguments[1]).run(*arguments)

    def execute(self, commands: Sequence[Command]) -> list[Any]:
        """Run what the product wants run."""
        replies = []
        for command in commands:
            script = command.arguments[0] == "EVALSHA"
            wire = self._wire_of(command.arguments[3 if script else 1])
            replies += wire.execute([command])
        return replies

    def _wire_of(self, key: str | bytes) -> Wire:
        return self._wires[self._cluster.holder(key_slot(key if isinstance(key, bytes) else key.encode()))]

    def close(self) -> None:
        """Hang up."""
        for wire in self._wires.values():
            wire.close()


@pytest.fixture(scope="module")
def play(cluster):
    """Play a script in this module's event loop."""
    logging.disable()
    loop, wires = asyncio.new_event_loop(), Wires(cluster)
    yield lambda script: loop.run_until_complete(Play(wires, script).run())
    wires.close()
    loop.close()
    logging.disable(logging.NOTSET)


@settings(max_examples=100, database=None, suppress_health_check=list(HealthCheck))
@given(script=st.binary(min_size=16, max_size=48))
def test_a_reading_session_is_its_model_on_a_cluster_too(play, script):
    play(script)
