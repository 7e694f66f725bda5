"""A speech server for tests: real HTTP, real audio, and whatever goes wrong on demand."""

import io
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler
from typing import Self

import numpy as np
import soundfile

from tests.scripted_server import ScriptedServer

RATE = 24_000
SECONDS_A_CHARACTER = 0.05


def tone(text: str, file_format: str = "WAV") -> bytes:
    """Return a tone as long as the text, with half a second of silence on either side."""
    seconds = np.arange(int(RATE * SECONDS_A_CHARACTER * len(text))) / RATE
    silence = np.zeros(RATE // 2)
    file = io.BytesIO()
    sound = np.concatenate([silence, 0.3 * np.sin(2 * np.pi * 220 * seconds), silence])
    soundfile.write(file, sound, RATE, format=file_format)
    return file.getvalue()


class ScriptedSpeech:
    """Answers `/v1/audio/speech` with a tone.

    `requests` has the JSON bodies received. `script` holds what to do with the next requests
    instead: a status code, bytes to send as audio, or "hang" to answer nothing until the end.
    """

    def __enter__(self) -> Self:
        self.requests: list[dict] = []
        self.script: deque[int | bytes | str] = deque()
        self._ended = threading.Event()
        speech = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                speech.requests.append({"path": self.path, "key": self.headers["Authorization"], **body})
                step = speech.script.popleft() if speech.script else tone(body["input"])
                if step == "hang":
                    speech._ended.wait(30)
                    return
                status, sent = (
                    (step, b'{"error": {"message": "scripted"}}') if type(step) is int else (200, step)
                )
                self.send_response(status)
                self.send_header("Retry-After-Ms", "1")
                self.send_header("Content-Type", "audio/wav" if status == 200 else "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
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
