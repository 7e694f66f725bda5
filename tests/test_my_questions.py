"""My questions, as the child sees them, and the transcript that grown-ups see."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from sessions.models import Book, Page, ReadingSession
from tests.setting_up import flush_redis
from tests.test_library import signed_in
from tutoring.models import Question

TEXT = "The owl sat in the oak. She was sad, for the moon was gone. Then the fox came by with a lantern."
MY_QUESTIONS = reverse("my-questions")


@pytest.fixture(autouse=True)
def empty_shelf() -> None:
    flush_redis()


@pytest.fixture
def owl(db) -> Book:
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=21, page_count=1)
    Page.objects.create(book=book, number=1, text=TEXT, first_word=0, word_count=21)
    return book


def asks(student, book: Book, text: str, word_index: int = 8, minute: int = 0, **fields) -> Question:
    reading, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    return Question.objects.create(
        id=uuid4(),
        session=reading,
        word_index=word_index,
        question=text,
        asked_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC) + timedelta(minutes=minute),
        **{"answer": "The moon was gone.\nShe likes the moon.", "outcome": "answered", **fields},
    )


def page(student, address: str = MY_QUESTIONS) -> str:
    answer = signed_in(student).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_is_sent_to_sign_in(client, db):
    assert client.get(MY_QUESTIONS).url == f"{reverse('sign-in')}?next=%2Fquestions%2F"


def test_a_child_who_has_asked_nothing_is_told_how(ada):
    assert "You have not asked anything yet" in page(ada)


def test_the_library_leads_there(ada):
    assert f'href="{MY_QUESTIONS}"' in page(ada, reverse("library"))


def test_a_child_finds_what_it_asked_where_and_what_it_heard(ada, owl):
    asks(ada, owl, "Why is she sad?", heard_sentences=1)
    shown = page(ada)
    assert "The owl sat in the oak. She was sad," in shown
    assert "for the moon" not in shown
    assert 'The moon was gone. <span class="turn-unheard">She likes the moon.</span>' in shown
    assert "You read on before the end of this answer." in shown


def test_an_answer_heard_to_its_end_has_no_rest(ada, owl):
    asks(ada, owl, "Why?", heard_sentences=2)
    assert "turn-unheard" not in page(ada)


def test_an_answer_of_which_nothing_is_known_is_shown_whole(ada, owl):
    asks(ada, owl, "Why?")
    shown = page(ada)
    assert "The moon was gone. She likes the moon." in shown
    assert "turn-unheard" not in shown


@pytest.mark.parametrize(
    ("outcome", "line"), [("cancelled", "You read on before an answer came."), ("failed", "No answer came.")]
)
def test_where_nothing_was_answered_the_page_says_so(ada, owl, outcome, line):
    asks(ada, owl, "Why?", answer="", outcome=outcome)
    assert line in page(ada)


def test_questions_are_text_whatever_is_in_them(ada, owl):
    asks(ada, owl, "<script>alert(1)</script>", answer="<b>No.</b>")
    shown = page(ada)
    assert "<script>alert" not in shown
    assert "<b>No" not in shown


def test_the_newest_comes_first_ten_to_a_page(ada, owl):
    for number in range(12):
        asks(ada, owl, f"Question {number}?", minute=number)
    first, second = page(ada), page(ada, f"{MY_QUESTIONS}?page=2")
    assert first.index("Question 11?") < first.index("Question 2?")
    assert "Question 1?" not in first
    assert second.index("Question 1?") < second.index("Question 0?")
    assert "Question 0?" in page(ada, f"{MY_QUESTIONS}?page=nonsense&page=99")


def test_one_reading_has_its_own_transcript(ada, owl):
    other = Book.objects.create(title="The Fox", content_hash="fox", word_count=21, page_count=1)
    about_owl = asks(ada, owl, "Why owl?")
    asks(ada, other, "Why fox?")
    shown = page(ada, reverse("my-questions-of", args=[about_owl.session_id]))
    assert "Why owl?" in shown
    assert "Why fox?" not in shown


def test_nobody_sees_another_childs_questions(ada, ben, owl):
    asked = asks(ada, owl, "Why is she sad?")
    assert "sad?" not in page(ben)
    assert signed_in(ben).get(reverse("my-questions-of", args=[asked.session_id])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_questions(ada, owl, django_assert_num_queries):
    for number in range(9):
        asks(ada, owl, f"Question {number}?")
    client = signed_in(ada)
    client.get(MY_QUESTIONS)  # puts the book on the shelf
    with django_assert_num_queries(3):
        client.get(MY_QUESTIONS)


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera of Willow School, who may look at readings and questions."""
    teacher = User.objects.get(username="rivera")
    codenames = ["view_readingsession", "view_question"]
    teacher.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(teacher)
    return client


def test_a_teacher_reads_the_transcript_on_the_page_of_the_reading(rivera, ada, owl):
    for number in range(25):
        question = asks(ada, owl, f"Question {number}?", minute=number, heard_sentences=1)
    address = reverse("admin:reading_readingsession_change", args=[question.session_id])
    shown = rivera.get(address).content.decode()
    assert 'The moon was gone. <s title="not heard">She likes the moon.</s>' in shown
    assert "Question 19?" in shown
    assert "Question 20?" not in shown


def test_a_teacher_of_another_school_does_not(rivera, dana, owl):
    question = asks(dana, owl, "Why?")
    address = reverse("admin:reading_readingsession_change", args=[question.session_id])
    assert rivera.get(address).status_code == 302
