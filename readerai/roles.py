"""What a kind of grown-up may do in the admin: the groups that every installation begins with."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

TEACHERS = "Teachers"

# App label -> permissions. Whatever is allowed here is allowed only within the teacher's own
# schools: see sessions/admin/scope.py.
_TEACHERS_MAY = {
    "reading": [
        "view_school",
        "add_classroom", "change_classroom", "view_classroom",
        "add_student", "change_student", "view_student",
        "view_book", "view_page", "view_readingsession",
    ],
    "tutoring": ["view_question", "view_flag", "change_flag"],
}  # fmt: skip


def make_groups(**signal: Any) -> None:
    """Create the teachers' group if it is new; what an admin changed in it later stays."""
    group, created = Group.objects.get_or_create(name=TEACHERS)
    if not created:
        return
    wanted = Q()
    for app, names in _TEACHERS_MAY.items():
        wanted |= Q(content_type__app_label=app, codename__in=names)
    group.permissions.set(Permission.objects.filter(wanted))
