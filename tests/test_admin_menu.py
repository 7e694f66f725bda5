"""The admin's menu leads to everything a grown-up may open, and to nothing else."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.urls import reverse

from readerai.admin_menu import menu

pytestmark = pytest.mark.django_db


def links(rf, user: User | AnonymousUser) -> set[str]:
    """Return the addresses in this user's menu."""
    request = rf.get("/admin/")
    request.user = user
    return {item["link"] for group in menu(request) for item in group["items"]}


def list_url(model: type) -> str:
    """Return the address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_a_superuser_finds_every_model_of_the_admin(rf):
    superuser = User.objects.create_superuser("principal")
    lists = {list_url(model) for model in admin.site._registry}
    assert links(rf, superuser) == lists | {
        reverse(name) for name in ("live-sessions", "reading-times", "capacity", "simulated-day")
    }


def test_a_teacher_finds_the_own_classes(rf, foxes, hares):
    assert reverse("class-page", args=[foxes.pk]) in (found := links(rf, foxes.teachers.get()))
    assert reverse("class-page", args=[hares.pk]) not in found


def test_a_teacher_finds_what_they_may_see_only(rf):
    teacher = User.objects.create_user("rivera", is_staff=True)
    teacher.user_permissions.set(Permission.objects.filter(codename__in=["view_student", "view_book"]))
    assert links(rf, teacher) == {"/admin/reading/student/", "/admin/reading/book/"}


def test_who_runs_the_servers_finds_how_much_room_they_have(rf, noor):
    assert {reverse("capacity"), reverse("simulated-day")} <= links(rf, noor)


def test_a_stranger_finds_nothing(rf):
    assert links(rf, AnonymousUser()) == set()


def test_the_menu_stands_beside_the_pages(client):
    client.force_login(User.objects.create_superuser("principal"))
    page = client.get("/admin/").content.decode()
    assert "My classes" in page and "auto_stories" in page
