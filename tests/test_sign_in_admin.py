"""What a teacher does about sign-in: prints badges, renews badges and pictures, and of the own class only."""

import pypdfium2
import pytest
import zxingcpp
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from sessions.models import AuditEntry, Classroom, Student

CLASSES = reverse("admin:reading_classroom_changelist")
CHILDREN = reverse("admin:reading_student_changelist")


@pytest.fixture
def rivera(foxes) -> Client:
    """Ms Rivera, who teaches the Foxes."""
    client = Client()
    client.force_login(User.objects.get(username="rivera"))
    return client


def choose(teacher: Client, address: str, action: str, *rows: Classroom | Student, **more: str):
    return teacher.post(address, {"action": action, "_selected_action": [row.pk for row in rows], **more})


def secrets() -> dict[str, tuple[str, str]]:
    return {student.name: (student.badge_key, student.pictures) for student in Student.objects.all()}


@pytest.mark.parametrize("address", [CLASSES, CHILDREN])
def test_badges_of_a_class_or_of_children_are_printed(rivera, foxes, ada, ben, address, settings):
    settings.SITE_URL = "https://reading.school.example"
    answer = choose(rivera, address, "print_badges", *([foxes] if address == CLASSES else [ada, ben]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    (page,) = pypdfium2.PdfDocument(answer.content)
    links = {code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_numpy())}
    assert links == {f"https://reading.school.example/badge/{child.badge_key}/" for child in (ada, ben)}


@pytest.mark.parametrize(("action", "changed"), [("renew_chosen_badges", 0), ("renew_chosen_pictures", 1)])
def test_nothing_is_renewed_before_it_is_confirmed(rivera, foxes, ada, chidi, action, changed):
    before = secrets()
    asked = choose(rivera, CLASSES, action, foxes)
    assert asked.status_code == 200 and "Ada, Foxes" in asked.content.decode()
    assert secrets() == before
    answer = choose(rivera, CLASSES, action, foxes, confirmed="yes")
    assert answer.status_code == 302
    now = secrets()
    assert now["Ada"][changed] != before["Ada"][changed]
    assert now["Ada"][1 - changed] == before["Ada"][1 - changed]
    assert now["Chidi"] == before["Chidi"]
    assert AuditEntry.objects.filter(action="changed", details__startswith="New ").exists()


def test_children_of_another_class_are_out_of_reach(rivera, ada, chidi, dana):
    before = secrets()
    for child in (chidi, dana):
        choose(rivera, CHILDREN, "renew_chosen_badges", child, confirmed="yes")
        (page,) = pypdfium2.PdfDocument(choose(rivera, CHILDREN, "print_badges", child).content)
        assert zxingcpp.read_barcodes(page.render(scale=2).to_numpy()) == []
    assert secrets() == before


def test_who_may_only_look_at_children_neither_prints_nor_sees_secrets(foxes, ada):
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_student", "view_classroom"]))
    foxes.teachers.add(helper)
    client = Client()
    client.force_login(helper)
    page = client.get(reverse("admin:reading_student_change", args=[ada.pk])).content.decode()
    assert "Ada" in page and "pictures/apple" not in page
    assert choose(client, CHILDREN, "print_badges", ada).headers["Content-Type"] != "application/pdf"


def test_a_teacher_sees_the_pictures_of_a_child_in_order(rivera, ada):
    page = rivera.get(reverse("admin:reading_student_change", args=[ada.pk])).content.decode()
    places = [page.index(f"pictures/{name}.svg") for name in ("apple", "boat", "star")]
    assert places == sorted(places) and "pictures/moon" not in page
