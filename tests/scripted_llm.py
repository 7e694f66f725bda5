"""A language model that follows a script: a real HTTP server speaking streamed chat completions.

In tests:

    with ScriptedLlm() as llm:
        llm.script(Reply("The fox is shy. She hides."), Reply(status=429))
        ... LLM_BASE_URL = llm.url ...
        assert "secret" not in llm.heard()

By hand: `python -m tests.scripted_llm --port 8123`, then `LLM_BASE_URL=http://127.0.0.1:8123/v1 make run`.
"""

import argparse
import contextlib
import json
import re
import select
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.scripted_server import ScriptedServer

ANSWER = "That is a good question. The story tells us a little about it. Let us read on and find out!"


class Fault(Enum):
    """What goes wrong after `Reply.text` was written."""

    NONE = "none"
    DROP = "drop"  # the connection breaks off
    END_EARLY = "end early"  # the response ends well, the answer does not
    MALFORMED = "malformed"  # a chunk that is no JSON
    NO_TEXT = "no text"  # a chunk whose content is a number
    ERROR = "error"  # an error event, as providers send it in mid-stream
    FILTERED = "filtered"  # the provider's own filter stops the answer
    HANG = "hang"  # nothing more comes, not even an end
    CHATTER = "chatter"  # keep-alive comments without end, and no text
    TRICKLE = "trickle"  # one byte at a time of a chunk that never becomes whole


@dataclass(frozen=True)
class Reply:
    """One answer of the script; times are in seconds.

    `hold_after_words` stops the text after so many words until `ScriptedLlm.release` is set. `error` and
    `retry_after` are what a refusal says beside its status; `usage` is what was counted, told if asked for.
    """

    text: str = ANSWER
    status: int = 200
    before_first: float = 0.0
    between: float = 0.0
    fault: Fault = Fault.NONE
    hold_after_words: int | None = None
    error: str = "scripted"
    retry_after: str = ""
    usage: tuple[int, int] | None = None  # tokens of the prompt and of the answer


class ScriptedLlm:
    """The server. `default` answers when the script is used up."""

    def __init__(self, port: int = 0, default: Reply | None = None) -> None:
        self.default = default or Reply()
        self.requests: list[bytes] = []  # each one as it came over the wire: head and body
        self.written: list[str] = []  # the words that left the server, of all replies
        self.release = threading.Event()  # lets held replies go on
        self.hung_up = threading.Event()  # a client closed its connection before the reply's end
        self._script: deque[Reply] = deque()
        self._script_for: dict[str, Reply] = {}
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.llm = self
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with these, in order."""
        self._script.extend(replies)

    def forget_script(self) -> None:
        """Go back to the standing answer, whatever was to come."""
        self._script.clear()

    def script_for(self, text: str, reply: Reply) -> None:
        """Answer the next request that holds this text with this, whatever comes before it."""
        self._script_for[text] = reply

    def heard(self) -> str:
        """Return everything that clients have sent, headers too."""
        return b"\n".join(self.requests).decode()

    def serve_forever(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()

    def _next(self, request: str) -> Reply:
        for text in list(self._script_for):
            if text in request:
                return self._script_for.pop(text)
        with contextlib.suppress(IndexError):
            return self._script.popleft()
        return self.default

    def _wait(self, connection: socket.socket, seconds: float, until: threading.Event | None = None) -> None:
        """Wait, but not for a client that has gone or a server that stops."""
        end = time.monotonic() + seconds
        poll = select.poll()  # select knows no file with a number above 1,023
        poll.register(connection, select.POLLIN)
        while time.monotonic() < end and not self._stopping.is_set() and not (until and until.is_set()):
            readable = poll.poll(1000 * min(0.01, max(0, end - time.monotonic())))
            if readable and not connection.recv(1, socket.MSG_PEEK):
                raise BrokenPipeError
        if self._stopping.is_set():
            raise BrokenPipeError


class _Server(ScriptedServer):
    llm: ScriptedLlm


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        llm = self.server.llm
        body = self.rfile.read(int(self.headers["Content-Length"]))
        llm.requests.append(self.requestline.encode() + b"\r\n" + bytes(self.headers) + body)
        if not self.path.endswith("/chat/completions"):
            self._refuse(Reply(status=404))
            return
        reply = llm._next(body.decode())
        try:
            llm._wait(self.connection, reply.before_first)
            if reply.status == 200:
                self._stream(reply, json.loads(body))
            else:
                self._refuse(reply)
        except OSError:
            if not llm._stopping.is_set() and reply.fault is not Fault.DROP:
                llm.hung_up.set()
            self.close_connection = True

    def _refuse(self, reply: Reply) -> None:
        error = {"message": reply.error, "type": "scripted", "code": reply.error}
        body = json.dumps({"error": error}).encode()
        self.send_response(reply.status)
        if reply.retry_after:
            self.send_header("Retry-After", reply.retry_after)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply, request: dict[str, Any]) -> None:
        llm, model = self.server.llm, request["model"]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._choice(model, {"role": "assistant", "content": ""})
        for number, piece in enumerate(re.findall(r"\s*\S+\s*$|\s*\S+", reply.text)):
            if number == reply.hold_after_words:
                llm._wait(self.connection, 60, until=llm.release)
            if number:
                llm._wait(self.connection, reply.between)
            self._choice(model, {"content": piece})
            llm.written.append(piece.strip())
        self._end(reply, request)

    def _end(self, reply: Reply, request: dict[str, Any]) -> None:
        llm, model = self.server.llm, request["model"]
        if reply.fault is Fault.DROP:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        if reply.fault is Fault.HANG:
            llm._wait(self.connection, 60)
        while reply.fault is Fault.CHATTER:
            self._chunk(b": still thinking\n\n")
            llm._wait(self.connection, 0.02)
        while reply.fault is Fault.TRICKLE:
            self._chunk(b"d")
            llm._wait(self.connection, 0.05)
        if reply.fault is Fault.MALFORMED:
            self._event('{"choices": [{"delta": {"conte')
        elif reply.fault is Fault.NO_TEXT:
            self._choice(model, {"content": 17})
        elif reply.fault is Fault.ERROR:
            self._event(json.dumps({"error": {"message": "scripted", "type": "server_error"}}))
        elif reply.fault is Fault.FILTERED:
            self._choice(model, {}, "content_filter")
        elif reply.fault is Fault.NONE:
            self._choice(model, {}, "stop")
            if reply.usage and request.get("stream_options", {}).get("include_usage"):
                self._usage(*reply.usage)
            self._event("[DONE]")
        self._chunk(b"")

    def _choice(self, model: str, delta: dict[str, object], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        self._event(
            json.dumps({"id": "scripted", "object": "chat.completion.chunk", "created": 0, "model": model,
                        "choices": [choice]})
        )  # fmt: skip

    def _usage(self, tokens_in: int, tokens_out: int) -> None:
        usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
        self._event(json.dumps({"object": "chat.completion.chunk", "choices": [], "usage": usage}))

    def _event(self, data: str) -> None:
        self._chunk(f"data: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing: what children ask is in the requests."""


def main() -> None:
    """Serve from the command line."""
    parser = argparse.ArgumentParser(
        description="A scripted language model for trying ReaderAI without a real one."
    )
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--answer", default=ANSWER, help="what it answers to everything")
    parser.add_argument("--first", type=float, default=0.5, help="seconds before the first word")
    parser.add_argument("--between", type=float, default=0.05, help="seconds between words")
    parser.add_argument(
        "--status", type=int, default=200, help="an HTTP status to refuse with, 429 for example"
    )
    faults = ", ".join(fault.value for fault in Fault)
    parser.add_argument("--fault", type=Fault, default=Fault.NONE, help=f"after the text: {faults}")
    options = parser.parse_args()
    reply = Reply(options.answer, options.status, options.first, options.between, options.fault)
    llm = ScriptedLlm(options.port, reply)
    print(f"LLM_BASE_URL={llm.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        llm.serve_forever()


if __name__ == "__main__":
    main()
