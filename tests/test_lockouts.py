"""Grown-ups' passwords: after five wrong ones there is a break, which an admin of the school can end."""

import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

LOGIN = reverse("admin:login")
ATTEMPTS = reverse("admin:axes_accessattempt_changelist")
RIGHT, WRONG = "chalk-and-cheese", "chalk-and-biscuits"


def types(password: str, username: str = "rivera", address: str = "203.0.113.9") -> int:
    """Type a name and a password; return the status: 302 is in, 200 wrong, 429 a break."""
    browser = Client(REMOTE_ADDR=address)
    return browser.post(LOGIN, {"username": username, "password": password}).status_code


@pytest.fixture
def locked_out(foxes) -> None:
    """Ms Rivera has typed five wrong passwords."""
    assert [types(WRONG) for _ in range(5)] == [200, 200, 200, 200, 429]


def test_a_right_password_is_in_and_forgets_the_wrong_ones(foxes):
    for _ in range(3):
        assert [types(WRONG) for _ in range(4)] == [200] * 4
        assert types(RIGHT) == 302


def test_after_five_wrong_ones_the_right_one_waits_too_and_is_told_kindly(locked_out):
    answer = Client(REMOTE_ADDR="203.0.113.9").post(LOGIN, {"username": "rivera", "password": RIGHT})
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Too many wrong passwords" in page and "quarter of an hour" in page


def test_nobody_keeps_a_teacher_out_from_another_address_nor_a_colleague_from_the_same(locked_out, hares):
    assert types(RIGHT, address="203.0.113.10") == 302
    assert types(RIGHT, username="okafor") == 302


def test_behind_our_proxy_the_clients_own_address_counts(foxes, settings):
    settings.BEHIND_TLS_PROXY, settings.SECURE_SSL_REDIRECT = True, False

    def from_client(address: str, password: str) -> int:
        browser = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=address)
        return browser.post(LOGIN, {"username": "rivera", "password": password}).status_code

    assert [from_client("203.0.113.9", WRONG) for _ in range(5)][-1] == 429
    assert from_client("203.0.113.9", RIGHT) == 429
    assert from_client("203.0.113.10", RIGHT) == 302
    assert from_client("not an address", WRONG) == 200


def test_no_password_is_kept_and_neither_name_nor_address_is_logged(foxes, caplog):
    caplog.set_level(logging.DEBUG)
    for _ in range(5):
        types(WRONG)
    kept = AccessAttempt.objects.values().get()
    assert kept["username"] == "rivera" and kept["failures_since_start"] == 5
    assert WRONG not in str(kept)
    lines = " ".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)
    assert "axes" in " ".join(record.name for record in caplog.records)
    assert not any(word in lines for word in (WRONG, "203.0.113.9", "rivera"))


def at_the_admin(head: User) -> str:
    """Let a head look at the lockouts and try to delete the one there is; return what was seen."""
    browser = Client()
    browser.force_login(head)
    seen = browser.get(ATTEMPTS).content.decode()
    address = reverse("admin:axes_accessattempt_delete", args=[AccessAttempt.objects.get().pk])
    browser.post(address, {"post": "yes"})
    return seen


def test_the_head_sees_it_and_ends_it(locked_out, adeyemi):
    seen = at_the_admin(adeyemi)
    assert "rivera" in seen and "203.0.113.9" in seen
    assert types(RIGHT) == 302


def test_the_head_of_another_school_does_not(locked_out, solheim):
    assert "rivera" not in at_the_admin(solheim)
    assert types(RIGHT) == 429


def test_a_teacher_has_no_business_there(foxes):
    browser = Client()
    browser.post(LOGIN, {"username": "rivera", "password": RIGHT})
    assert browser.get(ATTEMPTS).status_code == 403


def test_a_superuser_sees_names_that_nobody_has_and_changes_nothing(principal):
    types(WRONG, username="nobody")
    assert "nobody" in principal.get(ATTEMPTS).content.decode()
    attempt = AccessAttempt.objects.get()
    page = principal.get(reverse("admin:axes_accessattempt_change", args=[attempt.pk]))
    assert page.status_code == 200 and not page.context["has_change_permission"]
