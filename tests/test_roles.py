"""The groups that every installation begins with."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from readerai import demo
from sessions import roles


@pytest.mark.django_db
@pytest.mark.parametrize("role", roles.ROLES)
def test_every_permission_of_a_role_exists(role):
    group = Group.objects.get(name=role)
    wanted = {f"{app}.{name}" for app, names in roles.ROLES[role].items() for name in names}
    given = group.permissions.values_list("content_type__app_label", "codename")
    assert {f"{app}.{name}" for app, name in given} == wanted


@pytest.mark.django_db
def test_a_role_is_what_the_code_says_after_each_migration_and_other_groups_stay():
    group = Group.objects.get(name=roles.TEACHERS)
    given = set(group.permissions.all())
    group.permissions.clear()
    own = Group.objects.create(name="Librarians")
    own.permissions.set(given)
    roles.make_groups()
    assert set(group.permissions.all()) == set(own.permissions.all()) == given


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
