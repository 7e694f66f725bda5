"""The admin: every page opens, lists cost a constant number of queries, and schools are kept apart."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import Book, Classroom, Page, ReadingSession, School, Student

MODELS = [School, Classroom, Student, Book, ReadingSession, User]


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera of Willow School; to be sure that it is the school that stops her, nothing else does."""
    teacher = User.objects.get(username="rivera")
    wide = ["whole_school", "every_school"]
    all_of_reading = Permission.objects.filter(content_type__app_label="reading").exclude(codename__in=wide)
    teacher.user_permissions.set(all_of_reading)
    client = Client()
    client.force_login(teacher)
    return client


def make_book(title: str, school: School | None = None) -> Book:
    """Make a book of two pages."""
    book = Book.objects.create(
        school=school,
        title=title,
        author="A. Author",
        content_hash=title,
        level=3.0,
        word_count=4,
        page_count=2,
    )
    for number in (1, 2):
        Page.objects.create(
            book=book, number=number, text="Two words", first_word=number * 2 - 2, word_count=2
        )
    return book


def list_url(model: type) -> str:
    """Return the address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def change_url(thing: School | Classroom | Student | Book | ReadingSession | User) -> str:
    """Return the address of one row's page."""
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


@pytest.mark.parametrize("model", MODELS)
def test_an_empty_list_opens(principal, model):
    assert principal.get(list_url(model)).status_code == 200


def test_every_page_opens_and_search_finds(principal, ada, foxes, willow):
    book = make_book("The Kite")
    session = ReadingSession.objects.create(student=ada, book=book, word_index=1)
    things = {willow: "willow", foxes: "fqxesa", ada: "ada", book: "kite", session: "ada"}
    for thing, words in things.items():
        assert principal.get(change_url(thing)).status_code == 200
        assert f"/{thing.pk}/change/" in principal.get(list_url(type(thing)), {"q": words}).content.decode()


def test_progress_is_shown(principal, ada):
    book = make_book("The Kite")
    ReadingSession.objects.create(student=ada, book=book, word_index=1)
    assert "25 %" in principal.get(list_url(ReadingSession)).content.decode()
    assert "25 %" in principal.get(change_url(ada)).content.decode()


@pytest.mark.parametrize("model", [School, Classroom, Student, Book, ReadingSession])
def test_a_longer_list_costs_no_more_queries(principal, ada, ben, chidi, dana, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert principal.get(list_url(model)).status_code == 200
        return len(captured)

    ReadingSession.objects.create(student=ada, book=make_book("One"))
    before = queries()
    for title in ("Two", "Three"):
        book = make_book(title)
        for child in (ada, ben, chidi, dana):
            ReadingSession.objects.create(student=child, book=book)
    Student.objects.create(classroom=ada.classroom, name="Zoe")
    Classroom.objects.create(school=School.objects.create(name="Third"), name="Bees")
    assert queries() <= before


def test_a_teacher_sees_only_the_own_classes(rivera, willow, harbour, ada, chidi, dana, gulls):
    ours, theirs, shared = make_book("Ours", willow), make_book("Theirs", harbour), make_book("Shared")
    seen = [willow, ada.classroom, ada, ours, shared]
    hidden = [
        harbour,
        gulls,
        chidi,
        chidi.classroom,
        dana,
        theirs,
        ReadingSession.objects.create(student=dana, book=theirs),
    ]
    for thing in seen:
        assert rivera.get(change_url(thing)).status_code == 200, thing
    for thing in hidden:
        assert rivera.get(change_url(thing)).status_code == 302, thing  # "does not exist", back to the start
        assert f"/{thing.pk}/change/" not in rivera.get(list_url(type(thing))).content.decode()


def test_a_teacher_cannot_move_a_child_to_another_school(rivera, ada, gulls):
    answer = rivera.post(
        change_url(ada),
        {"name": "Ada", "animal": "fox", "classroom": gulls.pk,
         "reading_sessions-TOTAL_FORMS": 0, "reading_sessions-INITIAL_FORMS": 0},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "classroom" in answer.context["adminform"].form.errors
    ada.refresh_from_db()
    assert ada.classroom != gulls


def test_a_shared_book_is_changed_only_by_a_superuser(rivera, principal):
    shared = make_book("Shared")
    assert not rivera.get(change_url(shared)).context["has_change_permission"]
    assert principal.get(change_url(shared)).context["has_change_permission"]


def test_a_book_may_be_saved_without_a_level(principal):
    book = make_book("Le petit chat")
    fields = {"title": "Le chat", "language": "fr", "level": "", "glossary": "{}",
              "pages-TOTAL_FORMS": 0, "pages-INITIAL_FORMS": 0}  # fmt: skip
    assert principal.post(change_url(book), fields).status_code == 302
    book.refresh_from_db()
    assert (book.title, book.level) == ("Le chat", None)


@pytest.mark.parametrize(("typed", "kept"), [("fqxesb", "FQXESB"), ("fqx", None)])
def test_a_class_code_is_kept_as_children_type_it(principal, foxes, typed, kept):
    answer = principal.post(
        change_url(foxes),
        {"name": "Foxes", "school": foxes.school_id, "join_code": typed,
         "ask_at_page_end": "never", "sign_in": "name",
         "students-TOTAL_FORMS": 0, "students-INITIAL_FORMS": 0},
    )  # fmt: skip
    foxes.refresh_from_db()
    if kept:
        assert (answer.status_code, foxes.join_code) == (302, kept)
    else:
        assert "six letters" in answer.content.decode()
        assert foxes.join_code == "FQXESA"


def test_pages_and_positions_cannot_be_edited(principal, ada):
    book = make_book("The Kite")
    session = ReadingSession.objects.create(student=ada, book=book)
    page = principal.get(change_url(book)).content.decode()
    assert "Two words" in page and 'name="pages-0-text"' not in page
    assert principal.post(change_url(session), {"word_index": 3}).status_code == 403


def test_a_teacher_cannot_let_a_stranger_into_a_class(rivera, foxes, gulls):
    lund = User.objects.get(username="lund")
    answer = rivera.post(
        change_url(foxes),
        {"name": "Foxes", "school": foxes.school_id, "join_code": foxes.join_code, "teachers": [lund.pk],
         "students-TOTAL_FORMS": 0, "students-INITIAL_FORMS": 0},
    )  # fmt: skip
    assert "teachers" in answer.context["adminform"].form.errors
    assert "lund" not in answer.content.decode()
    assert lund not in foxes.teachers.all()
