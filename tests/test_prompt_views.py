"""What the reader page fetches at a page's end: the prompt without its answer, and a reply to the child's."""

import logging

import pytest
from django.test import Client

from sessions.live import blocking, connection
from sessions.models import AskAtPageEnd, Book, Page
from sessions.words import split
from tests.setting_up import flush_redis
from tests.sockets import cookie_for
from tests.test_dialogue import HERON
from tutoring.dialogue.making import prompt_of
from tutoring.dialogue.prompt import Kind
from tutoring.models import Narration
from tutoring.narration import service
from tutoring.narration.engine import SpeechError

SAID = {"text", "words", "audioUrl", "wordTimes"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Where this test's audio goes."""
    settings.MEDIA_ROOT = tmp_path / "media"
    flush_redis()


@pytest.fixture
def heron(willow) -> Book:
    """A book of Willow School: four pages alike, so that each asks in another way, and one of pictures."""
    texts = [HERON] * 4 + ["…"]
    count = len(split(HERON))
    book = Book.objects.create(
        school=willow,
        title="The Heron",
        content_hash="heron",
        word_count=4 * count + 1,
        page_count=5,
        glossary={"heron": "A tall bird."},
    )
    for number, text in enumerate(texts, start=1):
        Page.objects.create(
            book=book,
            number=number,
            text=text,
            first_word=(number - 1) * count,
            word_count=len(split(text)),
        )
    return book


@pytest.fixture
def browser_of(client):
    """A browser in which a child is signed in."""

    def sign_in(student, browser=client):
        name, _, value = cookie_for(student).partition("=")
        browser.cookies[name] = value
        return browser

    return sign_in


def url(book, number: int = 1) -> str:
    return f"/api/books/{book.pk}/pages/{number}/prompt/"


def page_that_asks(book, kind: Kind) -> int:
    """The number of the page with a prompt of this kind."""
    return next(
        number for number in range(1, 5) if prompt_of(HERON, "en", number, book.glossary).kind is kind
    )


def test_each_page_asks_in_its_way_with_a_voice_and_without_the_answer(browser_of, ada, heron):
    browser = browser_of(ada)
    for number in range(1, 5):
        response = browser.get(url(heron, number))
        data = response.json()
        prompt = prompt_of(HERON, "en", number, heron.glossary)
        assert set(data) == SAID | {"kind", "choices"}
        assert (data["kind"], data["text"]) == (prompt.kind, prompt.text)
        assert len(data["words"]) == len(data["wordTimes"])
        assert response["Cache-Control"] == "private, max-age=300"
        assert browser.get(data["audioUrl"])["Content-Type"] == "audio/flac"


def test_the_gap_is_seen_and_belongs_to_a_word_that_is_heard(browser_of, ada, heron):
    data = browser_of(ada).get(url(heron, page_that_asks(heron, Kind.COMPLETION))).json()
    assert data["words"][-1].endswith("____.")
    assert data["words"][-1][0].isalpha()


def test_a_page_with_nothing_to_ask_says_so_and_that_is_kept_too(browser_of, ada, heron):
    response = browser_of(ada).get(url(heron, 5))
    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "private, max-age=300"


def test_a_child_answers_hears_a_hint_and_then_praise(browser_of, ada, heron):
    browser = browser_of(ada)
    address = url(heron, page_that_asks(heron, Kind.COMPLETION))
    expected = prompt_of(HERON, "en", page_that_asks(heron, Kind.COMPLETION), heron.glossary).expected
    hint = browser.post(address, {"answer": "zebra", "attempt": "1"}).json()
    assert set(hint) == SAID | {"verdict", "done"}
    assert (hint["verdict"], hint["done"]) == ("hint", False)
    praise = browser.post(address, {"answer": f"the {expected}s", "attempt": "2"}).json()
    assert (praise["verdict"], praise["done"]) == ("praise", True)
    assert browser.get(praise["audioUrl"]).status_code == 200
    told = browser.post(address, {"answer": "zebra", "attempt": "3"}).json()
    assert (told["verdict"], told["done"]) == ("hint", True)


def test_what_a_child_says_is_written_nowhere(browser_of, ada, heron, caplog):
    caplog.set_level(logging.DEBUG)
    for number in range(1, 5):
        browser_of(ada).post(url(heron, number), {"answer": "my brother Quokka", "attempt": "1"})
    assert "uokka" not in caplog.text
    assert "uokka" not in str(blocking.run(everything_in_redis()))
    service.write_rows()
    assert Narration.objects.exists()
    assert "uokka" not in str(list(Narration.objects.values()))


async def everything_in_redis() -> list[object]:
    found: list[object] = []
    async for key in connection.client().scan_iter():
        kind = await connection.client().type(key)
        found += [key, await connection.client().hgetall(key) if kind == b"hash" else None]
        if kind == b"string":
            found.append(await connection.client().get(key))
    return found


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer": "x"},
        {"attempt": "1"},
        {"answer": "x", "attempt": "0"},
        {"answer": "x", "attempt": "-1"},
        {"answer": "x", "attempt": "one"},
        {"answer": "x", "attempt": "²"},
    ],
)
def test_half_an_answer_is_refused(browser_of, ada, heron, form):
    response = browser_of(ada).post(url(heron), form)
    assert (response.status_code, response.json()["error"]) == (400, "bad_answer")


def test_an_answer_to_a_page_that_does_not_ask_is_refused(browser_of, ada, heron):
    assert browser_of(ada).post(url(heron, 5), {"answer": "x", "attempt": "1"}).status_code == 400


def test_an_answer_needs_the_token_of_the_reader_page(browser_of, ada, heron):
    browser = browser_of(ada, Client(enforce_csrf_checks=True))
    form = {"answer": "x", "attempt": "1"}
    assert browser.post(url(heron), form).status_code == 403
    boot = browser.get(f"/read/{heron.pk}/").context["boot"]
    answered = browser.post(url(heron), form, headers={"X-CSRFToken": boot["csrfToken"]})
    assert answered.status_code == 200


def test_only_children_who_may_read_the_book_are_asked(client, browser_of, dana, heron):
    unknown = client.get(url(heron))
    assert (unknown.status_code, unknown.json()["error"]) == (401, "not_signed_in")
    assert client.post(url(heron), {"answer": "x", "attempt": "1"}).status_code == 401
    other_school = browser_of(dana)
    assert other_school.get(url(heron)).status_code == 404
    assert other_school.post(url(heron), {"answer": "x", "attempt": "1"}).status_code == 404
    assert other_school.get("/api/books/999999/pages/1/prompt/").status_code == 404


def test_there_is_no_prompt_of_a_page_that_is_not_there(browser_of, ada, heron):
    assert browser_of(ada).get(url(heron, 6)).status_code == 404


def test_asking_and_judging_cost_no_query_once_the_book_is_open(
    browser_of, ada, heron, django_assert_num_queries
):
    browser = browser_of(ada)
    browser.get(url(heron))
    with django_assert_num_queries(0):
        browser.get(url(heron))
        browser.post(url(heron), {"answer": "x", "attempt": "1"})


def test_without_a_voice_the_prompt_is_shown(browser_of, ada, heron, monkeypatch):
    def silent(text, language):
        raise SpeechError("no voice today", retryable=True)

    monkeypatch.setattr(service, "speak", silent)
    data = browser_of(ada).get(url(heron)).json()
    assert (data["audioUrl"], data["wordTimes"]) == (None, [])
    assert data["text"]


@pytest.mark.parametrize("choice, pages", [("never", 0), ("sometimes", 3), ("every page", 1)])
def test_the_class_says_how_often_its_children_are_asked(browser_of, ada, foxes, heron, choice, pages):
    assert foxes.ask_at_page_end == AskAtPageEnd.NEVER
    foxes.ask_at_page_end = choice
    foxes.save()
    assert browser_of(ada).get(f"/read/{heron.pk}/").context["boot"]["pagesPerPrompt"] == pages


def test_a_teacher_finds_the_setting_in_the_admin(principal, foxes):
    page = principal.get(f"/admin/reading/classroom/{foxes.pk}/change/").content.decode()
    assert "ask_at_page_end" in page
    assert "at every third page" in page
    assert "Ask the children something about the page they have just heard" in page
