"""The admin's list of answers that were got ahead: a wrong one can be taken away, by whoever it concerns."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from sessions.models import Book, School
from tutoring.models import CachedAnswer

LIST = reverse("admin:tutoring_cachedanswer_changelist")


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera of Willow School, who may look at answers and delete them."""
    teacher = User.objects.get(username="rivera")
    codenames = ["view_cachedanswer", "delete_cachedanswer"]
    teacher.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(teacher)
    return client


def answer_about(title: str, school: School | None) -> CachedAnswer:
    book = Book.objects.create(school=school, title=title, content_hash=title, word_count=9, page_count=1)
    return CachedAnswer.objects.create(
        key=title, book=book, page=1, question=f"Who is in {title}?", sentences=["A fox.", "And an owl."],
        reading_band="Growing", model="owl-1", prompt_version="1", heard_length=9, heard_digest="",
    )  # fmt: skip


def test_answers_are_listed_and_none_is_written_by_hand(principal, db):
    row = answer_about("Tiva", None)
    page = principal.get(LIST).content.decode()
    assert "Who is in Tiva?" in page and "A fox. And an owl." in page
    assert principal.get(reverse("admin:tutoring_cachedanswer_add")).status_code == 403
    address = reverse("admin:tutoring_cachedanswer_change", args=[row.pk])
    assert principal.post(address, {"question": "Something else"}).status_code == 403


def test_a_teacher_deletes_those_about_the_own_school_s_books_only(rivera, willow, harbour):
    rows = {name: answer_about(name, school) for name, school in
            {"own": willow, "shared": None, "elsewhere": harbour}.items()}  # fmt: skip
    page = rivera.get(LIST).content.decode()
    assert "in own" in page and "in shared" in page and "in elsewhere" not in page
    for row in rows.values():
        rivera.post(reverse("admin:tutoring_cachedanswer_delete", args=[row.pk]), {"post": "yes"})
    assert set(CachedAnswer.objects.values_list("key", flat=True)) == {"shared", "elsewhere"}
