"""deploy/haproxy.cfg: HAProxy has nothing to say about it, and children keep their place behind it."""

import asyncio
import json
import os
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sessions.live import store
from sessions.live.blocking import run
from tests import haproxy
from tests.servers import Server
from tests.sockets import connect, cookie_of
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("haproxy")

ADA = 1


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="readerai-") as name:
        yield Path(name)


class Echo:
    """A web process that says its name and what it was asked; while it drains, it refuses with 503."""

    def __init__(self, name: str) -> None:
        self.draining = False
        self.asked: list[str] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/readyz":
                    echo.asked.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                body = json.dumps({"name": name, "headers": dict(self.headers)}).encode()
                self.send_response(503 if echo.draining else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


class Door:
    """HAProxy before two echoes."""

    def __init__(self, folder: Path) -> None:
        self.echoes = {name: Echo(name) for name in ("web1", "web2")}
        self.proxy = haproxy.Proxy([echo.port for echo in self.echoes.values()], folder)

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> dict:
        """Return what an echo answered."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"http://127.0.0.1:{self.proxy.port}{path}"
        with urllib.request.urlopen(
            urllib.request.Request(address, method=method, headers=names), timeout=10
        ) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """End all three."""
        self.proxy.stop()
        for echo in self.echoes.values():
            echo.stop()


@pytest.fixture(scope="module")
def door(folder) -> Iterator[Door]:
    """HAProxy before two echoes."""
    running = Door(folder)
    yield running
    running.stop()


@pytest.mark.parametrize("servers", [1, 3])
def test_haproxy_has_nothing_to_say_about_the_configuration(servers):
    environment = {**os.environ, **haproxy.environment(range(8001, 8001 + servers), 8000)}
    checked = subprocess.run(
        [haproxy.program(), "-c", "-f", str(haproxy.CONFIGURATION)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "Configuration file is valid\n")


def test_no_log_line_holds_what_somebody_searched_for(door):
    for echo in door.echoes.values():
        echo.draining = True
    try:
        with pytest.raises(urllib.error.HTTPError, match="503"):
            door.ask("/admin/reading/student/?q=Zebulonia")
    finally:
        for echo in door.echoes.values():
            echo.draining = False
    asyncio.run(until(lambda: "/admin/reading/student/" in door.proxy.log()))
    assert "Zebulonia" not in door.proxy.log()


def test_what_a_client_says_of_itself_does_not_reach_the_application(door):
    headers = door.ask(
        "/",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="https",
        X_Forwarded_Port="443",
        X_Real_IP="203.0.113.9",
        Forwarded="for=203.0.113.9;proto=https",
    )["headers"]
    told = {name.lower(): value for name, value in headers.items() if "forwarded" in name.lower()}
    assert told == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": f"127.0.0.1:{door.proxy.port}",
    }
    assert "203.0.113.9" not in str(headers)


@pytest.mark.parametrize("path", ["/drain", "//drain", "/%64rain", "/drain/", "/drain?now", "/metrics"])
def test_what_is_for_operators_is_not_there_for_the_world(door, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        door.ask(path, method="POST")
    assert not any(echo.asked.count(path) for echo in door.echoes.values())


def test_a_child_keeps_to_one_server_and_others_go_elsewhere(door):
    cookies = [f"readerai_student={name}" for name in ("ada", "ben")]
    served = [[door.ask("/", Cookie=cookie)["name"] for _ in range(4)] for cookie in cookies]
    assert all(len(set(names)) == 1 for names in served)


def test_a_draining_server_is_left_for_another_at_once_by_what_may_be_said_twice(door):
    cookie = "readerai_student=chidi"
    home = door.ask("/", Cookie=cookie)["name"]
    [other] = set(door.echoes) - {home}
    door.echoes[home].draining = True
    try:
        assert door.ask("/again", Cookie=cookie)["name"] == other
        door.echoes[other].draining = True
        with pytest.raises(urllib.error.HTTPError, match="503"):
            door.ask("/said-once", method="POST")
        assert sum(echo.asked.count("/said-once") for echo in door.echoes.values()) == 1
    finally:
        for echo in door.echoes.values():
            echo.draining = False


@pytest.fixture
def served(folder) -> Iterator[tuple[haproxy.Proxy, dict[str, Server]]]:
    """HAProxy before two web processes; what is killed in a test stays dead."""
    names = ("web1", "web2")
    with ThreadPoolExecutor() as starting:
        started = starting.map(lambda name: Server("uvicorn", str(folder / f"{name}.log")), names)
        servers = dict(zip(names, started, strict=True))
    (folder / "served").mkdir()
    proxy = haproxy.Proxy([server.port for server in servers.values()], folder / "served")
    yield proxy, servers
    proxy.stop()
    for server in servers.values():
        server.stop()


async def test_a_child_whose_server_is_killed_goes_on_at_the_word_on_the_other_one(served):
    proxy, servers = served

    def sockets() -> dict[str, int]:
        return {name: int(row["scur"]) for name, row in proxy.servers().items()}

    session_id, asked = str(uuid.uuid4()), str(uuid.uuid4())
    cookie = cookie_of(ADA)  # one, as a browser keeps it: another second signs another
    run(store.seed(store.Seed(session_id, ADA, 7, 200, 17, 4200, store.now() - 60_000)))
    tablet = await connect(proxy.url, session_id, cookie)
    await tablet.say("HELLO")
    epoch = (await tablet.hear("SESSION_RESTORED"))["payload"]["epoch"]
    [home] = [name for name, connections in sockets().items() if connections]

    await tablet.cut()
    await until(lambda: not any(sockets().values()))
    tablet = await connect(proxy.url, session_id, cookie)
    await tablet.say("HELLO")
    await tablet.hear("SESSION_RESTORED")
    assert sockets()[home] == 1

    where = {"wordIndex": 31, "audioTimestamp": 9000}
    await tablet.say("STUDENT_QUESTION", id=asked, questionText="Why is the owl awake?", context=where)
    acknowledged = await tablet.hear("INTERRUPTION_ACKNOWLEDGED")
    servers[home].process.kill()
    assert await tablet.close_code() == 1006

    tablet = await connect(proxy.url, session_id, cookie)
    await tablet.say("HELLO", epoch=epoch, lastSeq=acknowledged["seq"])
    restored = (await tablet.hear("SESSION_RESTORED"))["payload"]
    assert sockets()[home] == 0
    assert (restored["wordIndex"], restored["audioTimestamp"]) == (31, 9000)
    assert restored["outcome"] == "lossless"
    await tablet.socket.close()
    await until(lambda: proxy.status(home).startswith("DOWN"))
