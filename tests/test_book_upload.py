"""A head brings a book into the school's library, without a shell."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from sessions.admin import book_upload
from sessions.models import Book
from tutoring import tasks
from tutoring.narration import service

ADD = reverse("admin:reading_book_add")
STORY = b"The Kettle\n\nA kettle grumbled. Nobody knew why."


@pytest.fixture
def queued(monkeypatch) -> list[tuple]:
    """The books that were sent to be narrated."""
    sent: list[tuple] = []
    monkeypatch.setattr(tasks.narrate_book, "apply_async", lambda arguments, **_: sent.append(arguments))
    return sent


@pytest.fixture
def head(adeyemi) -> Client:
    client = Client()
    client.force_login(adeyemi)
    return client


def upload(client: Client, school, data: bytes = STORY, name: str = "kettle.txt", language: str = ""):
    file = SimpleUploadedFile(name, data)
    return client.post(ADD, {"file": file, "school": school and school.pk or "", "language": language})


def said(answer) -> str:
    return answer.content.decode()


def test_a_book_is_there_for_the_school_and_gets_its_voice(head, willow, queued):
    answer = upload(head, willow)
    book = Book.objects.get()
    assert answer.url == reverse("admin:reading_book_change", args=[book.pk])
    assert (book.title, book.school, book.word_count) == ("The Kettle", willow, 6)
    assert queued == [(book.pk,)]


def test_the_same_book_twice_is_once(head, willow, queued):
    upload(head, willow)
    upload(head, willow)
    assert Book.objects.count() == 1
    assert len(queued) == 1


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"%PDF-1.7", "kettle.pdf", "is no kind of book that can be imported"),
        (b"PK\x03\x04 cut off", "kettle.epub", "This file "),
        (b"\xff\xfe\xff", "kettle.txt", "This file "),
        (b" ", "kettle.txt", "This file "),
        (STORY, "../../etc/kettle.exe", "is no kind of book that can be imported"),
    ],
)
def test_what_is_no_book_is_refused_with_a_reason(head, willow, queued, data, name, reason):
    answer = upload(head, willow, data, name)
    assert answer.status_code == 200
    assert reason in said(answer)
    assert not Book.objects.exists()
    assert queued == []


def test_a_file_that_is_too_large_is_not_read(head, willow, monkeypatch):
    monkeypatch.setattr(book_upload, "MAX_UPLOAD_BYTES", 10)
    assert "save it without them" in said(upload(head, willow))
    assert not Book.objects.exists()


def test_a_wrong_language_is_said(head, willow):
    assert "klingon! is no language tag" in said(upload(head, willow, language="klingon!"))


def test_a_head_adds_no_book_to_another_school_and_none_for_all(head, harbour, willow):
    for school in (harbour, None):
        assert upload(head, school).status_code == 200
    assert not Book.objects.exists()


def test_only_a_superuser_adds_a_book_for_every_school(principal, queued):
    assert upload(principal, None).status_code == 302
    assert Book.objects.get().school is None


def test_a_broker_that_takes_nothing_keeps_no_book_out_and_is_quoted(head, willow, monkeypatch, caplog):
    def away(*_, **__):
        raise OperationalError("gone")

    monkeypatch.setattr(tasks.narrate_book, "apply_async", away)
    assert upload(head, willow).status_code == 302
    assert (
        f"book {Book.objects.get().pk} is narrated as it is read: OperationalError: gone" in caplog.messages
    )


def test_a_book_is_narrated_page_by_page_and_a_deleted_one_is_left(head, willow, queued, monkeypatch):
    upload(head, willow)
    book = Book.objects.get()
    voiced, next_pages = [], []
    monkeypatch.setattr(service, "voice", lambda text, language: voiced.append((text, language)))
    monkeypatch.setattr(tasks.narrate_book, "delay", lambda *arguments: next_pages.append(arguments))
    tasks.narrate_book(book.pk)
    assert voiced == [(book.pages.get().text, "en")]
    assert next_pages == [(book.pk, 2)]
    tasks.narrate_book(book.pk, 2)
    book.delete()
    tasks.narrate_book(book.pk)
    assert len(voiced) == len(next_pages) == 1


def test_a_list_without_rows_says_what_to_do(head):
    assert "Children sign in with their class code" in said(
        head.get(reverse("admin:reading_readingsession_changelist"))
    )
    searched = said(head.get(reverse("admin:reading_readingsession_changelist"), {"q": "nobody"}))
    assert "Nothing here matches" in searched
