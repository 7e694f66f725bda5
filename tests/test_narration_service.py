"""Narrations are made once and kept; the Celery task that makes a page's."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from celery.exceptions import Retry
from django.core.files.storage import default_storage
from django.db import OperationalError as DatabaseAway
from django.db import connection
from redis.exceptions import ConnectionError as RedisAway

from sessions.models import Book, Page
from sessions.recent import Recent
from sessions.words import split
from tests.samples import Growth
from tests.scripted_speech import ScriptedSpeech
from tests.setting_up import flush_redis
from tests.test_timing import assert_contract
from tutoring import later
from tutoring.models import Narration
from tutoring.narration import encoding, known, pending, service
from tutoring.narration.engine import SpeechError
from tutoring.tasks import narrate_page

TEXT = "“Who?” asked the owl.\n\nNobody answered."


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    """Where this test's audio goes; nothing is known of what other tests made."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    flush_redis()
    return settings.MEDIA_ROOT


@pytest.fixture
def page(db) -> Page:
    """The only page of a book of every school."""
    words = len(split(TEXT))
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=words, page_count=1)
    return Page.objects.create(book=book, number=1, text=TEXT, first_word=0, word_count=words)


@pytest.fixture
def speech(settings):
    """A speech server, configured."""
    with ScriptedSpeech() as server:
        settings.SPEECH_BASE_URL = server.url
        yield server


def files(media):
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def test_a_text_is_voiced_and_kept_with_a_time_for_every_word(db, media):
    narration = service.voice(TEXT, "en")
    assert files(media) == [f"{narration.key}.mp3"]
    assert narration.audio.name == f"narration/{narration.key}.mp3"
    assert narration.voice.startswith("espeak-ng ")
    with narration.audio.open() as file:
        assert encoding.duration_ms(file.read()) == narration.duration_ms
    stored = Narration.objects.get()
    assert_contract(stored.word_times, len(split(TEXT)), 0, narration.duration_ms)


def test_the_same_text_is_voiced_once(db, speech):
    first = service.voice(TEXT, "en")
    assert service.voice(TEXT, "en") == first
    assert len(speech.requests) == 1
    assert first.voice.startswith("tts-1 alloy")


def test_text_voice_language_and_what_is_displayed_each_make_another_key(db, settings):
    keys = {service.key_for(TEXT, "en"), service.key_for(TEXT, "en-US"), service.key_for(TEXT + "!", "en")}
    settings.SPEECH_VOICE = "+f3"
    keys.add(service.key_for(TEXT, "en"))
    settings.SPEECH_BASE_URL = "http://127.0.0.1:1/v1"
    keys.add(service.key_for(TEXT, "en"))
    assert len(keys) == 5
    assert service.key_for("“Owl”", "en") != service.key_for("Owl", "en")


def test_a_lost_file_is_made_again_with_its_times(db, media, speech):
    narration = service.voice(TEXT, "en")
    default_storage.delete(narration.audio.name)
    Narration.objects.update(duration_ms=1, word_times=[])
    service.voice(TEXT, "en")
    again = Narration.objects.get()
    assert files(media) == [f"{narration.key}.mp3"]
    assert (again.duration_ms, len(again.word_times)) == (narration.duration_ms, len(split(TEXT)))


def test_a_file_left_by_a_worker_that_died_is_replaced(db, media):
    key = service.key_for(TEXT, "en")
    default_storage.save(service.file_name(key), io.BytesIO(b"half a fi"))
    service.voice(TEXT, "en")
    assert files(media) == [f"{key}.mp3"]
    assert (media / service.file_name(key)).read_bytes()[:1] == b"\xff"


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_end_with_one_row_and_one_file(media, monkeypatch):
    barrier = Barrier(4)
    record = service.record

    def record_at_the_same_moment(text, language):
        recording = record(text, language)
        barrier.wait(10)
        return recording

    monkeypatch.setattr(service, "record", record_at_the_same_moment)

    def work(_):
        try:
            return service.voice(TEXT, "en").key
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(work, range(4)))
    assert keys == {Narration.objects.get().key}
    assert files(media) == [f"{keys.pop()}.mp3"]


def test_a_storage_that_fails_leaves_no_row_and_may_work_later(db, media):
    media.write_text("a file where the folder should be")
    for make in (service.voice, service.speak):
        with pytest.raises(SpeechError, match="the narration storage failed: ") as failure:
            make(TEXT, "en")
        assert failure.value.retryable
    assert service.write_rows() == 0
    assert not Narration.objects.exists()


def test_a_sentence_is_voiced_without_sql_and_its_row_follows(db, media, django_assert_num_queries):
    with django_assert_num_queries(0):
        spoken = service.speak(TEXT, "en")
    assert_contract(spoken.word_times, len(split(TEXT)), 0, spoken.duration_ms)
    name = spoken.audio_url.rpartition("/")[2]
    assert files(media) == [name]
    assert encoding.duration_ms((media / "narration" / name).read_bytes()) == spoken.duration_ms
    assert not Narration.objects.exists()
    assert service.write_rows() == 1
    row = Narration.objects.get()
    assert service.spoken(row) == spoken
    assert row.audio.name == f"narration/{name}"
    assert row.voice.startswith("espeak-ng ")


def test_the_same_sentence_is_voiced_once_for_all_processes(db, speech, monkeypatch):
    first = service.speak(TEXT, "en")
    assert service.speak(TEXT, "en") == first
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    assert service.speak(TEXT, "en") == first
    assert len(speech.requests) == 1
    service.speak(TEXT, "en-GB"), service.speak(TEXT + "!", "en")
    assert service.write_rows() == 2, "the voice of this server is the same for every English"


def test_a_sentence_that_only_its_row_remembers_is_recalled_and_not_paid_again(db, speech, monkeypatch):
    first = service.speak_answer("A fox.", "en")
    service.write_rows()
    flush_redis()
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    service.recall_answer("A fox.", "en")
    service.recall_answer("An owl, never heard.", "en")
    assert service.speak_answer("A fox.", "en") == first
    assert len(speech.requests) == 1


def test_a_sentence_whose_file_was_deleted_is_voiced_again(db, media):
    first = service.speak(TEXT, "en")
    (media / "narration" / first.audio_url.rpartition("/")[2]).unlink()
    again = service.speak(TEXT, "en")
    assert files(media) == [again.audio_url.rpartition("/")[2]]


def test_a_sentence_and_a_page_of_the_same_words_are_kept_apart(db, media):
    narration = service.voice(TEXT, "en")
    spoken = service.speak(TEXT, "en")
    assert spoken.audio_url.endswith(".flac")
    assert service.audio_url(narration).endswith(f"{narration.key}.mp3")
    service.write_rows()
    assert Narration.objects.count() == 2


def test_with_redis_away_a_sentence_has_its_voice(media, monkeypatch):
    def away(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    monkeypatch.setattr(known, "run", away)
    monkeypatch.setattr(later, "run", away)
    spoken = service.speak(TEXT, "en")
    assert service.speak(TEXT, "en") == spoken, "this process knows it"


def test_with_postgresql_away_a_page_is_voiced_and_its_row_follows(db, media, monkeypatch):
    def away(key):
        raise DatabaseAway("gone")

    with monkeypatch.context() as patch:
        patch.setattr(service, "find", away)
        narration = service.voice(TEXT, "en")
    assert files(media) == [narration.audio.name.removeprefix("narration/")]
    assert not Narration.objects.exists()
    assert service.write_rows() == 1
    assert service.voice(TEXT, "en") == Narration.objects.get() == narration


def test_what_was_voiced_in_an_outage_does_not_touch_what_was_there_before(db, media, monkeypatch):
    def away(key):
        raise DatabaseAway("gone")

    before = service.voice(TEXT, "en")
    audio = (media / before.audio.name).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(service, "find", away)
        meanwhile = service.voice(TEXT, "en")
    service.write_rows()
    assert (media / before.audio.name).read_bytes() == audio
    assert Narration.objects.get().audio.name == before.audio.name != meanwhile.audio.name


def test_a_text_with_nothing_to_say_is_a_moment_of_silence(db):
    narration = service.voice("😀 😀", "en")
    assert_contract(narration.word_times, 2, 0, narration.duration_ms)
    assert service.voice("", "en").word_times == []


def test_the_task_narrates_a_page_and_running_it_again_changes_nothing(page, media):
    narrate_page.apply((page.book_id, 1), throw=True)
    first = Narration.objects.get()
    narrate_page.apply((page.book_id, 1), throw=True)
    assert Narration.objects.get().created_at == first.created_at
    assert len(files(media)) == 1


def test_the_task_lets_a_deleted_page_be(db):
    narrate_page.apply((404, 1), throw=True)
    assert not Narration.objects.exists()


def test_of_all_who_want_a_page_one_is_told_to_ask(page):
    assert [pending.claim(page.pk) for _ in range(3)] == ["yours", "asked", "asked"]
    narrate_page.apply((page.book_id, 1), throw=True)
    assert pending.claim(page.pk) is pending.Claim.YOURS


def test_a_language_without_a_voice_fails_in_one_log_line(page, caplog):
    Book.objects.update(language="xx")
    narrate_page.apply((page.book_id, 1), throw=True)
    assert [record.getMessage() for record in caplog.records if record.name == "tutoring.tasks"] == [
        f"page {page.pk} cannot be narrated: espeak-ng has no voice for the language 'xx'"
    ]


def test_a_speech_server_in_trouble_is_tried_three_times_and_then_given_up_for_a_while(page, speech):
    speech.script.extend([401])
    narrate_page.apply((page.book_id, 1), throw=True)
    assert len(speech.requests) == 1
    assert pending.claim(page.pk) is pending.Claim.FAILED

    speech.script.extend([500] * 9)
    with pytest.raises(Retry):
        narrate_page.apply((page.book_id, 1), throw=True, retries=0)
    assert pending.claim(page.pk) is pending.Claim.ASKED
    narrate_page.apply((page.book_id, 1), throw=True, retries=2)
    assert pending.claim(page.pk) is pending.Claim.FAILED


def test_an_answers_voice_is_no_other_texts_and_is_forgotten_whole(db, media, client):
    phrase, answer = service.speak(TEXT, "en"), service.speak_answer(TEXT, "en")
    assert answer.audio_url.startswith("/media/answers/")
    assert "private" in client.get(answer.audio_url)["Cache-Control"]
    for written in (0, 1):  # its row may be there or still wait
        service.forget([service.answer_key(TEXT, "en")])
        assert not list((media / "answers").iterdir())
        assert client.get(answer.audio_url).status_code == 404
        assert client.get(phrase.audio_url).status_code == 200
        service.write_rows()
        assert Narration.objects.count() == 1
        if not written:
            service.speak_answer(TEXT, "en")
            service.write_rows()
            assert Narration.objects.count() == 2


def test_how_much_was_voiced_is_counted_and_how_long_it_took():
    audio = Growth("tts_audio_seconds_total", kind="page")
    took = Growth("tts_engine_seconds_total", kind="page")
    recording = service.record("Mira saw an owl.", "en")
    assert audio() == pytest.approx(recording.duration_ms / 1000)
    assert took() > 0
