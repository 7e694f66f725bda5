"""The kinds of grown-ups, as groups: what each may do. Where they may do it, `scope` says."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

TEACHERS, SCHOOL_ADMINS, OPERATORS = "Teachers", "School admins", "Operators"

_LOOKING = {
    "reading": [
        "view_school", "view_classroom", "view_student", "view_book", "view_page", "view_readingsession",
        "view_live_sessions",
    ],
    "tutoring": ["view_question", "view_flag"],
}  # fmt: skip

# Role -> app label -> permissions.
ROLES: dict[str, dict[str, list[str]]] = {
    TEACHERS: {
        "reading": [
            *_LOOKING["reading"],
            "add_classroom", "change_classroom", "add_student", "change_student", "steer_live_sessions",
        ],
        "tutoring": [*_LOOKING["tutoring"], "change_flag"],
    },
    SCHOOL_ADMINS: {
        "reading": [
            *_LOOKING["reading"],
            "change_school", "add_classroom", "change_classroom", "delete_classroom",
            "add_student", "change_student", "delete_student", "add_book", "change_book", "delete_book",
            "steer_live_sessions", "whole_school", "view_capacity", "import_roster", "export_student",
            "erase_student", "view_auditentry",
        ],
        "tutoring": [*_LOOKING["tutoring"], "change_flag", "view_cachedanswer", "delete_cachedanswer"],
        "auth": ["view_user", "add_user", "change_user", "delete_user"],
        "axes": ["view_accessattempt", "delete_accessattempt"],
    },
    # Who runs the servers needs no word of a child.
    OPERATORS: {
        "reading": [
            "every_school", "view_school", "view_live_sessions", "view_capacity", "view_book",
            "view_auditentry",
        ],
    },
}  # fmt: skip


def make_groups(**signal: Any) -> None:
    """Give each role just what is written here; other groups are left alone. Runs after each migration."""
    for role, apps in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        wanted = Q()
        for app, names in apps.items():
            wanted |= Q(content_type__app_label=app, codename__in=names)
        group.permissions.set(Permission.objects.filter(wanted))
