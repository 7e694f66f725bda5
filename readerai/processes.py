"""The processes that make up the product, as command lines; compose.yaml names the same ones."""

import os
import sys
from pathlib import Path

# An answer mostly waits for the model, so one process serves many at once: with a model that takes three
# seconds, so many keep 0.4 of a core busy.
LLM_THREADS = 64
# Narrating keeps a core busy.
TTS_PROCESSES = min(2, os.cpu_count() or 1)


def web(*, host: str, port: int, max_frame_bytes: int) -> list[str]:
    """Return the web server: HTTP and sockets.

    Frames are refused by the consumer, with a close code that tells the client why; the server's
    own limit is a net below that.
    """
    return [
        *(sys.executable, "-m", "uvicorn", "readerai.asgi:application"),
        *("--host", host, "--port", str(port)),
        *("--http", "readerai.websocket.http:HttpProtocol"),
        *("--ws-max-size", str(4 * max_frame_bytes)),
        *("--timeout-graceful-shutdown", "5"),
        *("--no-access-log", "--log-level", "warning"),
    ]


def workers(*, schedule: Path) -> dict[str, list[str]]:
    """Return the job processes by name; `schedule` is the file in which beat remembers its last runs."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "readerai.celery"]
    # Workers here need not know of each other: each question is claimed in Redis.
    worker = [*celery, "worker", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    return {
        "worker-llm": [*worker, "-n", "llm@%h", "-Q", "llm,upkeep", "-P", "threads", "-c", str(LLM_THREADS)],
        "worker-tts": [*worker, "-n", "tts@%h", "-Q", "tts", "-P", "prefork", "-c", str(TTS_PROCESSES)],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile", "", "--schedule", str(schedule)],
    }


def stepping_back(command: list[str]) -> list[str]:
    """Return a job process's command for a machine that it shares with the web server.

    Where there is not enough for both, answers come later and reading goes on: a web server that gets too
    little loses its children, who come back all at once and cost it even more.
    """
    return ["nice", "-n", "10", *command]
