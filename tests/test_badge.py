"""A badge: its link asks who it is, one tap signs in, and a voided one opens nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions import tickets
from sessions.renewal import renew_badges
from sessions.views.sign_in import CLASS_COOKIE


def link(student) -> str:
    return reverse("badge", args=[student.badge_key])


def test_opening_the_link_asks_and_signs_nobody_in(client, ada):
    answer = client.get(link(ada))
    assert answer.status_code == 200 and "Is it you, Ada?" in answer.content.decode()
    assert not answer.cookies.keys() & {tickets.COOKIE, CLASS_COOKIE}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_tap_signs_in_and_opens_the_class_for_the_next_child(client, ada, ben):
    answer = client.post(link(ada))
    assert (answer.status_code, answer.url) == (302, reverse("library"))
    assert tickets.read(client.cookies[tickets.COOKIE].value) == tickets.of(ada)
    assert "Ben" in client.post(reverse("sign-out"), follow=True).content.decode()


def test_a_tap_comes_back_to_the_book(client, ada):
    assert client.post(f"{link(ada)}?next=/read/7/").url == "/read/7/"


def test_a_form_from_elsewhere_does_not_sign_in(ada):
    assert Client(enforce_csrf_checks=True).post(link(ada)).status_code == 403


def test_a_voided_badge_opens_nothing_and_the_new_one_does(client, ada):
    old = link(ada)
    renew_badges([ada])
    for answer in (client.get(old), client.post(old)):
        assert answer.status_code == 404 and "does not work any more" in answer.content.decode()
        assert tickets.COOKIE not in answer.cookies
    assert client.post(link(ada)).status_code == 302


@pytest.mark.parametrize("key", ["x", "x" * 5000, "A" * 22])
def test_a_badge_that_was_never_given_out_is_an_old_one(client, db, key):
    assert client.get(f"/badge/{key}/").status_code == 404
