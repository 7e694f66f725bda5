"""`manage.py export_student`: all that is kept of a child, as a file for its parents."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions import audit
from sessions.models import Student
from tutoring.privacy import export


class Command(BaseCommand):
    """Write one child's ZIP; the number is the one in the address of its page in the admin."""

    help = "Writes all that is kept of a child into a ZIP: student.json for machines, student.html to read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the child and where to."""
        parser.add_argument("student", type=int, help="the child's number, as in /admin/reading/student/17/")
        parser.add_argument("--output", help="the file; default: student-NUMBER.zip; -: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and record that it was made."""
        student = Student.objects.select_related("classroom__school").filter(pk=options["student"]).first()
        if student is None:
            raise CommandError(f"there is no student {options['student']}")
        audit.record(None, audit.Action.EXPORTED, student)
        packed = export.as_zip(student)
        if options["output"] == "-":
            self.stdout.buffer.write(packed)
            return
        file = Path(options["output"] or export.file_name(student))
        try:
            file.touch(mode=0o600)
            file.write_bytes(packed)
        except OSError as error:
            raise CommandError(f"cannot write {file}: {error.strerror}") from None
        self.stdout.write(f"{file} holds all that is kept of student {student.pk}")
