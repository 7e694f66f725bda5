"""What docs/security.md promises of cookies, hosts and passwords; and that each test it names is there."""

import ast
import re

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from readerai.env import PROJECT
from sessions import tickets

PASSWORD = "chalk-and-cheese"


def named() -> list[tuple[str, str]]:
    """Return the tests that the page names, as file and function."""
    return re.findall(r"`(tests/\w+\.py)::(\w+)`", (PROJECT / "docs" / "security.md").read_text())


def functions_of(file: str) -> set[str]:
    """Return the names of a file's functions."""
    nodes = ast.parse((PROJECT / file).read_text()).body
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_that_the_page_names_is_there():
    missing = [f"{file}::{name}" for file, name in named() if name not in functions_of(file)]
    assert not missing


def test_every_threat_on_the_page_names_a_test():
    page = (PROJECT / "docs" / "security.md").read_text()
    rows = [row for row in re.findall(r"^\| .* \|$", page, re.MULTILINE) if "| held by |" not in row]
    assert len(rows) > 20
    assert not [row for row in rows if "`tests/test_" not in row]


@pytest.fixture
def in_production(settings) -> None:
    """Cookies as they are outside development."""
    settings.DEBUG = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_cookies_are_for_https_and_for_no_script(in_production, foxes, ada):
    tablet, computer = Client(), Client()
    tablet.post("/sign-in/", {"code": foxes.join_code})
    tablet.post("/sign-in/", {"student": ada.pk, "picture": ada.pictures.split()})
    User.objects.create_superuser("principal", password=PASSWORD)
    computer.get("/admin/login/")
    computer.post("/admin/login/", {"username": "principal", "password": PASSWORD})
    cookies = {**tablet.cookies, **computer.cookies}
    assert {tickets.COOKIE, "readerai_class", "sessionid", "csrftoken"} <= set(cookies)
    for name, cookie in cookies.items():
        assert cookie["secure"] and cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


def test_a_session_begun_before_the_sign_in_is_not_the_one_after_it(foxes):
    computer = Client()
    session = computer.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    computer.cookies["sessionid"] = planted
    computer.post("/admin/login/", {"username": "rivera", "password": PASSWORD})
    assert computer.session.session_key != planted
    assert Client(headers={"cookie": f"sessionid={planted}"}).get("/admin/").status_code == 302


def test_another_host_name_is_refused(db):
    assert Client().get("/sign-in/", headers={"host": "readerai.example.org"}).status_code == 400


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_sent_to_another_site(foxes, elsewhere):
    computer = Client()
    said = {"username": "rivera", "password": PASSWORD, "next": elsewhere}
    answer = computer.post("/admin/login/", said)
    assert answer.status_code == 302
    assert answer.url.startswith("/") and not answer.url.startswith("//")


@pytest.mark.parametrize("password", ["owl-moon-7", "password1234", "123456789012"])
def test_a_short_or_common_password_is_not_taken(password):
    with pytest.raises(ValidationError):
        validate_password(password)
    validate_password("a-lantern-by-the-river")
