"""What a grown-up has to look at: kept once, listed for whom it concerns, and told without a word of it."""

import logging
import threading
import uuid
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Self

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from readerai.admin_menu import menu
from sessions.live.records import LiveQuestion
from sessions.models import Book, ReadingSession, Student
from tests.setting_up import flush_redis
from tutoring import flags, telling
from tutoring.models import Flag
from tutoring.safety.categories import Category
from tutoring.tasks import write_later
from tutoring.telling import tell_adults

pytestmark = pytest.mark.django_db

LIST = reverse("admin:tutoring_flag_changelist")
WORDS = "I want to kill myself"


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch) -> list[str]:
    """Redis is empty; what is sent to the broker is only noted."""
    flush_redis()
    sent: list[str] = []
    monkeypatch.setattr(tell_adults, "apply_async", lambda *_, **__: sent.append("tell"))
    return sent


@pytest.fixture
def book(db) -> Book:
    """A shared story."""
    return Book.objects.create(title="Tiva", content_hash="tiva", word_count=9, page_count=1)


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera of Willow School, who may look at flags and change them."""
    teacher = User.objects.get(username="rivera")
    teacher.user_permissions.set(Permission.objects.filter(codename__in=["view_flag", "change_flag"]))
    client = Client()
    client.force_login(teacher)
    return client


def asked(student: Student, book: Book) -> LiveQuestion:
    session, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    return LiveQuestion(
        str(uuid.uuid4()),
        str(session.pk),
        student.pk,
        book.pk,
        WORDS,
        4,
        1_790_000_000_000,
        "token",
        1,
        (),
        0,
    )


def flagged(student: Student, book: Book, category: Category = Category.SELF_HARM, text: str = WORDS) -> Flag:
    question = asked(student, book)
    flags.keep(question, Flag.Side.QUESTION, category, text)
    return Flag.objects.get(question_id=question.id)


def write_to(*teachers: str) -> None:
    """Give these teachers an address."""
    for name in teachers:
        User.objects.filter(username=name).update(email=f"{name}@willow.example")


def gone(*_, **__) -> None:
    raise OperationalError("gone")


def test_a_flag_says_who_what_and_when_and_is_kept_once(ada, book):
    question = asked(ada, book)
    for _ in range(2):  # a second worker finds it again
        flags.keep(question, Flag.Side.QUESTION, Category.SELF_HARM, WORDS)
    flag = Flag.objects.get()
    assert (str(flag.question_id), str(flag.session_id), flag.student) == (
        question.id,
        question.session_id,
        ada,
    )
    assert (flag.category, flag.side, flag.text, flag.status) == ("self-harm", "question", WORDS, "new")
    assert flag.created_at.timestamp() == question.asked_at_ms / 1000


def test_a_text_that_nobody_checked_is_nothing_to_look_at(ada, book):
    flags.keep(asked(ada, book), Flag.Side.QUESTION, Category.UNCHECKED, "Who is Tiva?")
    assert not Flag.objects.exists()


def test_with_postgresql_away_a_flag_waits_and_is_told_once_it_is_written(ada, book, monkeypatch, caplog):
    question = asked(ada, book)
    with monkeypatch.context() as away:
        away.setattr(Flag.objects, "get_or_create", gone)
        flags.keep(question, Flag.Side.ANSWER, Category.ABUSE, WORDS)
    assert not Flag.objects.exists()
    write_to("rivera")
    write_later()
    tell_adults()
    flag = Flag.objects.get()
    assert (flag.category, flag.side, flag.text) == ("abuse", "answer", WORDS)
    assert flag.told_at
    assert "kill" not in caplog.text


def test_with_the_session_gone_the_flag_stays_and_with_the_child_it_goes(ada, book):
    flag = flagged(ada, book)
    ReadingSession.objects.all().delete()
    flag.refresh_from_db()
    assert flag.session is None
    ada.delete()
    assert not Flag.objects.exists()


def test_the_teachers_of_the_class_are_told_once_and_in_no_word_of_the_child(ada, book, chidi, dana):
    write_to("rivera", "okafor", "lund")
    flagged(ada, book)
    flagged(ada, book, Category.ABUSE, "he touches me")
    tell_adults()
    tell_adults()
    [sent] = mail.outbox
    assert sent.to == ["rivera@willow.example"]
    assert f"http://localhost:8000{LIST}?status__exact=new" in sent.body
    assert "at once" in sent.body
    for private in ("Ada", "kill", "touches", "self-harm", "abuse"):
        assert private not in sent.subject + sent.body
    assert all(Flag.objects.values_list("told_at", flat=True))


@pytest.mark.parametrize(
    ("setting", "told"), [("none", set()), ("urgent", {"self-harm"}), ("all", {"self-harm", "hate"})]
)
def test_of_what_teachers_are_told_is_a_setting(ada, book, settings, nothing_waits, setting, told):
    settings.FLAG_EMAILS = setting
    write_to("rivera")
    flagged(ada, book)
    flagged(ada, book, Category.HATE, "...")
    assert len(nothing_waits) == len(told)  # at once, not with the next regular run
    tell_adults()
    assert set(Flag.objects.exclude(told_at=None).values_list("category", flat=True)) == told


class MailServer:
    """A mail server over real SMTP; `received` is what was handed in."""

    def __enter__(self) -> Self:
        self.received: list[str] = []
        taken = self.received

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 willow\r\n")
                for line in self.rfile:
                    command = line.strip().upper()
                    self.wfile.write(b"354 go on\r\n" if command == b"DATA" else b"250 OK\r\n")
                    if command == b"DATA":
                        taken.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                        self.wfile.write(b"250 OK\r\n")

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_mail_server_that_is_away_is_tried_again(ada, book, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    write_to("rivera")
    flagged(ada, book)
    with MailServer() as gone:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", gone.port
    tell_adults()
    assert Flag.objects.get().told_at is None
    assert "1 flags are not told yet: ConnectionRefusedError" in caplog.text
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        tell_adults()
        tell_adults()
    assert Flag.objects.get().told_at
    [message] = server.received
    assert "To: rivera@willow.example" in message and "kill" not in message


def test_a_class_without_an_address_is_not_told_and_a_seen_flag_neither(ada, book):
    flagged(ada, book)
    tell_adults()
    write_to("rivera")
    Flag.objects.update(status=Flag.Status.SEEN)
    tell_adults()
    assert mail.outbox == []


def test_a_broker_or_a_database_that_is_away_costs_a_log_line_only(ada, book, monkeypatch, caplog):
    def away(*_, **__) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(tell_adults, "apply_async", away)
    assert flagged(ada, book)
    monkeypatch.setattr(telling, "_tell", gone)
    tell_adults()
    assert caplog.messages[-2:] == [
        "teachers are told later: ConnectionError: gone",
        "flags wait for PostgreSQL: OperationalError",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_child_that_was_deleted_meanwhile_leaves_no_flag_and_no_word_in_the_log(book, caplog):
    caplog.set_level(logging.DEBUG)
    nobody = LiveQuestion(
        str(uuid.uuid4()), str(uuid.uuid4()), 0, book.pk, WORDS, 4, 1_790_000_000_000, "token", 1, (), 0
    )
    flags.keep(nobody, Flag.Side.QUESTION, Category.ABUSE, WORDS)
    assert not Flag.objects.exists()
    assert f"question {nobody.id} is not flagged: IntegrityError" in caplog.text
    assert "kill" not in caplog.text


def test_a_teacher_sees_and_searches_the_flags_of_the_own_school_only(rivera, ada, dana, book):
    flagged(ada, book, text="he touches me")
    elsewhere = flagged(dana, book, text="she hits me")
    page = rivera.get(LIST).content.decode()
    assert "he touches me" in page and "she hits me" not in page
    assert "he touches me" not in rivera.get(LIST, {"q": "river"}).content.decode()
    assert rivera.get(reverse("admin:tutoring_flag_change", args=[elsewhere.pk])).status_code != 200
    assert rivera.get(reverse("admin:tutoring_flag_add")).status_code == 403


def test_a_teacher_notes_what_was_done_and_changes_nothing_that_was_said(rivera, ada, book):
    flag = flagged(ada, book)
    address = reverse("admin:tutoring_flag_change", args=[flag.pk])
    assert WORDS in rivera.get(address).content.decode()
    rivera.post(address, {"status": "closed", "note": "Talked to her.", "text": "nothing"})
    flag.refresh_from_db()
    assert (flag.status, flag.note, flag.text) == ("closed", "Talked to her.", WORDS)
    assert flag.looked_at_by.username == "rivera"


def test_flags_are_marked_as_seen_and_what_is_closed_stays_closed(rivera, ada, dana, book):
    new, closed, elsewhere = flagged(ada, book), flagged(ada, book), flagged(dana, book)
    Flag.objects.filter(pk=closed.pk).update(status=Flag.Status.CLOSED)
    chosen = [str(flag.pk) for flag in (new, closed, elsewhere)]
    rivera.post(LIST, {"action": "mark_as_seen", "_selected_action": chosen})
    status = dict(Flag.objects.values_list("pk", "status"))
    assert status == {new.pk: "seen", closed.pk: "closed", elsewhere.pk: "new"}
    rivera.post(LIST, {"action": "mark_as_closed", "_selected_action": chosen})
    assert Flag.objects.get(pk=new.pk).status == "closed"


def test_the_menu_counts_what_nobody_has_looked_at(rf, rivera, ada, dana, book):
    def badge() -> int | None:
        request = rf.get("/admin/")
        request.user = User.objects.get(username="rivera")
        [item] = [item for group in menu(request) for item in group["items"] if item["link"] == LIST]
        return item.get("badge")

    assert badge() is None
    flagged(ada, book)
    flagged(ada, book)
    flagged(dana, book)
    assert badge() == 2
    Flag.objects.update(status=Flag.Status.SEEN)
    assert badge() is None
