"""A child wonders about a word: what it is told at once, what a worker finds out, what is asked for once."""

import logging

import pytest
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from sessions import words
from sessions.live import blocking, connection
from sessions.models import Book, Page
from sessions.shelf import book_text
from sessions.words import says_something
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.setting_up import answered_by, flush_redis
from tests.sockets import cookie_for
from tutoring import tasks, word_help, word_place
from tutoring.narration import pending, service
from tutoring.narration.engine import SpeechError
from tutoring.tasks import explain_word
from tutoring.tutors.frames import frames

PAGES = [
    "Tiva was a young fox. Every evening she carried her “lantern” to the\nriver, and her brother rowed. "
    "A heron waited.",
    "The heron had lost his golden key.",
]
LANTERN, RIVER, HERON = 10, 13, 19
TO_THE_RIVER = "Every evening she carried her “lantern” to the river, and her brother rowed."


@pytest.fixture(autouse=True)
def world(settings, tmp_path, monkeypatch):
    """A place for this test's audio, a Redis that knows no word, and the test's one connection left open."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    flush_redis()


@pytest.fixture
def llm(settings):
    """The scripted model, configured as an operator would."""
    with ScriptedLlm() as llm, answered_by(settings, llm):
        yield llm


@pytest.fixture
def offline(settings):
    """No model is configured."""
    with answered_by(settings, None):
        yield


@pytest.fixture
def book(harbour) -> Book:
    """A story of Harbour School in two pages, with one word in its glossary."""
    return story(school=harbour, content_hash="tiva", glossary={"lantern": " A lamp that you can carry. "})


@pytest.fixture
def browser(client, dana):
    """Dana's browser."""
    return signed_in(client, dana)


@pytest.fixture
def jobs(monkeypatch) -> list[tuple[int, int]]:
    """The words that workers were asked for, as book and index."""
    queued: list[tuple[int, int]] = []
    monkeypatch.setattr(explain_word, "apply_async", lambda word, **_: queued.append(word))
    return queued


async def seconds_left(key: str) -> int:
    return await connection.client().ttl(f"word:{key}")


def story(**fields) -> Book:
    counts = [len(words.split(text)) for text in PAGES]
    book = Book.objects.create(title="Tiva", word_count=sum(counts), page_count=len(PAGES), **fields)
    for number, text in enumerate(PAGES):
        first = sum(counts[:number])
        Page.objects.create(
            book=book, number=number + 1, text=text, first_word=first, word_count=counts[number]
        )
    return book


def signed_in(client, student):
    name, _, value = cookie_for(student).partition("=")
    client.cookies[name] = value
    return client


def url(book: Book, index: int) -> str:
    return f"/api/books/{book.pk}/words/{index}/"


def work(book: Book, index: int) -> None:
    """Do what a worker does with the job."""
    explain_word.apply((book.pk, index), throw=True)


def place_of(book: Book, index: int) -> word_place.Place:
    found = word_place.find(book_text(book.pk), index)
    assert found is not None
    return found


# --- What may be known of a word -------------------------------------------------------------------
def test_every_word_stands_in_its_sentence_and_nothing_behind_that_is_known(book):
    shown = [word.text for text in PAGES for word in words.split(text)]
    for index, displayed in enumerate(shown):
        place = place_of(book, index)
        assert place.word in displayed
        assert place.word in place.sentence
        assert " ".join(place.heard.split()).endswith(place.sentence)
        assert "golden" not in place.heard or index >= len(words.split(PAGES[0]))
    assert place_of(book, RIVER).sentence == TO_THE_RIVER
    assert word_place.find(book_text(book.pk), len(shown)) is None


def test_the_same_text_is_one_place_whoevers_book_it_is_in_and_another_sentence_is_another(book, willow):
    again = story(school=willow, content_hash="tiva", glossary=book.glossary)
    assert place_of(again, HERON).key == place_of(book, HERON).key
    assert place_of(again, HERON).key != place_of(book, HERON + 3).key
    other_words = story(content_hash="other", glossary={"heron": "A tall bird."})
    assert place_of(other_words, HERON).key != place_of(book, HERON).key


# --- From the tap to the voice ---------------------------------------------------------------------
def test_a_word_is_shown_at_once_asked_for_once_and_then_said_and_explained(browser, book, jobs, llm):
    llm.script(Reply("A river is a long water. It runs to the sea. Boats go on it."))
    for _ in range(3):
        waiting = browser.get(url(book, RIVER))
        assert (waiting.status_code, waiting["Cache-Control"]) == (202, "no-store")
        assert waiting.json() == {
            "word": "river", "syllables": [], "meaning": None, "source": None, "complete": False,
            "audioUrl": None, "wordTimes": [], "meaningAudioUrl": None, "retryAfterMs": 300,
        }  # fmt: skip
    assert jobs == [(book.pk, RIVER)]
    work(book, RIVER)
    ready = browser.get(url(book, RIVER))
    told = ready.json()
    assert (ready.status_code, ready["Cache-Control"]) == (200, "private, max-age=3600")
    assert (told["meaning"], told["source"]) == ("A river is a long water. It runs to the sea.", "model")
    assert (told["complete"], told["syllables"]) == (True, ["riv", "er"])
    assert "retryAfterMs" not in told
    ((start, end),) = told["wordTimes"]
    assert 0 <= start < end
    for sound in (told["audioUrl"], told["meaningAudioUrl"]):
        assert browser.get(sound)["Content-Type"] == "audio/flac"
    assert len(llm.requests) == len(jobs) == 1


def test_a_child_that_taps_word_after_word_still_hears_where_each_one_stands(
    browser, book, jobs, llm, settings
):
    settings.WORDS_AT_ONCE, settings.WORD_SECONDS = 1, 60
    assert [browser.get(url(book, RIVER)).status_code for _ in range(3)] == [202] * 3  # one word
    told = browser.get(url(book, HERON))
    assert (told.status_code, told["Cache-Control"]) == (200, "no-store")
    assert (told.json()["source"], told.json()["complete"]) == ("offline", True)
    assert "A heron waited." in told.json()["meaning"]
    assert jobs == [(book.pk, RIVER)]
    settings.WORD_SECONDS = 0
    assert browser.get(url(book, HERON)).status_code == 202  # nothing stands in the way of the next child


def test_the_model_hears_the_book_up_to_the_words_sentence_as_data(book, llm):
    work(book, RIVER)
    assert "golden" not in llm.heard()
    assert "heron" not in llm.heard()
    assert "</story>" in llm.heard()
    assert "What does the word “river” mean?" in llm.heard()


def test_a_word_is_heard_while_the_model_still_thinks(browser, book, jobs, llm, monkeypatch):
    meanwhile = []
    monkeypatch.setattr(
        word_help, "_by_a_model", lambda place: meanwhile.append(browser.get(url(book, RIVER)))
    )
    work(book, RIVER)
    (waiting,) = meanwhile
    assert waiting.status_code == 202
    assert waiting.json()["meaning"] is None
    assert browser.get(waiting.json()["audioUrl"]).status_code == 200


def test_a_class_that_wonders_about_a_word_asks_a_model_once_and_costs_no_query(
    browser, book, jobs, llm, django_assert_num_queries
):
    work(book, RIVER)
    with django_assert_num_queries(0):
        first = browser.get(url(book, RIVER))
        work(book, RIVER)  # a job that is handed out twice
        assert browser.get(url(book, RIVER)).json() == first.json()
    assert first.status_code == 200
    assert len(llm.requests) == 1
    assert jobs == []


def test_the_books_own_glossary_explains_at_once_and_no_model_is_asked(browser, book, jobs, llm):
    waiting = browser.get(url(book, LANTERN)).json()
    assert (waiting["word"], waiting["meaning"], waiting["source"]) == (
        "lantern", "A lamp that you can carry.", "glossary",
    )  # fmt: skip
    assert waiting["complete"] is False, "it has no voice yet"
    work(book, LANTERN)
    told = browser.get(url(book, LANTERN)).json()
    assert told["meaning"] == waiting["meaning"]
    assert told["complete"] and told["audioUrl"] and told["meaningAudioUrl"]
    assert llm.requests == []


# --- Without a model -----------------------------------------------------------------------------------
def assert_where_it_was_read(told: dict) -> None:
    assert told["meaning"] == frames("en").read_here.format(quote=TO_THE_RIVER)
    assert (told["source"], told["complete"]) == ("offline", True)


def test_without_a_model_the_child_is_shown_where_the_word_was_read(browser, book, jobs, offline):
    work(book, RIVER)
    response = browser.get(url(book, RIVER))
    assert_where_it_was_read(response.json())
    assert response["Cache-Control"] == "no-store"
    assert response.json()["audioUrl"] and response.json()["meaningAudioUrl"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=401),
        Reply("It is", fault=Fault.DROP),
        Reply(""),
        Reply("…"),
        Reply("wet " * 200),
    ],
    ids=["broken", "refused", "broken off", "empty", "says nothing", "endless"],
)
def test_a_model_that_cannot_explain_is_asked_again_a_little_later(book, browser, jobs, llm, reply):
    llm.default = reply
    work(book, RIVER)
    assert_where_it_was_read(browser.get(url(book, RIVER)).json())
    assert 0 < blocking.run(seconds_left(place_of(book, RIVER).key)) <= word_help.UNSURE_SECONDS


HARD = "A watercourse characterised by continuous gravitational movement."


def test_what_is_explained_in_harder_words_is_explained_again(book, browser, llm):
    llm.script(Reply(HARD), Reply("A river is water that runs to the sea."))
    work(book, RIVER)
    assert browser.get(url(book, RIVER)).json()["meaning"] == "A river is water that runs to the sea."
    llm.default = Reply(HARD)
    work(book, RIVER + 1)
    assert HARD not in str(browser.get(url(book, RIVER + 1)).json())


def test_a_model_that_says_what_is_not_for_children_is_not_repeated(book, browser, llm):
    llm.default = Reply("Look it up at www.example.com, my friend.")
    work(book, RIVER)
    assert_where_it_was_read(browser.get(url(book, RIVER)).json())


def test_what_a_model_explained_is_kept_for_days(book, llm):
    work(book, RIVER)
    assert blocking.run(seconds_left(place_of(book, RIVER).key)) > word_help.UNSURE_SECONDS


def test_a_model_is_given_no_marks_of_formatting_through(book, browser, llm):
    llm.script(Reply("**A river**\nis `water`."))
    work(book, RIVER)
    assert browser.get(url(book, RIVER)).json()["meaning"] == "A river is water."


def test_without_a_voice_the_text_is_told_alone(book, browser, llm, monkeypatch):
    def mute(text, language):
        raise SpeechError("no voice")

    monkeypatch.setattr(service, "speak", mute)
    work(book, RIVER)
    told = browser.get(url(book, RIVER)).json()
    assert told["complete"] and says_something(told["meaning"])
    assert (told["audioUrl"], told["wordTimes"], told["meaningAudioUrl"]) == (None, [], None)


# --- What fails ------------------------------------------------------------------------------------------
def test_without_a_broker_the_child_is_told_what_is_known(browser, book, monkeypatch):
    def away(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr(explain_word, "apply_async", away)
    response = browser.get(url(book, RIVER))
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert_where_it_was_read(response.json())
    assert pending.claim(place_of(book, RIVER).key) is pending.Claim.FAILED


def test_without_redis_too(browser, book, jobs, monkeypatch):
    browser.get(url(book, RIVER))

    def away(*_):
        raise RedisAway("away")

    monkeypatch.setattr(word_help, "known", away)
    monkeypatch.setattr(pending, "claim", away)
    assert_where_it_was_read(browser.get(url(book, RIVER)).json())
    assert browser.get(url(book, LANTERN)).json()["source"] == "glossary"


def test_a_worker_that_stumbles_says_so_and_the_child_does_not_wait(browser, book, jobs, monkeypatch):
    def stumble(place):
        raise ZeroDivisionError

    monkeypatch.setattr(word_help, "make", stumble)
    with pytest.raises(ZeroDivisionError):
        work(book, RIVER)
    assert_where_it_was_read(browser.get(url(book, RIVER)).json())
    assert jobs == []


def test_a_book_or_a_word_that_is_gone_since_is_no_error(book, llm):
    explain_word.apply((book.pk, 9_999), throw=True)
    explain_word.apply((404_404, 0), throw=True)
    assert llm.requests == []


def test_only_children_who_may_read_the_book_learn_of_its_words(client, ada, dana, book, jobs):
    unknown = client.get(url(book, RIVER))
    assert (unknown.status_code, unknown.json()["error"]) == (401, "not_signed_in")
    other_school = signed_in(client, ada).get(url(book, RIVER))
    assert (other_school.status_code, other_school.json()["error"]) == (404, "not_found")
    signed_in(client, dana)
    assert client.get(url(book, book.word_count)).status_code == 404
    assert client.get(f"/api/books/{book.pk}/words/{10**30}/").status_code == 404
    assert client.get("/api/books/404404/words/0/").status_code == 404
    assert jobs == []


def test_no_log_line_holds_a_word(browser, book, jobs, llm, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG, logger="tutoring")
    llm.script(Reply("Water that flows.", status=401))
    monkeypatch.setattr(service, "speak", lambda text, language: 1 / 0)
    work(book, RIVER)
    browser.get(url(book, RIVER))
    assert "TutorRefused" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    for private in ("river", "Tiva", "Water"):
        assert private not in caplog.text
