"""`python -m readerai.run`, which `make run` calls: the whole product on this machine until it is stopped.

Starts PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), prepares the database,
the demo school, the library and its narration, then serves. What a start needs of the outside is
checked first, so that a mistake is one line at once.
"""

import contextlib
import fcntl
import http.client
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import redis

from readerai import demo, env, processes, redis_roles
from readerai.services import Postgres, ServiceError, Valkey
from readerai.supervisor import GRACE_SECONDS, POLL_SECONDS, Processes, Stop
from sessions import redis_clients, redis_url
from sessions.live.blocking import run

HOST = "127.0.0.1"
READY_SECONDS = 60
# Every process of a run carries this variable: what a killed run left behind is found by it.
MARK = "READERAI_RUN"
REDIS_ROLES = ("STATE_REDIS_URL", "CHANNELS_REDIS_URL", "BROKER_URL")


class RunError(Exception):
    """The product cannot be started, or stopped by itself; the message says why and how to mend it."""


def main() -> int:
    """Serve until stopped; return 0 after a stop that was asked for, 1 otherwise."""
    stop = Stop()
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(only_run())
            started = serve(stop, stack)
    except (env.BadSetting, ServiceError, RunError) as error:
        if not stop:
            print(f"readerai: {error}", file=sys.stderr)
        started = False
    return 0 if started or stop else 1


@contextlib.contextmanager
def only_run() -> Iterator[None]:
    """Hold the lock on our data folder."""
    try:
        env.VAR.mkdir(parents=True, exist_ok=True)
        lock = (env.VAR / "run.lock").open("a")
    except OSError as error:
        raise RunError(
            f"cannot write in {env.VAR}: {error.strerror}. Set READERAI_VAR to another folder"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"already running on {env.VAR}: stop it first, or set READERAI_VAR and PORT for a second one"
            ) from None
        yield


def serve(stop: Stop, stack: contextlib.ExitStack) -> bool:
    """Start everything, say so, and go on until asked to stop; `stack` takes it all down in reverse order.

    Returns False when the preparation failed, which has then said why.
    """
    begun = time.monotonic()
    env.SERVICES_FILE.unlink(missing_ok=True)  # of a run that was killed: its servers are gone
    os.environ.update(development())
    end_leftovers()
    port = env.number("PORT", 8000, low=1, high=65535)
    refuse_taken_port(port)
    check_outside_services()

    say("starting PostgreSQL and Valkey")
    os.environ.update(start_services(stack))
    write_services_file(stack)
    commands = {
        "web": processes.web(
            host=HOST,
            port=port,
            max_frame_bytes=env.number("MAX_FRAME_BYTES", 65_536, low=1_024, high=1_048_576),
        ),
        **{
            name: processes.stepping_back(command)
            for name, command in processes.workers(schedule=env.VAR / "beat").items()
        },
    }
    children = Processes(
        folder=env.PROJECT,
        environment=os.environ,
        width=max(map(len, commands)),
        grace=env.number("DRAIN_SECONDS", 20, low=1, high=600) + GRACE_SECONDS,
    )
    if children.run([sys.executable, "manage.py", "prepare"], stop) != 0:
        return False
    stack.callback(say, "stopped")
    stack.callback(children.stop, stop)
    for name, command in commands.items():
        if not stop:
            children.start(name, command)
    if wait_until_ready(port, children, stop):
        say(f"ready in {time.monotonic() - begun:.1f} s")
        print(welcome(port), flush=True)
        while not stop and not children.ended():
            time.sleep(POLL_SECONDS)
    if not stop and (ended := children.ended()):
        raise RunError(
            f"{ended[0]} ended with status {ended[1]}, so everything was stopped: see its lines above"
        )
    say("stopping")
    return True


def development() -> dict[str, str]:
    """Return the environment of a development run: what is set already stays."""
    defaults = {
        "DEBUG": "1",
        "DEMO": "1",
        "PORT": "8000",
        "SECRET_KEY": secret_key(),
        "DRAIN_SECONDS": "2",  # nobody waits long for Ctrl-C
    }
    chosen = {name: env.text(name, value) for name, value in defaults.items()}
    fixed = {
        "READERAI_VAR": str(env.VAR),
        MARK: str(env.VAR),
        "PYTHONUNBUFFERED": "1",
        # Celery warns of workers run by root: no news in a container or on a machine of one's own.
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
    }
    return chosen | fixed


def secret_key() -> str:
    """Return this installation's own key; kept, so that a restart signs nobody out."""
    file = env.VAR / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(50))
    return file.read_text()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, at once and whole."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.rename(file)


def end_leftovers() -> None:
    """End what a killed run on this data folder left behind; we hold the lock, so nothing else can be its."""
    ours = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(env.VAR):
                process.terminate()
                ours.append(process)
    _, alive = psutil.wait_procs(ours, timeout=10)
    for process in alive:
        process.kill()


def refuse_taken_port(port: int) -> None:
    """Refuse a port on which another program listens, or which we may not use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise RunError(
                f"port {port} cannot be used ({error.strerror}): "
                "stop what listens there, or choose another: make run PORT=8080"
            ) from None


def check_outside_services() -> None:
    """Refuse a DATABASE_URL or Redis URL at which nobody answers."""
    if database := env.url("DATABASE_URL", "", schemes=["postgresql", "postgres"]):
        try:
            psycopg.connect(database, connect_timeout=5).close()
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise RunError(
                f"DATABASE_URL cannot be used: {reason}. Unset it to have one started for you"
            ) from None
    for name in ("REDIS_URL", *REDIS_ROLES):
        address = env.url(name, "", schemes=[*redis_roles.STATE_SCHEMES, "sqs"])
        if not address or address.startswith("sqs"):
            continue
        try:
            run(redis_clients.info(address, "server", seconds=5))
        except (redis.RedisError, ValueError) as error:
            places = redis_url.parse(address).places
            raise RunError(
                f"{name} cannot be used: no Redis answers at {places} ({error}). "
                "Unset it to have one started for you"
            ) from None


def start_services(stack: contextlib.ExitStack) -> dict[str, str]:
    """Start the embedded servers that are wanted; return their URLs as environment variables."""
    urls = {}
    if not env.url("DATABASE_URL", "", schemes=["postgresql", "postgres"]):
        postgres = Postgres(env.VAR / "postgres")
        stack.callback(postgres.stop)
        postgres.start()
        urls["DATABASE_URL"] = postgres.url
    if not env.text("REDIS_URL", "") and not all(env.text(role, "") for role in REDIS_ROLES):
        valkey = Valkey(env.VAR / "valkey")
        stack.callback(valkey.stop)
        valkey.start()
        urls["REDIS_URL"] = valkey.url
    return urls


def write_services_file(stack: contextlib.ExitStack) -> None:
    """Let `manage.py` commands find what this run uses, while it runs."""
    names = ("DATABASE_URL", "REDIS_URL", *REDIS_ROLES, "SECRET_KEY", "DEBUG", "DEMO", "PORT")
    lines = [f"{name}={os.environ[name]}\n" for name in names if os.environ.get(name)]
    stack.callback(env.SERVICES_FILE.unlink, missing_ok=True)
    write_private(env.SERVICES_FILE, "".join(lines))


def wait_until_ready(port: int, children: Processes, stop: Stop) -> bool:
    """Return True once the web server is ready; False when a child ended or a stop was asked for."""
    deadline = time.monotonic() + READY_SECONDS
    while not stop and not children.ended():
        if ready(port):
            return True
        if time.monotonic() > deadline:
            raise RunError(f"the web server was not ready on port {port} within {READY_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return False


def ready(port: int) -> bool:
    """Tell whether the web server says that it can serve."""
    connection = http.client.HTTPConnection(HOST, port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def welcome(port: int) -> str:
    """Return the box that says where to go and who may sign in."""
    address = f"http://{HOST}:{port}/"
    lines = [f"ReaderAI   {address}", ""]
    if env.flag("DEMO", True):
        *most, last = demo.CHILDREN
        lines += [
            f"Child      class code {demo.CLASS_CODE}: {', '.join(most)} or {last}",
            f"           then {', '.join(demo.PICTURES)}",
            f"Teacher    {address}admin/   {demo.TEACHER.username} / {demo.TEACHER.password}",
            f"Head       {address}admin/   {demo.HEAD.username} / {demo.HEAD.password}",
            f"Admin      {address}admin/   {demo.ADMIN.username} / {demo.ADMIN.password}",
            "",
        ]
    lines.append("Stop       Ctrl-C")
    width = max(map(len, lines))
    body = "\n".join(f"│  {line:<{width}}  │" for line in lines)
    edge = "─" * (width + 4)
    return f"\n┌{edge}┐\n{body}\n└{edge}┘\n"


def say(line: str) -> None:
    """Print one line about the run itself."""
    print(f"readerai: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
