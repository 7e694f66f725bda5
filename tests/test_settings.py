"""Settings: each is documented for operators, and a bad one ends any command with one line."""

import ast
import os
import re
import subprocess
import sys

import pytest

from readerai import env

SETTINGS = env.PROJECT / "readerai" / "settings"
OPERATIONS = env.PROJECT / "docs" / "operations.md"
READERS = {"text", "secret", "flag", "number", "decimal", "choice", "words", "url"}


def read_in_settings() -> dict[str, str | None]:
    """Return every variable that the settings read, with its default where that is written out."""
    found = {"READERAI_VAR": None}
    source = "\n".join(module.read_text() for module in sorted(SETTINGS.glob("*.py")))
    for call in ast.walk(ast.parse(source)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "env"
            and call.func.attr in READERS
        ):
            name, default = ast.literal_eval(call.args[0]), None
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                default = call.args[1].value
            if isinstance(default, bool):
                default = int(default)
            found[name] = None if default is None else str(default)
    return found


def documented() -> dict[str, str]:
    """Return the variables in the tables of docs/operations.md, with their defaults."""
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| (.*?) \|", OPERATIONS.read_text(), re.MULTILINE)
    return {name: default.strip("`") for name, default in rows}


def test_operators_find_every_setting_in_the_documentation_and_no_other():
    assert sorted(documented()) == sorted(read_in_settings())


def test_the_documented_defaults_are_the_real_ones():
    pages = documented()
    written = {name: default for name, default in read_in_settings().items() if default}
    assert {name: pages[name] for name in written} == written


def command(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run a `manage.py` command with a changed environment."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=env.PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def deployed(**environment: str) -> set[str]:
    """Return the ids of what Django finds wrong with a deployment's settings."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=env.PROJECT,
        env={**os.environ, "DEBUG": "0", "SECRET_KEY": "".join(map(chr, range(40, 110))), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"\(([a-z]+\.[WE]\d+)\)", done.stderr))


HTTPS = {"BEHIND_TLS_PROXY": "1", "HSTS_SECONDS": "31536000"}


def test_nothing_is_wrong_with_a_deployment_behind_https():
    assert deployed(**HTTPS, HSTS_SUBDOMAINS="1") == set()


def test_whether_the_rest_of_the_domain_has_https_too_is_its_owners_to_say():
    subdomains, preload = "security.W005", "security.W021"
    assert deployed(**HTTPS) == {subdomains, preload}


def test_a_deployment_is_secure_by_default_in_all_but_the_address():
    no_hsts, no_redirect = "security.W004", "security.W008"
    assert deployed() == {no_hsts, no_redirect}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"DATABASE_URL": ""},
            "DATABASE_URL is not set. Start `make run`, which brings a PostgreSQL of its own, "
            "or set DATABASE_URL=postgresql://...",
        ),
        (
            {"TIME_ZONE": "Atlantis"},
            "TIME_ZONE='Atlantis' is not known; write for example one of Africa/Abidjan",
        ),
        (
            {"SECRET_KEY": "", "DEBUG": "0"},
            "SECRET_KEY is not set. Set SECRET_KEY (or SECRET_KEY_FILE) to 50 random characters",
        ),
        (
            {"SECRET_KEY": "only-for-tests", "DEBUG": "0"},
            "SECRET_KEY can be guessed: it is too short, or always the same. Set SECRET_KEY",
        ),
        (
            {"SECRET_KEY": "0123456789" * 5, "DEBUG": "0", "ALLOWED_HOSTS": "*"},
            "ALLOWED_HOSTS=* would let every site open sockets for a child: name the hosts",
        ),
        (
            {"MEDIA_BUCKET": "narration"},
            "MEDIA_BUCKET is set and MEDIA_ORIGIN is not: set both, or neither",
        ),
        (
            {"LLM_2_MODEL": "owl-2", "LLM_2_BASE_URL": ""},
            "LLM_2_MODEL is set and LLM_2_BASE_URL is not: set both, or neither",
        ),
    ],
)
def test_a_command_with_a_bad_setting_ends_with_one_line(change, line):
    done = command(**change)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1
