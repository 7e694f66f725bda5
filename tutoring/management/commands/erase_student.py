"""`manage.py erase_student`: a child and all that is kept of it, for ever."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.models import Student
from tutoring.privacy import erasure


class Command(BaseCommand):
    """Erase one child; the number is the one in the address of its page in the admin."""

    help = (
        "Erases a child: its name, readings, questions, answers, flags, live sessions, kept answers and "
        "audio. It cannot be undone. The audit log keeps that it was done, without the name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the child and a word that it is meant."""
        parser.add_argument("student", type=int, help="the child's number, as in /admin/reading/student/17/")
        parser.add_argument("--yes", action="store_true", help="really; without it only says who that is")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or say who would be."""
        student = Student.objects.select_related("classroom__school").filter(pk=options["student"]).first()
        if student is None:
            raise CommandError(f"there is no student {options['student']}")
        if not options["yes"]:
            raise CommandError(
                f"that is {student} of {student.classroom}, {student.classroom.school}: to erase, say --yes"
            )
        erasure.erase(student)
        self.stdout.write(f"student {options['student']} is erased")
