"""The groups that every installation begins with."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from readerai import demo, roles


@pytest.mark.django_db
def test_every_permission_of_a_teacher_exists():
    group = Group.objects.get(name=roles.TEACHERS)
    wanted = sum(len(names) for names in roles._TEACHERS_MAY.values())
    assert group.permissions.count() == wanted


@pytest.mark.django_db
def test_what_an_admin_changed_stays_when_the_database_is_migrated_again():
    group = Group.objects.get(name=roles.TEACHERS)
    group.permissions.clear()
    roles.make_groups()
    assert group.permissions.count() == 0


def test_the_demo_teacher_finds_the_class_and_its_children_and_changes_no_book(db, settings):
    settings.DEMO = True
    call_command("seed_demo", verbosity=0)
    client = Client()
    client.force_login(User.objects.get(username=demo.TEACHER.username))
    for name in ("classroom", "student", "book", "readingsession"):
        page = client.get(reverse(f"admin:reading_{name}_changelist"))
        assert page.status_code == 200
    children = client.get(reverse("admin:reading_student_changelist")).content.decode()
    assert all(child in children for child in demo.CHILDREN)
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
