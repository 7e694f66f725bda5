"""A moderation endpoint for tests: real HTTP, and whatever goes wrong on demand."""

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler
from typing import Self

from tests.scripted_server import ScriptedServer


def verdict(*categories: str) -> dict:
    """Return a reply that flags these, and nothing if there are none."""
    names = {"violence": False, "hate": None} | dict.fromkeys(categories, True)
    return {"id": "scripted", "results": [{"flagged": bool(categories), "categories": names}]}


class ScriptedModeration:
    """Answers `/v1/moderations`: all is well, except for texts that hold a word of `flags`.

    `requests` has what was received. `script` holds what to do with the next requests instead: a status code,
    a reply, bytes, "hang" to answer nothing until the end, or "trickle" for one that never becomes whole.
    """

    def __enter__(self) -> Self:
        self.requests: list[dict] = []
        self.flags: dict[str, str] = {}
        self.script: deque[int | dict | bytes | str] = deque()
        self._ended = threading.Event()
        moderation = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                moderation.requests.append({"path": self.path, "key": self.headers["Authorization"], **body})
                found = (name for word, name in moderation.flags.items() if word in body["input"])
                step = moderation.script.popleft() if moderation.script else verdict(*found)
                if step == "hang":
                    moderation._ended.wait(30)
                    return
                self.send_response(step if type(step) is int else 200)
                sent = step if isinstance(step, bytes) else json.dumps(step).encode()
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                for byte in sent if step == "trickle" else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.3)
                if step != "trickle":
                    self.wfile.write(sent)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ScriptedServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
