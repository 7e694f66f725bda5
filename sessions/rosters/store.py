"""What a school has, read from the database, and a plan carried out there: whole or not at all."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from sessions.models import Classroom, School, Student
from sessions.rosters.changes import (
    Change,
    ClassChange,
    Plan,
    StudentChange,
    StudentRemoval,
    TeacherChange,
)
from sessions.rosters.planning import plan
from sessions.rosters.present import Present, PresentClass, PresentStudent
from sessions.rosters.roster import Roster

# While children and classes change names with each other, none of them has the name of another.
_ON_ITS_WAY = "on its way: {}"


class Outdated(Exception):
    """The school has changed since a plan was made; `plan` is the one for now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the school has changed since this plan was made")
        self.plan = plan


def read_present(school: School, classrooms: Sequence[Classroom] | None = None) -> Present:
    """Return what the school has, or these classes of it, in the order of names."""
    rooms = school.classrooms.prefetch_related("teachers")
    if classrooms is not None:
        rooms = rooms.filter(pk__in=[room.pk for room in classrooms])
    students = Student.objects.filter(classroom__in=rooms).order_by("classroom__name", "name")
    works_here = Q(schools=school) | Q(classrooms__school=school)
    staff = User.objects.filter(works_here, is_staff=True).distinct().values_list("pk", "email")
    return Present(
        school.name,
        tuple(
            PresentClass(
                room.pk, room.name, room.sourced_id, frozenset(user.pk for user in room.teachers.all())
            )
            for room in rooms
        ),
        tuple(
            PresentStudent(*row)
            for row in students.values_list(
                "pk", "classroom_id", "name", "animal", "reading_band", "sourced_id"
            )
        ),
        {pk: email.strip().lower() for pk, email in staff},
    )


def carry_out(school: School, roster: Roster, *, remove_missing: bool, fingerprint: str) -> Plan:
    """Make the changes that were looked at, and return their plan.

    The plan is made once more, of the school as it is now: where that is another than the one of this
    fingerprint, or has problems, nothing is changed and Outdated raised. Also raises django.db.Error.
    """
    with transaction.atomic():
        School.objects.select_for_update().get(pk=school.pk)
        planned = plan(roster, read_present(school), remove_missing=remove_missing)
        if planned.problems or planned.fingerprint != fingerprint:
            raise Outdated(planned)
        _make(school, planned.changes)
    return planned


def _make(school: School, changes: Sequence[Change]) -> None:
    gone = [change.student.pk for change in changes if isinstance(change, StudentRemoval)]
    Student.objects.filter(pk__in=gone).delete()
    _make_classes(school, [change for change in changes if isinstance(change, ClassChange)])
    rooms = {room.name: room for room in school.classrooms.all()}
    _make_students(rooms, [change for change in changes if isinstance(change, StudentChange)])
    for change in changes:
        if isinstance(change, TeacherChange):
            teachers = rooms[change.class_name].teachers
            (teachers.add if change.teaches else teachers.remove)(change.account)


def _make_classes(school: School, changes: Sequence[ClassChange]) -> None:
    known = school.classrooms.in_bulk([change.before.pk for change in changes if change.before])
    for room in known.values():
        Classroom.objects.filter(pk=room.pk).update(name=_ON_ITS_WAY.format(room.pk))
    for change in changes:
        room = known[change.before.pk] if change.before else Classroom(school=school)
        room.name, room.sourced_id = change.name, change.sourced_id
        room.save()


def _make_students(rooms: dict[str, Classroom], changes: Sequence[StudentChange]) -> None:
    known = Student.objects.in_bulk([change.before.pk for change in changes if change.before])
    for child in known.values():
        Student.objects.filter(pk=child.pk).update(name=_ON_ITS_WAY.format(child.pk), sourced_id="")
    for change in changes:
        child = known[change.before.pk] if change.before else Student()
        child.classroom = rooms[change.class_name]
        child.name, child.sourced_id = change.name, change.sourced_id
        child.animal, child.reading_band = change.animal, change.reading_band
        child.save()
