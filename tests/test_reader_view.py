"""The reader's page and its data: where to begin, and only what the child may see."""

import json
import re

import pytest
from redis.exceptions import ConnectionError as RedisAway

from sessions import checkpoint, protocol, words
from sessions.live import places, store
from sessions.live.blocking import run
from sessions.models import Book, Page, ReadingSession
from sessions.views import reader
from tests.sockets import cookie_for

TEXT = "“Who is there?” asked the owl.\n\nNobody answered. It was 3.5 o'clock—almost dawn."


@pytest.fixture
def owl_book(db) -> Book:
    """Two pages of 14 words each; every school may read it."""
    count = len(words.split(TEXT))
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=2 * count, page_count=2)
    for number in (1, 2):
        Page.objects.create(
            book=book, number=number, text=TEXT, first_word=(number - 1) * count, word_count=count
        )
    return book


@pytest.fixture
def browser_of(client):
    """A browser in which a child is signed in."""

    def sign_in(student):
        name, _, value = cookie_for(student).partition("=")
        client.cookies[name] = value
        return client

    return sign_in


def boot(response) -> dict:
    """The data that the page starts with."""
    found = re.search(rb'<script id="boot" type="application/json">(.*?)</script>', response.content)
    return json.loads(found[1])


def test_a_new_book_begins_at_its_first_word(browser_of, ada, owl_book):
    data = boot(browser_of(ada).get(f"/read/{owl_book.pk}/"))
    session = ReadingSession.objects.get(student=ada, book=owl_book)
    assert data["sessionId"] == str(session.pk)
    assert data["socketUrl"] == f"/ws/reading/{session.pk}/"
    assert data["position"] == {"wordIndex": 0, "audioTimestamp": 0}
    assert data["pageFirstWords"] == [0, owl_book.word_count // 2]
    assert data["wordsUrl"] == f"/api/books/{owl_book.pk}/words/"
    assert data["book"]["direction"] == "ltr"


@pytest.mark.parametrize("wanted", [True, False])
def test_speech_is_recognised_where_the_school_wants_that(browser_of, ada, owl_book, settings, wanted):
    settings.SPEECH_INPUT = wanted
    page = browser_of(ada).get(f"/read/{owl_book.pk}/").content.decode()
    assert ('data-sheet="speak"' in page, 'data-prompt="speak"' in page) == (wanted, wanted)


def test_the_page_puts_the_session_into_redis_so_that_connecting_needs_no_sql(browser_of, ada, owl_book):
    session_id = boot(browser_of(ada).get(f"/read/{owl_book.pk}/"))["sessionId"]
    restored = run(store.restore(session_id, ada.pk, "socket", "server", protocol.HelloPayload()))
    assert restored.word_count == owl_book.word_count


def test_opening_again_goes_on_where_the_live_session_is(browser_of, ada, owl_book):
    browser = browser_of(ada)
    session_id = boot(browser.get(f"/read/{owl_book.pk}/"))["sessionId"]
    run(store.restore(session_id, ada.pk, "socket", "server", protocol.HelloPayload()))
    run(places.progress([store.LiveProgress(session_id, "socket", 9, 777, True, 0)]))
    data = boot(browser.get(f"/read/{owl_book.pk}/"))
    assert data["sessionId"] == session_id
    assert data["position"] == {"wordIndex": 9, "audioTimestamp": 777}


def test_a_finished_book_is_read_anew_from_the_beginning(browser_of, ada, owl_book):
    browser = browser_of(ada)
    first = boot(browser.get(f"/read/{owl_book.pk}/"))["sessionId"]
    run(store.restore(first, ada.pk, "socket", "server", protocol.HelloPayload()))
    run(places.progress([store.LiveProgress(first, "socket", owl_book.word_count, 0, False, 0)]))
    again = boot(browser.get(f"/read/{owl_book.pk}/"))
    assert again["sessionId"] != first
    assert again["position"]["wordIndex"] == 0
    assert ReadingSession.objects.get(pk=first).finished_at is not None


def test_with_redis_away_the_page_opens_at_the_checkpoint(browser_of, ada, owl_book, monkeypatch):
    ReadingSession.objects.create(student=ada, book=owl_book, word_index=11, audio_timestamp=5)

    def away(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    monkeypatch.setattr(reader, "run", away)
    monkeypatch.setattr(checkpoint, "run", away)
    data = boot(browser_of(ada).get(f"/read/{owl_book.pk}/"))
    assert data["position"] == {"wordIndex": 11, "audioTimestamp": 5}


def test_another_schools_book_is_not_there(browser_of, ada, harbour, owl_book):
    owl_book.school = harbour
    owl_book.save()
    browser = browser_of(ada)
    assert browser.get(f"/read/{owl_book.pk}/").status_code == 404
    assert browser.get(f"/api/books/{owl_book.pk}/pages/1/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in_and_a_script_gets_401(client, owl_book):
    assert (
        client.get(f"/read/{owl_book.pk}/").headers["Location"]
        == f"/sign-in/?next=%2Fread%2F{owl_book.pk}%2F"
    )
    response = client.get(f"/api/books/{owl_book.pk}/pages/1/")
    assert response.status_code == 401
    assert response.json()["error"] == "not_signed_in"


def test_a_page_has_every_word_once_with_the_space_after_it(browser_of, ada, owl_book):
    data = browser_of(ada).get(f"/api/books/{owl_book.pk}/pages/2/").json()
    half = owl_book.word_count // 2
    assert data["firstWord"] == half
    shown = [word for paragraph in data["paragraphs"] for word, _ in paragraph]
    assert shown == [word.text for word in words.split(TEXT)]
    assert ["o'clock—", ""] in data["paragraphs"][1], "no space where the book has none"
    assert data["paragraphs"][0][:2] == [["“Who", " "], ["is", " "]]
    assert data["sentences"][0] == half
    assert all(half <= word < 2 * half for word in data["sentences"])
    assert data["narrationUrl"].endswith("/narration/")


def test_a_page_that_the_book_does_not_have_is_not_found(browser_of, ada, owl_book):
    assert browser_of(ada).get(f"/api/books/{owl_book.pk}/pages/3/").status_code == 404


def test_opening_a_book_costs_a_handful_of_queries(browser_of, ada, owl_book, django_assert_max_num_queries):
    browser = browser_of(ada)
    browser.get(f"/read/{owl_book.pk}/")
    with django_assert_max_num_queries(4):
        browser.get(f"/read/{owl_book.pk}/")


def test_once_a_book_is_open_its_pages_cost_no_query(browser_of, ada, owl_book, django_assert_num_queries):
    browser = browser_of(ada)
    browser.get(f"/read/{owl_book.pk}/")
    with django_assert_num_queries(0):
        for number in (1, 2):
            assert browser.get(f"/api/books/{owl_book.pk}/pages/{number}/").status_code == 200
        assert browser.get(f"/api/books/{owl_book.pk}/pages/3/").status_code == 404


def test_a_book_that_moves_to_another_school_is_gone_from_an_open_reader(
    browser_of, ada, harbour, owl_book, django_assert_num_queries
):
    browser = browser_of(ada)
    browser.get(f"/read/{owl_book.pk}/")
    owl_book.school = harbour
    owl_book.save()
    assert browser.get(f"/api/books/{owl_book.pk}/pages/1/").status_code == 404
    with django_assert_num_queries(0):
        assert browser.get(f"/api/books/{owl_book.pk}/pages/1/").status_code == 404


def test_a_seed_is_the_checkpoint(ada, owl_book):
    row = ReadingSession.objects.create(student=ada, book=owl_book, word_index=3)
    assert checkpoint.seed_of(row).word_index == 3


def test_a_child_who_has_left_the_school_is_signed_out_kindly(browser_of, ada, owl_book):
    browser = browser_of(ada)
    ada.delete()
    response = browser.get(f"/read/{owl_book.pk}/")
    assert response.headers["Location"].startswith("/sign-in/")
    assert response.cookies["readerai_student"].value == ""
