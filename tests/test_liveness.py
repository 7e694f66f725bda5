"""Liveness: a file is touched while a worker takes jobs and while beat sends them, and not otherwise."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.worker import state

from readerai import env, liveness, processes
from readerai.liveness import Watch, WatchedWorker, waiting_jobs
from readerai.services import Valkey, free_port
from tests.test_containers import SERVICES

QUEUE = "stories"


def until(true: Callable[[], object]) -> None:
    """Return as soon as something holds."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def seen(watch: Watch, until: int, **looks: object) -> bool:
    """Look every five seconds, while the loop turns; return what the last look says."""
    alive = True
    for now in range(0, until + 1, 5):
        watch.turned(now)
        alive = watch.takes_jobs(now, **({"waiting": 0, "taken": 0, "free": True} | looks))
    return alive


def test_a_worker_with_nothing_to_do_is_alive():
    assert seen(Watch(0), 3600)


def test_a_worker_whose_loop_hangs_is_not_alive():
    watch = Watch(0)
    assert watch.takes_jobs(30, waiting=0, taken=0, free=True)
    assert not watch.takes_jobs(31, waiting=0, taken=0, free=True)


def test_a_worker_that_lets_jobs_wait_with_a_free_place_is_not_alive():
    assert seen(Watch(0), 60, waiting=1)
    assert not seen(Watch(0), 65, waiting=1)


def test_a_full_worker_is_given_the_time_that_its_jobs_may_take():
    assert seen(Watch(0), 600, waiting=50, free=False)
    assert not seen(Watch(0), 605, waiting=50, free=False)


def test_a_worker_that_takes_one_job_after_the_other_is_alive_however_many_wait():
    watch = Watch(0)
    for now in range(0, 3600, 50):
        watch.turned(now)
        assert watch.takes_jobs(now, waiting=1000, taken=now, free=True)


def test_a_broker_that_is_away_is_no_fault_of_the_worker_and_leaves_it_time_when_it_is_back():
    watch = Watch(0)
    assert watch.takes_jobs(3600, waiting=None, taken=0, free=True)
    assert watch.takes_jobs(3630, waiting=9, taken=0, free=True)
    assert not watch.takes_jobs(3631, waiting=9, taken=0, free=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of this test's own, which it may kill."""
    valkey = Valkey(tmp_path / "broker", persistent=False)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def alive(settings, tmp_path, monkeypatch) -> Path:
    """The file; workers of this test are looked at often, and with little patience."""
    settings.ALIVE_FILE = str(tmp_path / "alive")
    monkeypatch.setattr(liveness, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(liveness, "_FREE_SECONDS", 0.3)
    return tmp_path / "alive"


@pytest.fixture
def app(broker) -> Celery:
    """Jobs of this test's own."""
    app = Celery(QUEUE, broker=broker.url, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE, task_ignore_result=True, broker_connection_retry_on_startup=True
    )
    app.steps["worker"].add(WatchedWorker)
    return app


def touched_again(file: Path) -> bool:
    """Remove the file, and tell whether it soon is there again."""
    file.unlink(missing_ok=True)
    until(file.exists)
    return True


def test_a_worker_touches_its_file_until_it_takes_no_jobs_any_more(app, alive, monkeypatch):
    @app.task(name="tell")
    def tell() -> None:
        """Tell nothing."""

    complaints: list[str] = []
    monkeypatch.setattr(liveness.logger, "error", complaints.append)
    with start_worker(app, pool="threads", concurrency=1, perform_ping_check=False, queues=[QUEUE]):
        assert touched_again(alive)
        for _ in range(9):
            app.send_task("tell")
        until(lambda: waiting_jobs(app, [QUEUE]) == 0 and not state.reserved_requests)
        assert app.control.cancel_consumer(QUEUE, reply=True, limit=1, timeout=30)
        until(lambda: app.send_task("tell") and waiting_jobs(app, [QUEUE]))
        until(lambda: complaints)
        alive.unlink()
        time.sleep(0.2)
        assert not alive.exists()
    assert len(complaints) == 1


def test_a_worker_whose_broker_dies_stays_alive(app, broker, alive):
    with start_worker(app, pool="threads", concurrency=1, perform_ping_check=False, queues=[QUEUE]):
        assert touched_again(alive)
        broker.kill()
        assert touched_again(alive)
        broker.start()


def test_jobs_are_counted_and_a_broker_that_is_away_counts_none(app):
    assert waiting_jobs(app, [QUEUE, "others"]) == 0
    for _ in range(3):
        app.send_task("tell", queue=QUEUE)
    assert waiting_jobs(app, [QUEUE, "others"]) == 3
    assert waiting_jobs(Celery("away", broker=f"redis://127.0.0.1:{free_port()}/0"), [QUEUE]) is None


def test_beat_touches_its_file(tmp_path, monkeypatch):
    alive = tmp_path / "alive"
    monkeypatch.setenv("ALIVE_FILE", str(alive))
    monkeypatch.setenv("CHECKPOINT_SECONDS", "1")
    beat = subprocess.Popen(processes.workers(schedule=tmp_path / "beat")["beat"], cwd=env.PROJECT)
    try:
        assert touched_again(alive)
    finally:
        beat.terminate()
        beat.wait()


@pytest.mark.parametrize("name", ["worker-llm", "worker-tts", "beat"])
def test_the_health_check_looks_at_the_age_of_the_file(name, tmp_path):
    service = SERVICES[name]
    [shell, command] = service["healthcheck"]["test"]
    assert shell == "CMD-SHELL"
    assert service["environment"]["ALIVE_FILE"] in command
    alive = tmp_path / "alive"
    probe = command.replace("$$", "$").replace(service["environment"]["ALIVE_FILE"], str(alive))

    def healthy() -> bool:
        return subprocess.run(["sh", "-c", probe], stderr=subprocess.DEVNULL).returncode == 0

    assert not healthy()
    alive.touch()
    assert healthy()
    subprocess.run(["touch", "--date", "3 minutes ago", alive], check=True)
    assert not healthy()
