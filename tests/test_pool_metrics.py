"""Pages are narrated in processes of a worker's pool, and the worker itself tells how it gets on."""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.db import connection

from readerai import env, processes
from readerai.services import Valkey, free_port
from sessions.models import Book, Page
from tutoring import metrics, pool_metrics
from tutoring.models import Narration

PAGES = ("The fox waits for a star.", "She is shy of the light.", "Let us read on.")


@pytest.fixture
def story(transactional_db) -> Book:
    """A book of three pages, in the database that the worker sees too."""
    book = Book.objects.create(title="Tiva", content_hash="tiva", word_count=15, page_count=3)
    for number, text in enumerate(PAGES, start=1):
        Page.objects.create(book=book, number=number, text=text, first_word=0, word_count=5)
    return book


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A real `tts` worker with a Redis of its own; what it was told."""
    valkey = Valkey(tmp_path / "valkey", persistent=False)
    valkey.start()
    told = {
        "DATABASE_URL": urlsplit(env.text("DATABASE_URL"))
        ._replace(path=connection.settings_dict["NAME"])
        .geturl(),
        "REDIS_URL": valkey.url,
        "NARRATION_METRICS_PORT": str(free_port()),
        "MEDIA_ROOT": str(tmp_path / "media"),
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        command = processes.workers(schedule=tmp_path / "beat")["worker-tts"]
        process = subprocess.Popen(command, cwd=env.PROJECT, stdout=output, stderr=output)
    yield told
    process.terminate()
    process.wait(30)
    valkey.stop()
    assert "Traceback" not in log.read_text(), log.read_text()


def told_by(worker: dict[str, str]) -> dict[str, float]:
    """Return what the worker tells of pages; nothing while it does not answer."""
    address = f"http://127.0.0.1:{worker['NARRATION_METRICS_PORT']}/metrics"
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            lines = page.read().decode().splitlines()
    except OSError:
        return {}
    samples = (line.rpartition(" ") for line in lines if 'kind="page"' in line and "_total" in line)
    return {name.partition("{")[0]: float(value) for name, _, value in samples}


def test_a_worker_tells_what_its_processes_have_voiced(story, worker):
    with Celery(broker=worker["REDIS_URL"]) as app:
        for number in range(1, len(PAGES) + 1):
            app.send_task("tutoring.tasks.narrate_page", [story.pk, number], queue="tts")
    deadline = time.monotonic() + 60
    while Narration.objects.count() < len(PAGES):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    voiced = sum(Narration.objects.values_list("duration_ms", flat=True)) / 1000
    while (told := told_by(worker)).get("tts_audio_seconds_total", 0) < voiced - 0.01:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    assert told["tts_audio_seconds_total"] == pytest.approx(voiced)
    assert told["tts_engine_seconds_total"] > 0


def test_what_is_reported_is_counted_by_who_listens(monkeypatch):
    counted = []
    monkeypatch.setattr(metrics, "count_speech", lambda *speech: counted.append(speech))
    pipe = pool_metrics.Pipe()
    pipe.report("page", 61_000, 1.5)
    pipe.report("at_once", 900, 0.25)
    deadline = time.monotonic() + 10
    while len(counted) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert counted == [("page", 61_000, 1.5), ("at_once", 900, 0.25)]


def test_a_process_of_the_pool_reports_instead_of_counting(monkeypatch):
    reported = []
    monkeypatch.setattr(metrics, "_report_speech", None)
    metrics.report_speech_to(lambda *speech: reported.append(speech))
    metrics.count_speech("page", 1_000, 0.5)
    assert reported == [("page", 1_000, 0.5)]
