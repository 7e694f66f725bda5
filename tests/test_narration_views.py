"""What the reader page fetches: a page's narration, and its audio as players ask for it."""

import pytest
from django.db import OperationalError as DatabaseAway
from hypothesis import given
from hypothesis import strategies as st
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from sessions.models import Book, Page
from sessions.recent import Recent
from sessions.words import split
from tests.setting_up import flush_redis
from tests.sockets import cookie_for
from tests.test_timing import assert_contract
from tutoring.models import Narration
from tutoring.narration import known, pending, ranges, service
from tutoring.tasks import narrate_page

TEXT = "“Who?” asked the owl.\n\nNobody answered."
YEAR = "public, max-age=31536000, immutable"


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    """Where this test's audio goes; nothing is known of what other tests made."""
    settings.MEDIA_ROOT = tmp_path / "media"
    flush_redis()
    forget(monkeypatch)


@pytest.fixture
def page(harbour) -> Page:
    """The only page of a book of Harbour School."""
    words = len(split(TEXT))
    book = Book.objects.create(
        school=harbour, title="The Owl", content_hash="owl", word_count=words, page_count=1
    )
    return Page.objects.create(book=book, number=1, text=TEXT, first_word=0, word_count=words)


@pytest.fixture
def jobs(monkeypatch) -> list[tuple[int, int]]:
    """The pages that were queued for narration, as book and number."""
    queued: list[tuple[int, int]] = []
    monkeypatch.setattr(narrate_page, "apply_async", lambda page, **_: queued.append(page))
    return queued


def signed_in(client, student):
    name, _, value = cookie_for(student).partition("=")
    client.cookies[name] = value
    return client


@pytest.fixture
def browser(client, dana):
    """Dana's browser."""
    return signed_in(client, dana)


@pytest.fixture
def audio_url(db) -> str:
    """The address of a narration's audio."""
    return service.audio_url(service.voice(TEXT, "en"))


def forget(monkeypatch) -> None:
    """As another process would, know no narration."""
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))


def url(page) -> str:
    return f"/api/books/{page.book_id}/pages/{page.number}/narration/"


def test_a_page_that_is_not_narrated_is_asked_for_once_and_then_there(browser, page, jobs):
    for _ in range(3):
        waiting = browser.get(url(page))
        assert (waiting.status_code, waiting.json()) == (202, {"retryAfterMs": 500})
        assert waiting["Retry-After"] == "1"
    assert jobs == [(page.book_id, 1)]
    narrate_page.apply((page.book_id, 1), throw=True)
    ready = browser.get(url(page))
    assert ready.status_code == 200
    assert set(ready.json()) == {"audioUrl", "durationMs", "wordTimes"}
    times = [tuple(interval) for interval in ready.json()["wordTimes"]]
    assert_contract(times, page.word_count, 0, ready.json()["durationMs"])
    assert browser.get(ready.json()["audioUrl"])["Content-Type"] == "audio/mpeg"


def test_a_narrated_page_costs_no_query(browser, page, monkeypatch, django_assert_num_queries):
    narration = service.voice(TEXT, "en")
    first = browser.get(url(page)).json()
    with django_assert_num_queries(0):
        assert browser.get(url(page)).json() == first
        forget(monkeypatch)  # another process
        assert browser.get(url(page)).json() == first
    assert first["durationMs"] == narration.duration_ms
    assert first["wordTimes"] == [list(interval) for interval in narration.word_times]


def test_a_narration_that_redis_has_lost_is_found_in_postgresql(
    browser, page, monkeypatch, django_assert_num_queries
):
    service.voice(TEXT, "en")
    first = browser.get(url(page)).json()
    flush_redis()
    forget(monkeypatch)
    assert browser.get(url(page)).json() == first
    with django_assert_num_queries(0):
        assert browser.get(url(page)).json() == first


def test_with_postgresql_away_an_unknown_narration_is_asked_for_and_nobody_else_waits(
    browser, page, jobs, monkeypatch
):
    asked = []

    def away(key):
        asked.append(key)
        raise DatabaseAway("gone")

    monkeypatch.setattr(service, "_away_until", 0.0)
    monkeypatch.setattr(service, "find", away)
    for _ in range(3):
        assert browser.get(url(page)).status_code == 202
    assert len(asked) == 1
    assert jobs == [(page.book_id, 1)]
    narrate_page.apply((page.book_id, 1), throw=True)
    assert browser.get(url(page)).status_code == 200
    assert not Narration.objects.exists()
    service.write_rows()
    assert Narration.objects.get().duration_ms == browser.get(url(page)).json()["durationMs"]


def test_only_children_who_may_read_the_book_get_its_narration(client, ada, page, jobs):
    unknown = client.get(url(page))
    assert (unknown.status_code, unknown.json()["error"]) == (401, "not_signed_in")
    other_school = signed_in(client, ada).get(url(page))
    assert (other_school.status_code, other_school.json()["error"]) == (404, "not_found")
    assert client.get(url(page).replace("pages/1", "pages/2")).status_code == 404
    assert client.get("/api/books/999999/pages/1/narration/").status_code == 404
    assert jobs == []


def assert_kind_refusal(response):
    assert response.status_code == 503
    assert response.json()["error"] == "narration_unavailable"
    assert "try again in a little while" in response.json()["message"]
    assert response["Retry-After"] == "30"


def test_a_narration_that_failed_says_so_kindly_and_can_be_asked_for_later(browser, page, jobs):
    pending.fail(page.pk)
    assert_kind_refusal(browser.get(url(page)))
    pending.forget(page.pk)
    assert browser.get(url(page)).status_code == 202


def test_a_language_without_a_voice_is_refused_without_a_job(browser, page, jobs):
    Book.objects.update(language="xx")
    assert_kind_refusal(browser.get(url(page)))
    assert jobs == []


def test_without_a_broker_the_child_is_told_and_the_broker_left_alone_for_a_while(
    browser, page, monkeypatch, caplog
):
    def away(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr(narrate_page, "apply_async", away)
    assert_kind_refusal(browser.get(url(page)))
    assert pending.claim(page.pk) is pending.Claim.FAILED
    assert f"{narrate_page.name} {page.pk} was not queued: OperationalError: away" in caplog.messages


def test_without_redis_a_narrated_page_is_still_there(browser, page, monkeypatch):
    def away(page_id):
        raise RedisAway("away")

    monkeypatch.setattr(pending, "claim", away)
    assert_kind_refusal(browser.get(url(page)))
    service.voice(TEXT, "en")
    assert browser.get(url(page)).status_code == 200


def test_audio_is_kept_for_ever_and_costs_no_query(client, audio_url, django_assert_num_queries):
    with django_assert_num_queries(0):
        whole = client.get(audio_url)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/mpeg", "bytes")
    assert whole["Cache-Control"] == YEAR
    assert int(whole["Content-Length"]) == len(whole.content) > 5_000
    head = client.head(audio_url)
    assert (head.content, head["Content-Length"]) == (b"", whole["Content-Length"])


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, -1),
        ("bytes=100-299", 100, 299),
        ("bytes=-5", -5, -1),
        ("bytes=9-999999999", 9, -1),
    ],
)
def test_a_player_gets_the_range_it_asks_for(client, audio_url, asked, first, last):
    whole = client.get(audio_url).content
    first, last = first % len(whole), last % len(whole)
    part = client.get(audio_url, headers={"range": asked})
    assert part.status_code == 206
    assert part.content == whole[first : last + 1]
    assert part["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert part["Cache-Control"] == YEAR


@pytest.mark.parametrize("asked", ["bytes=9999999-", "bytes=-0"])
def test_a_range_outside_the_file_is_refused_with_its_size(client, audio_url, asked):
    size = len(client.get(audio_url).content)
    refused = client.get(audio_url, headers={"range": asked})
    assert (refused.status_code, refused["Content-Range"], refused.content) == (416, f"bytes */{size}", b"")


@pytest.mark.parametrize(
    "asked", ["bytes=5-1", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=٣-٤"]
)
def test_what_is_no_single_range_gets_the_whole_file(client, audio_url, asked):
    assert client.get(audio_url, headers={"range": asked}).status_code == 200


def test_a_sentence_is_sent_as_what_it_is(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(service.speak(TEXT, "en").audio_url)
    assert (answer.status_code, answer["Content-Type"], answer.content[:4]) == (200, "audio/flac", b"fLaC")


def test_a_part_is_sent_only_of_the_file_the_browser_knows(client, audio_url):
    etag = client.get(audio_url)["ETag"]
    same = client.get(audio_url, headers={"range": "bytes=0-9", "if-range": etag})
    other = client.get(audio_url, headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    unchanged = client.get(audio_url, headers={"if-none-match": f'"x", {etag}'})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    "path",
    [
        "/media/narration/" + "0" * 64 + ".mp3",
        "/media/narration/../../manage.py",
        "/media/narration/%2e%2e%2f" + "a" * 64 + ".mp3",
        "/media/narration/" + "G" * 64 + ".mp3",
        "/media/narration/" + "a" * 63 + ".mp3",
        "/media/narration/" + "a" * 64 + ".mp3%0a",
        "/media/narration/" + "a" * 64 + ".wav",
        "/media/",
    ],
)
def test_no_other_path_leads_to_a_file(client, audio_url, path):
    assert client.get(path).status_code == 404


def test_audio_that_lies_elsewhere_is_redirected_to(client, audio_url, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "readings", "custom_domain": "cdn.example", "querystring_auth": False},
        },
    }
    response = client.get(audio_url)
    key = Narration.objects.get().key
    assert (response.status_code, response["Location"]) == (302, f"https://cdn.example/narration/{key}.mp3")
    assert "immutable" not in response.get("Cache-Control", "")


@given(
    st.text(alphabet="bytes=0123456789-, ", max_size=20) | st.from_regex(ranges._RANGE), st.integers(0, 100)
)
def test_a_range_always_lies_within_the_file(header, size):
    try:
        found = ranges.parse(header, size)
    except ranges.Unsatisfiable:
        return
    if found:
        assert 0 <= found[0] < found[1] <= size
