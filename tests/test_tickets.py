"""The ticket: renewed while a child is there, ended early by its version, good across new keys."""

import time

import pytest
from django.core import signing
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sessions import tickets
from sessions.models import Book, Page, Student
from sessions.views.sign_in import CLASS_COOKIE
from tests.sockets import cookie_for

LIBRARY = reverse("library")
HOUR = 3600


@pytest.fixture
def signed_in(client, ada, monkeypatch):
    """Let Ada have signed in some hours ago."""

    def sign_in(hours_ago: float) -> Client:
        then = time.time() - hours_ago * HOUR
        with monkeypatch.context() as past:
            past.setattr(signing.time, "time", lambda: then)
            client.cookies[tickets.COOKIE] = cookie_for(ada).partition("=")[2]
        return client

    return sign_in


@pytest.fixture
def page_address(db) -> str:
    """A page of a book, as data: it needs no SQL once the book is on the shelf."""
    book = Book.objects.create(title="Owl", content_hash="owl", word_count=2, page_count=1)
    Page.objects.create(book=book, number=1, text="An owl.", first_word=0, word_count=2)
    return reverse("book-page", args=[book.pk, 1])


def test_a_young_ticket_stays_as_it_is(signed_in):
    answer = signed_in(5.9).get(LIBRARY)
    assert answer.status_code == 200 and tickets.COOKIE not in answer.cookies


@pytest.mark.parametrize("hours", [6.1, 11.9])
def test_an_ageing_ticket_is_renewed_by_a_page_and_by_data(signed_in, page_address, ada, hours):
    for address in (LIBRARY, page_address):
        renewed = signed_in(hours).get(address).cookies[tickets.COOKIE]
        assert tickets.read(renewed.value) == tickets.of(ada)
        assert not tickets.is_ageing(renewed.value)
        assert (renewed["httponly"], renewed["samesite"]) == (True, "Lax")
        assert renewed["max-age"] == tickets.LIFETIME_SECONDS


def test_a_ticket_that_is_too_old_leads_to_sign_in_and_back(signed_in, page_address):
    assert signed_in(12.1).get("/read/7/").url == "/sign-in/?next=%2Fread%2F7%2F"
    assert signed_in(12.1).get(page_address).status_code == 401


def test_data_of_a_young_ticket_costs_no_query(signed_in, page_address, django_assert_num_queries):
    browser = signed_in(1)
    browser.get(page_address)
    with django_assert_num_queries(0):
        assert browser.get(page_address).status_code == 200


def test_with_postgresql_away_who_reads_goes_on_with_an_ageing_ticket(signed_in, page_address, monkeypatch):
    browser = signed_in(7)
    browser.get(page_address)

    def away(ticket):
        raise OperationalError

    monkeypatch.setattr(tickets, "current", away)
    answer = signed_in(7).get(page_address)
    assert answer.status_code == 200 and tickets.COOKIE not in answer.cookies
    assert signed_in(7).get(LIBRARY).status_code == 503


def test_a_child_whose_sign_ins_were_ended_is_out_when_the_ticket_ages(signed_in, page_address, ada):
    Student.objects.filter(pk=ada.pk).update(ticket_version=1)
    assert signed_in(1).get(page_address).status_code == 200
    answer = signed_in(7).get(page_address)
    assert answer.status_code == 401 and answer.cookies[tickets.COOKIE].value == ""


def test_what_a_teacher_has_changed_is_in_the_ticket_at_the_next_page(signed_in, ada, hares):
    browser = signed_in(1)
    ada.name, ada.classroom = "Adah", hares
    ada.save()
    answer = browser.get(LIBRARY)
    assert "Hello, Adah!" in answer.content.decode()
    assert tickets.read(answer.cookies[tickets.COOKIE].value) == tickets.of(ada)


def test_a_ticket_from_before_there_were_versions_is_good(client, ada):
    client.cookies[tickets.COOKIE] = signing.dumps(list(tickets.of(ada))[:5], salt="readerai.student")
    assert client.get(LIBRARY).status_code == 200


@pytest.fixture
def rotate(settings):
    """Sign with a new key from now on; the processes have been started anew."""

    def new_key(fallbacks: list[str]) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the-new-key", fallbacks
        tickets._signer.cache_clear()

    yield new_key
    tickets._signer.cache_clear()


def test_tickets_and_classes_outlive_a_new_key_while_the_old_one_is_accepted(client, ada, settings, rotate):
    client.post(reverse("sign-in"), {"code": "FQXESA"})
    client.cookies[tickets.COOKIE] = cookie_for(ada).partition("=")[2]
    old = settings.SECRET_KEY
    rotate([old])
    assert client.get(LIBRARY).status_code == 200
    client.post(reverse("sign-out"))
    assert "Ada" in client.get(reverse("sign-in")).content.decode()
    assert client.cookies[CLASS_COOKIE].value


def test_without_the_old_key_both_are_worth_nothing(client, ada, rotate):
    client.post(reverse("sign-in"), {"code": "FQXESA"})
    client.cookies[tickets.COOKIE] = cookie_for(ada).partition("=")[2]
    rotate([])
    assert client.get(LIBRARY).status_code == 302
    assert "Ada" not in client.get(reverse("sign-in")).content.decode()


def test_a_sign_in_is_sent_to_no_other_host(ada, settings):
    """Another region's host is one: there the same number is another child's."""
    response = HttpResponse()
    tickets.issue(response, tickets.of(ada))
    assert response.cookies[tickets.COOKIE]["domain"] == ""
    assert settings.SESSION_COOKIE_DOMAIN is settings.CSRF_COOKIE_DOMAIN is None
