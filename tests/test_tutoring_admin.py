"""The admin's list of questions: it can be searched, changes nothing, and keeps schools apart."""

import uuid

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sessions.models import Book, ReadingSession, Student
from tutoring.models import Question

LIST = reverse("admin:tutoring_question_changelist")


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera of Willow School, who may look at questions."""
    teacher = User.objects.get(username="rivera")
    teacher.user_permissions.set(Permission.objects.filter(codename="view_question"))
    client = Client()
    client.force_login(teacher)
    return client


@pytest.fixture
def book(db) -> Book:
    """A shared story."""
    return Book.objects.create(title="Tiva", content_hash="tiva", word_count=9, page_count=1)


def asked(student: Student, book: Book, text: str) -> Question:
    session, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    return Question.objects.create(
        id=uuid.uuid4(), session=session, word_index=4, question=text, answer="Because it is night.",
        outcome=Question.Outcome.ANSWERED, source="offline", asked_at=timezone.now(),
    )  # fmt: skip


def test_questions_are_listed_with_who_asked_and_can_be_searched(principal, ada, ben, book):
    asked(ada, book, "Why is the owl awake?")
    asked(ben, book, "Where is the river?")
    page = principal.get(LIST).content.decode()
    assert "Why is the owl awake?" in page and "Ada" in page
    found = principal.get(LIST, {"q": "river"}).content.decode()
    assert "Where is the river?" in found and "Why is the owl awake?" not in found


def test_a_question_opens_and_cannot_be_added_or_changed(principal, ada, book):
    question = asked(ada, book, "Why is the owl awake?")
    address = reverse("admin:tutoring_question_change", args=[question.pk])
    assert "Because it is night." in principal.get(address).content.decode()
    assert principal.post(address, {"question": "Something else"}).status_code == 403
    assert principal.get(reverse("admin:tutoring_question_add")).status_code == 403


def test_the_list_costs_the_same_queries_however_long_it_is(principal, ada, book):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            principal.get(LIST)
        return len(captured)

    asked(ada, book, "One?")
    principal.get(LIST)
    few = queries()
    for number in range(20):
        asked(ada, book, f"Question {number}?")
    assert queries() == few


def test_a_teacher_sees_the_questions_of_the_own_school_only(rivera, ada, dana, book):
    asked(ada, book, "Why is the owl awake?")
    elsewhere = asked(dana, book, "Where is the harbour?")
    page = rivera.get(LIST).content.decode()
    assert "Why is the owl awake?" in page
    assert "Where is the harbour?" not in page
    assert rivera.get(reverse("admin:tutoring_question_change", args=[elsewhere.pk])).status_code != 200
