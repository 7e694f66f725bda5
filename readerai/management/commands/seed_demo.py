"""`manage.py seed_demo`: the demo school, for trying ReaderAI out."""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from readerai import demo
from sessions.models import Classroom, School, Student
from sessions.roles import SCHOOL_ADMINS, TEACHERS


class Command(BaseCommand):
    """Create the demo school, its class, six children, a teacher, a head and an admin; what exists stays."""

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
            Student.objects.get_or_create(
                classroom=classroom,
                name=name,
                defaults={"animal": animal, "pictures": " ".join(demo.PICTURES)},
            )
        if not User.objects.filter(username=demo.ADMIN.username).exists():
            User.objects.create_superuser(demo.ADMIN.username, password=demo.ADMIN.password)
        for account, role in ((demo.TEACHER, TEACHERS), (demo.HEAD, SCHOOL_ADMINS)):
            if not User.objects.filter(username=account.username).exists():
                user = User.objects.create_user(account.username, password=account.password, is_staff=True)
                user.groups.add(Group.objects.get(name=role))
                classroom.school.staff.add(user)
                if role == TEACHERS:
                    classroom.teachers.add(user)
        if options["verbosity"] > 0:
            self.stdout.write(f"{classroom.school}: class code {demo.CLASS_CODE}")
