"""A child is erased: nothing of it remains, whatever way it goes and whatever is under way just then."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import db
from django.core.management import CommandError, call_command
from django.db.models.signals import pre_delete
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from sessions import checkpoint, protocol, throttle, tickets, words
from sessions.live import erasing, keys, ledger, places, store, worker
from sessions.live.blocking import run
from sessions.live.connection import client as redis_client
from sessions.live.records import LiveQuestion, Seed
from sessions.models import AuditEntry, Book, Classroom, Page, ReadingSession, Student
from sessions.recent import Recent
from tests.scripted_llm import Reply, ScriptedLlm
from tests.setting_up import answered_by, flush_redis
from tests.traces import files, found
from tutoring import flags, hearing, turns
from tutoring.models import CachedAnswer, Flag, Question
from tutoring.narration import known, service
from tutoring.privacy import erasure
from tutoring.safety.categories import Category
from tutoring.tasks import answer_question, write_later

pytestmark = pytest.mark.django_db(transaction=True)

STORY = "Tiva was a young fox who lived under the old mill. Every evening she carried her lantern."
NAME = "Zebulon"
ASKED, TOLD = "Where is the marmalade of the fox?", "The marmalade is under the mill."
WAITS, SAID = "Is the pudding of the fox there?", "The pudding is gone."
ALARMING = "somebody hits me with a broomstick"
OF_THE_CHILD = (NAME, "marmalade", "pudding", "broomstick")


@pytest.fixture(autouse=True)
def nothing_is_kept(settings, tmp_path: Path, monkeypatch) -> None:
    """Media, Redis and this process's memory are empty; the test's threads keep their connection."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    monkeypatch.setattr(db, "close_old_connections", lambda: None)
    flush_redis()


@pytest.fixture
def llm(settings):
    """A model that knows where the marmalade is."""
    with ScriptedLlm(default=Reply(TOLD)) as llm, answered_by(settings, llm):
        yield llm


@pytest.fixture
def book(db) -> Book:
    """A story for every school."""
    count = len(words.split(STORY))
    book = Book.objects.create(title="Tiva", content_hash="1" * 64, word_count=count, page_count=1)
    Page.objects.create(book=book, number=1, text=STORY, first_word=0, word_count=count)
    return book


@pytest.fixture
def zebulon(foxes) -> Student:
    """A Fox whose name and words are like no other's."""
    return Student.objects.create(classroom=foxes, name=NAME)


def reads(student: Student, book: Book) -> str:
    """Open the book as the child's tablet does; return the session's id."""
    row, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    session_id = str(row.pk)
    run(store.seed(store.Seed(session_id, student.pk, book.pk, book.word_count, 16, 0, store.now())))
    run(store.restore(session_id, student.pk, "a-socket", "", protocol.HelloPayload()))
    return session_id


def asks(session_id: str, text: str = ASKED) -> str:
    question = protocol.AskedQuestion(str(uuid.uuid4()), text, protocol.Position(16, 0))
    run(store.ask(session_id, "a-socket", question))
    return question.id


def leaves_everything(student: Student, book: Book) -> str:
    """Let a child leave a trace wherever one can be left; return the session's id."""
    session_id = reads(student, book)
    answered = asks(session_id)
    answer_question(session_id, answered)
    kept_as = Question.objects.get(pk=answered).kept_as
    CachedAnswer.objects.create(
        key=kept_as, book=book, page=1, question=ASKED, sentences=[TOLD], model="owl-1", heard_length=9
    )
    hearing.note(session_id, answered, 1, 900)
    _waits_for_postgresql(session_id)
    open_question = asks(session_id, WAITS)
    question = run(ledger.claim(session_id, open_question, "a-worker-that-dies"))
    service.speak_answer(SAID, "en")
    sentence = protocol.AnswerSentencePayload(open_question, 0, SAID, tuple(SAID.split()), None, ())
    worker.publish(question, protocol.AnswerSentence(sentence))
    alarm = LiveQuestion(
        str(uuid.uuid4()), session_id, student.pk, book.pk, ALARMING, 4, 1_790_000_000_000, "t", 1, (), 0
    )
    flags.keep(alarm, Flag.Side.QUESTION, Category.ABUSE, ALARMING)
    flags._later.keep(str(uuid.uuid4()), {"session_id": session_id, "text": ALARMING})
    throttle.take(throttle.Tries(throttle.STUDENT, student.pk))
    return session_id


def _waits_for_postgresql(session_id: str) -> None:
    told = service.speak_answer("The pudding was big.", "en")
    assert told.audio_url
    turns._later.keep(
        row_id := str(uuid.uuid4()),
        {
            "id": row_id, "session_id": session_id, "word_index": 3, "question": WAITS, "answer": SAID,
            "outcome": "answered", "asked_at": datetime(2026, 11, 23, tzinfo=UTC),
            "voices": [service.answer_key("The pudding was big.", "en")],
        },
    )  # fmt: skip


def mark_of(session_id: str) -> str:
    """Return the one place where the number of an erased reading stands for a while."""
    return f"Redis {keys.erased(session_id)}"


def by_the_head(page: str, **fields: object) -> Callable[[Student], None]:
    """Return a way to go: Ms Adeyemi sends this page of the admin."""

    def go(student: Student) -> None:
        client = Client()
        client.force_login(student.classroom.school.staff.get(username="adeyemi"))
        address = reverse(f"admin:reading_student_{page}", args=[] if page == "changelist" else [student.pk])
        chosen = {name: value or student.pk for name, value in fields.items()}
        assert client.post(address, {"post": "yes", **chosen}).status_code == 302

    return go


WAYS: dict[str, Callable[[Student], object]] = {
    "erased": erasure.erase,
    "by the command": lambda student: call_command("erase_student", str(student.pk), "--yes", verbosity=0),
    "deleted in the admin": by_the_head("delete"),
    "ticked and deleted in the admin": by_the_head(
        "changelist", action="delete_selected", _selected_action=0
    ),
    "with the class": lambda student: student.classroom.delete(),
    "with the school": lambda student: student.classroom.school.delete(),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_an_erased_child_remains(way, llm, zebulon, book, adeyemi):
    session_id = leaves_everything(zebulon, book)
    before = found(*OF_THE_CHILD, session_id)
    assert {
        "table reading_student", "table reading_readingsession", "table tutoring_question",
        "table tutoring_flag", "table tutoring_cachedanswer", "Redis turns:later", "Redis flags:later",
        "Redis heard:later", "Redis reading:dirty", "Redis reading:due",
        *(f"Redis session:{{{session_id}}}{part}" for part in ("", ":outbox", ":questions")),
    } <= before  # fmt: skip
    assert any(place.startswith("Redis answer:") for place in before)
    assert len(files("answers")) == 3
    tries = f"tries:student:{zebulon.pk}"
    assert found(tries)
    WAYS[way](zebulon)
    write_later()
    assert found(*OF_THE_CHILD, session_id, tries) == {mark_of(session_id)}
    assert files("answers") == set()
    assert not found("answers/"), "nor does anything lead to audio that is gone"


def test_what_others_were_told_stays_or_is_made_again(llm, zebulon, ben, book):
    leaves_everything(zebulon, book)
    of_ben = reads(ben, book)
    llm.script(Reply("Tiva is a fox."))
    answer_question(of_ben, asks(of_ben, "Who is Tiva?"))
    both = asks(of_ben)
    answer_question(of_ben, both)
    requests = len(llm.requests)
    erasure.erase(zebulon)
    assert run(places.positions([of_ben]))[0] is not None
    assert Question.objects.count() == 2
    assert len(files("answers")) == 1, "who Tiva is"
    answer_question(of_ben, asks(of_ben))
    assert len(llm.requests) == requests + 1, "the answer kept of the erased child is gone"
    assert len(files("answers")) == 2


def test_who_is_erased_in_mid_answer_leaves_nothing_though_the_worker_goes_on(
    llm, zebulon, book, monkeypatch
):
    session_id = reads(zebulon, book)
    publish = worker.publish

    def publish_and_erase(question: LiveQuestion, message: protocol.DurableMessage) -> int | None:
        seq = publish(question, message)
        if Student.objects.filter(name=NAME).exists():
            erasure.erase(zebulon)
        return seq

    monkeypatch.setattr(worker, "publish", publish_and_erase)
    llm.script(Reply(f"{TOLD} Nobody eats marmalade there."))
    answer_question(session_id, asks(session_id))
    assert found(*OF_THE_CHILD, session_id) == {mark_of(session_id)}
    assert files("answers") == set()


def test_who_is_erased_before_the_turn_is_recorded_leaves_nothing(llm, zebulon, book, monkeypatch):
    session_id = reads(zebulon, book)
    record = turns.record

    def erase_and_record(**fields: object) -> None:
        erasure.erase(zebulon)
        record(**fields)

    monkeypatch.setattr(turns, "record", erase_and_record)
    answer_question(session_id, asks(session_id))
    assert found(*OF_THE_CHILD, session_id) == {mark_of(session_id)}
    assert files("answers") == set()


def test_nothing_that_a_tablet_or_worker_still_says_brings_an_erased_session_back(llm, zebulon, book):
    session_id = reads(zebulon, book)
    question_id = asks(session_id)
    question = run(ledger.claim(session_id, question_id, "token"))
    erasure.erase(zebulon)
    assert worker.fail_question(session_id, question_id, protocol.AnswerFailed(
        protocol.AnswerFailedPayload(question_id, "no", retryable=True)
    )) is None  # fmt: skip
    assert not run(ledger.renew(question))
    told = store.LiveProgress(session_id, "a-socket", 3, 0, True, 0)
    assert isinstance(run(places.progress([told]))[0], store.SessionAbsent)
    run(store.leave(session_id, "a-socket"))
    left = {place for place in found(session_id) if place.startswith("Redis session:")}
    assert left == {mark_of(session_id)}


def test_a_page_opened_in_the_very_moment_of_erasure_brings_nothing_back(zebulon, book, client, monkeypatch):
    """The page has read the row when the child is erased, and puts it into Redis only then."""
    session_id = reads(zebulon, book)
    seed_of = checkpoint.seed_of

    def erased_meanwhile(row: ReadingSession) -> Seed:
        start = seed_of(row)
        erasure.erase(zebulon)
        return start

    monkeypatch.setattr(checkpoint, "seed_of", erased_meanwhile)
    client.cookies[tickets.COOKIE] = tickets.sign(tickets.of(zebulon))
    assert client.get(reverse("read", args=[book.pk])).status_code == 200
    assert found(session_id) == {mark_of(session_id)}


async def test_the_mark_of_an_erased_session_is_empty_and_ends_within_a_minute():
    await erasing.erase(["the-kite"], for_good=True)
    mark = keys.erased("the-kite")
    assert await redis_client().get(mark) == b""
    assert 0 < await redis_client().ttl(mark) <= 60


def test_with_redis_away_a_child_is_not_half_erased(zebulon, book, monkeypatch):
    reads(zebulon, book)

    async def away(session_ids: list[str], *, for_good: bool) -> dict[str, list[str]]:
        raise RedisAway("gone")

    monkeypatch.setattr(erasing, "erase", away)
    with pytest.raises(RedisAway):
        erasure.erase(zebulon)
    assert Student.objects.filter(name=NAME).exists()
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.ERASED).exists()


def test_a_class_is_forgotten_together_before_and_after_it_goes(zebulon, ada, ben, book, monkeypatch):
    sessions = {reads(child, book) for child in (zebulon, ada, ben)}
    erase, asked = erasing.erase, []

    async def noting(session_ids: list[str], *, for_good: bool) -> dict[str, list[str]]:
        asked.append((set(session_ids), for_good))
        return await erase(session_ids, for_good=for_good)

    monkeypatch.setattr(erasing, "erase", noting)
    zebulon.classroom.delete()
    assert asked == [(sessions, False), (sessions, True)]


def test_a_deletion_that_failed_is_not_made_good_by_the_next(zebulon, dana, book):
    def no(**_: object) -> None:
        raise RuntimeError("this class stays")

    session_id = reads(zebulon, book)
    pre_delete.connect(no, sender=Classroom)
    with pytest.raises(RuntimeError):
        zebulon.classroom.delete()
    pre_delete.disconnect(no, sender=Classroom)
    erasure.erase(dana)
    assert run(places.positions([session_id])) != [None]


def test_the_log_says_that_a_child_was_erased_and_not_which_name_it_had(zebulon, willow):
    erasure.erase(zebulon)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.school, entry.classroom, entry.username) == ("erased", willow, "Foxes", "")


def test_a_turn_that_is_deleted_takes_its_traces_along(llm, zebulon, book):
    session_id = reads(zebulon, book)
    answer_question(session_id, asks(session_id))
    Question.objects.all().delete()
    assert files("answers") == set()
    assert not found("answer:")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [(["4711"], "there is no student 4711"), (None, "that is Zebulon of Foxes, Willow School")],
)
def test_the_command_erases_nobody_by_mistake(zebulon, arguments, why):
    with pytest.raises(CommandError, match=why):
        call_command("erase_student", *(arguments or [str(zebulon.pk)]))
    assert Student.objects.filter(name=NAME).exists()
