"""A part of the school day with real web processes, and the door that deals children out to them."""

import asyncio
import contextlib
import io
from datetime import date

from readerai.simulated_day.curve import Curve
from readerai.simulated_day.door import Door
from readerai.simulated_day.live_day import Part
from readerai.simulated_day.playing import as_lines, play, small
from readerai.simulated_day.rules import read_rules
from readerai.simulated_day.seen import CONNECTIONS, CPU
from sessions.models import School
from tests.manifests import KEDA, WEB, manifests
from tests.waiting import until


class Echo:
    """A server that says its own name, and what it is told."""

    def __init__(self, name: bytes) -> None:
        self.name = name

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        writer.write(self.name)
        with contextlib.suppress(asyncio.CancelledError):  # the test is over
            while data := await reader.read(100):
                writer.write(data)
        writer.close()


async def through(door: Door) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect through the door; return who answers, and the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(door.url.rpartition(":")[2]))
    return await reader.read(1), reader, writer


async def test_a_new_connection_goes_to_the_server_with_the_fewest_that_is_open():
    door, (first, second) = Door(), [await Echo(name).start() for name in (b"1", b"2")]
    await door.start()
    door.open_to(first)
    came = [await through(door) for _ in range(2)]
    door.open_to(second)
    came += [await through(door) for _ in range(2)]
    assert [name for name, _, _ in came] == [b"1", b"1", b"2", b"2"]
    door.close_to(first)
    name, reader, writer = await through(door)
    writer.write(b"hello")
    assert (name, await reader.read(100)) == (b"2", b"hello")
    assert door.connections == {first: 2, second: 3}
    writer.close()
    assert await reader.read() == b""
    await until(lambda: door.connections[second] == 2)
    assert door.connections == {first: 2, second: 2}
    await door.stop()
    assert door.connections == {first: 0, second: 0}


async def test_a_door_without_servers_sends_everybody_away():
    door = Door()
    await door.start()
    name, _, _ = await through(door)
    assert name == b""
    await door.stop()


def test_rules_become_as_small_as_the_day(tmp_path):
    keda = small(read_rules([manifests(tmp_path)])[-1], 0.1, 6)
    assert (keda.bounds.fewest, keda.bounds.most) == (2, 6)
    assert keda.targets == {CPU: 70, CONNECTIONS: 7}
    assert [floor.replicas for floor in keda.floors] == [6]


def test_real_processes_come_with_the_bell_and_are_drained_after_it(db, tmp_path):
    rules = f"{WEB}---{KEDA}".replace('desiredReplicas: "14"', 'desiredReplicas: "2"')
    rules = rules.replace("minReplicaCount: 2", "minReplicaCount: 1").replace("0 10 *", "42 7 *")
    down = (
        "{scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 15}]}}"
    )
    before = "{scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 120}]}}"
    assert before in rules
    (tmp_path / "rules.yaml").write_text(rules.replace(before, down))
    day = Curve(((7 * 60 + 39, 6),), rush=1)
    console = io.StringIO()
    played = play(
        day, [tmp_path], Part(7 * 60 + 39, 7 * 60 + 44, speed=30), children=6, most=2, floor=2,
        day=date(2026, 9, 7), console=console,
    )  # fmt: skip
    assert played.sound, list(as_lines(played))
    assert max(step.children for step in played.steps) == 6
    assert max(step.coming_or_going for step in played.steps) == 1
    assert played.tally.children == 6
    assert "07:43 6 children" in console.getvalue()
    assert not School.objects.exists()
