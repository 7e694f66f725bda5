"""Bring a school's classes and children up to a roster file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions import audit
from sessions.management.school_option import find_school
from sessions.models import School
from sessions.rosters import oneroster, reading
from sessions.rosters.changes import Plan
from sessions.rosters.lines import lines, where
from sessions.rosters.planning import plan
from sessions.rosters.roster import Refused, Roster
from sessions.rosters.store import carry_out, read_present
from sessions.rosters.tables import MAX_FILE_BYTES


class Command(BaseCommand):
    """Import a roster, or say what it would change."""

    help = (
        "Import a roster: a CSV file with the columns class and student, or OneRoster 1.1 or 1.2 as a ZIP"
        " archive or a folder. Each change gets one line. With anything wrong in the file, each problem gets"
        " one line, nothing is changed and the exit status is 1. See docs/rosters.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and options."""
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file, a ZIP archive or a folder")
        parser.add_argument("--school", required=True, metavar="NAME_OR_ID", help="whose roster it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument(
            "--remove-missing",
            action="store_true",
            help="remove the children that a class in the file no longer has, with all they have read"
            " (default: they stay)",
        )

    def handle(self, *, file: Path, school: str, dry_run: bool, remove_missing: bool, **options: Any) -> None:
        """Import, or end with status 1."""
        found = find_school(school)
        try:
            roster = _read(file, found)
        except Refused as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        planned = plan(roster, read_present(found), remove_missing=remove_missing)
        if planned.problems:
            for problem in planned.problems:
                self.stderr.write(f"{where(problem)}: {problem.text}")
            sys.exit(1)
        if not dry_run:
            carry_out(found, roster, remove_missing=remove_missing, fingerprint=planned.fingerprint)
            count = len(planned.changes)
            audit.record(None, audit.Action.CHANGED, found, f"roster imported, changes: {count}")
        self._tell(planned, dry_run)

    def _tell(self, planned: Plan, dry_run: bool) -> None:
        for note in planned.notes:
            self.stderr.write(note)
        for line in lines(planned):
            told = ", ".join(part for part in (line.class_name, line.who, line.what) if part)
            self.stdout.write(f"{line.kind}: {told}")
        for gone in planned.missing:
            self.stdout.write(f"No longer in the file, stays: {gone.class_name}, {gone.student.name}")
        for leaving in planned.leaving:
            self.stdout.write(f"No longer in the file, stays: {leaving.class_name}, {leaving.email}")
        for class_name, email in planned.unknown_teachers:
            self.stdout.write(f"Has no account yet: {class_name}, {email}")
        count = len(planned.changes)
        done = "would be made" if dry_run else "made"
        self.stdout.write(f"{count} change{'' if count == 1 else 's'} {done}")


def _read(file: Path, school: School) -> Roster:
    if not file.is_dir():
        return reading.read(file.name, _bytes(file), school.name)
    files = {name: _bytes(file / name) for name in oneroster.READ if (file / name).is_file()}
    return oneroster.read(files, school.name)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return reading.within_limit(file.name, opened.read(MAX_FILE_BYTES + 1))
