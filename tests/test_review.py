"""Looking back, as a teacher and a head do it in the admin: a class, reading times, hard places, files."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sessions import checkpoint, protocol
from sessions.live import index, places, store
from sessions.live.blocking import run
from sessions.live.records import Present
from sessions.models import Book, Page, ReadingSession, ReadingTime, Student
from tests.setting_up import flush_redis
from tutoring.models import Flag, Question

TEXT = "The owl sat in the oak. She was sad, for the moon was gone."


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    flush_redis()


@pytest.fixture
def owl(db) -> Book:
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=13, page_count=1)
    Page.objects.create(book=book, number=1, text=TEXT, first_word=0, word_count=13)
    return book


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rivera(foxes) -> Client:
    return signed_in(User.objects.get(username="rivera"))


def reads(student: Student, book: Book, minutes: float = 0, **fields) -> ReadingSession:
    session = ReadingSession.objects.create(student=student, book=book, **fields)
    if minutes:
        ReadingTime.objects.create(session=session, day=timezone.localdate(), seconds=minutes * 60)
    return session


def asks(session: ReadingSession, text: str = "Why is she sad?", word_index: int = 8) -> Question:
    return Question.objects.create(
        id=uuid4(), session=session, word_index=word_index, question=text, answer="The moon was gone.\nSo.",
        heard_sentences=1, outcome="answered", asked_at=timezone.now(),
    )  # fmt: skip


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8-sig")


def test_a_class_is_seen_at_a_glance(rivera, foxes, ada, ben, owl):
    session = reads(ada, owl, minutes=12, word_index=6)
    for _ in range(3):
        asks(session)
    run(store.seed(checkpoint.seed_of(session)))
    run(store.restore(str(session.pk), ada.pk, "tablet", "", protocol.HelloPayload()))
    run(index.enter([Present(str(session.pk), foxes.pk, foxes.school_id)]))
    run(places.progress([store.LiveProgress(str(session.pk), "tablet", 6, 0, True, 0)]))
    answer = rivera.get(reverse("class-page", args=[foxes.pk]))
    page = answer.context["page"]
    of_ada, of_ben = page.children
    assert (of_ada.student, of_ada.percent, of_ada.state) == (ada, 46, "reading")
    assert (of_ada.minutes, of_ada.questions, of_ada.why) == (12, 3, ["asked 3 times about one place"])
    assert (of_ben.reading, of_ben.why) == (None, ["has not read yet"])
    assert page.reading_now == 1
    shown = text_of(answer)
    assert "The moon was gone. <s>So.</s>" in shown
    assert "The owl sat in the oak. She was sad," in shown


def test_a_class_without_children_says_what_to_do(rivera, foxes):
    assert "Add the children" in text_of(rivera.get(reverse("class-page", args=[foxes.pk])))


def test_a_larger_class_costs_no_more_queries(rivera, foxes, ada, owl):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rivera.get(reverse("class-page", args=[foxes.pk]))
        return len(captured)

    asks(reads(ada, owl))
    queries()  # puts the book on the shelf
    before = queries()
    for number in range(5):
        student = Student.objects.create(classroom=foxes, name=f"Child {number}")
        asks(reads(student, owl, minutes=3))
    assert queries() == before


def test_reading_time_is_added_up_by_child_class_and_book(adeyemi, ada, ben, chidi, dana, owl):
    for child, minutes in ((ada, 12), (ben, 5), (chidi, 9), (dana, 99)):
        reads(child, owl, minutes)
    head = signed_in(adeyemi)

    def rows(by: str, **more) -> list[list[str | int]]:
        answer = head.get(reverse("reading-times"), {"by": by, **more})
        return [[*row.names, row.minutes] for row in answer.context["rows"]]

    assert rows("child") == [["Foxes", "Ada", 12], ["Hares", "Chidi", 9], ["Foxes", "Ben", 5]]
    assert rows("class") == [["Willow School", "Foxes", 17], ["Willow School", "Hares", 9]]
    assert rows("book") == [["The Owl", 26]]
    assert rows("book", classroom=chidi.classroom_id) == [["The Owl", 9]]


def test_reading_time_of_other_days_is_shown_when_they_are_asked_for(rivera, ada, owl):
    session = reads(ada, owl)
    ReadingTime.objects.create(session=session, day=timezone.localdate() - timedelta(days=20), seconds=300)
    address = reverse("reading-times")
    assert rivera.get(address, {"days": 7}).context["rows"] == []
    assert rivera.get(address, {"days": 30}).context["rows"][0].minutes == 5
    assert rivera.get(address, {"days": "many"}).context["period"].days == 30
    assert rivera.get(address, {"by": "planet"}).status_code == 404


def test_reading_time_can_be_taken_home(rivera, ada, owl):
    reads(ada, owl, 12)
    answer = rivera.get(reverse("reading-times"), {"by": "child", "csv": "1"})
    assert text_of(answer).splitlines() == ["class,child,minutes,readings,days", "Foxes,Ada,12,1,1"]


def test_where_children_asked_most_is_hard(rivera, ada, dana, owl):
    asks(reads(ada, owl))
    asks(reads(dana, owl), "Nobody at Willow sees this")
    shown = text_of(rivera.get(reverse("hard-places", args=[owl.pk])))
    assert "She was sad, for the moon was gone." in shown
    assert "Why is she sad?" in shown
    assert "Nobody at Willow" not in shown


def test_a_book_nobody_asked_about_says_so(rivera, owl):
    assert "Nobody has asked about this book" in text_of(rivera.get(reverse("hard-places", args=[owl.pk])))


@pytest.mark.parametrize(
    "address", ["admin:tutoring_question_changelist", "admin:tutoring_flag_changelist",
                "admin:reading_readingsession_changelist"]
)  # fmt: skip
def test_chosen_rows_of_a_list_can_be_taken_home(rivera, ada, owl, address):
    session = reads(ada, owl)
    question = asks(session)
    flag = Flag.objects.create(
        id=uuid4(), question_id=question.pk, student=ada, session=session, category="abuse", side="question",
        text="=A1",
    )  # fmt: skip
    chosen = {"question": question, "flag": flag, "readingsession": session}[address.split("_")[1]]
    form = {"action": "export_as_csv", "_selected_action": [str(chosen.pk)]}
    header, row, *_ = text_of(rivera.post(reverse(address), form)).splitlines()
    assert "child" in header.split(",")
    assert "Ada" in row.split(",")


def test_the_day_begins_with_the_own_classes_and_what_waits(rivera, ada, chidi, owl):
    session = reads(ada, owl, 12)
    asks(session)
    Flag.objects.create(
        id=uuid4(), question_id=uuid4(), student=ada, session=session, category="abuse", side="question"
    )
    with CaptureQueriesContext(connection) as queries:
        shown = text_of(rivera.get(reverse("admin:index")))
    assert "1 child · 12 minutes read and 1 question today" in shown
    assert "1 flag nobody has looked at yet" in shown
    assert "Hares" not in shown
    counted = [query["sql"] for query in queries if 'FROM "tutoring_flag"' in query["sql"]]
    assert len(counted) == 1, "the menu's number is the page's"


def test_a_teacher_without_a_class_is_told_to_make_one_and_then_teaches_it(foxes, rivera, willow):
    foxes.teachers.clear()
    assert "You have no class yet" in text_of(rivera.get(reverse("admin:index")))
    form = {"name": "Bees", "school": willow.pk, "join_code": "BEESAA", "ask_at_page_end": "never",
            "sign_in": "pictures",
            "students-TOTAL_FORMS": 0, "students-INITIAL_FORMS": 0}  # fmt: skip
    assert rivera.post(reverse("admin:reading_classroom_add"), form).status_code == 302
    assert "Bees" in text_of(rivera.get(reverse("admin:index")))
