"""`manage.py seed_demo`: the demo school, for trying ReaderAI out."""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from readerai import demo
from readerai.roles import TEACHERS
from sessions.models import Classroom, School, Student


class Command(BaseCommand):
    """Create the demo school, its class, six children, a teacher and an admin; what exists stays."""

    help = __doc__ + " Idempotent; refuses to run without DEMO=1, because its passwords are public."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        """Create what is missing."""
        if not settings.DEMO:
            raise CommandError(
                "the demo passwords are public: set DEMO=1 only where nobody's data is at stake"
            )
        classroom = Classroom.objects.filter(join_code=demo.CLASS_CODE).first()
        if classroom is None:
            school, _ = School.objects.get_or_create(name=demo.SCHOOL)
            classroom, _ = Classroom.objects.update_or_create(
                school=school, name=demo.CLASSROOM, defaults={"join_code": demo.CLASS_CODE}
            )
        for name, animal in demo.CHILDREN.items():
            Student.objects.get_or_create(classroom=classroom, name=name, defaults={"animal": animal})
        if not User.objects.filter(username=demo.ADMIN.username).exists():
            User.objects.create_superuser(demo.ADMIN.username, password=demo.ADMIN.password)
        if not User.objects.filter(username=demo.TEACHER.username).exists():
            teacher = User.objects.create_user(
                demo.TEACHER.username, password=demo.TEACHER.password, is_staff=True
            )
            classroom.teachers.add(teacher)
            teacher.groups.add(Group.objects.get(name=TEACHERS))
        if options["verbosity"] > 0:
            self.stdout.write(f"{classroom.school}: class code {demo.CLASS_CODE}")
