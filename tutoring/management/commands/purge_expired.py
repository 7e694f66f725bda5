"""`manage.py purge_expired`: ends what has been kept long enough, as beat has it done each night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tutoring.privacy import retention


class Command(BaseCommand):
    """End what is older than its term, or say what that would be."""

    help = (
        "Deletes what is older than its term: TRANSCRIPT_DAYS, FLAG_DAYS, READING_DAYS, AUDIT_DAYS and "
        "ANSWER_AUDIO_DAYS. Safe to run at any time, and at once with the nightly run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to only look."""
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be deleted, delete nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each kind: how many, older than how many days."""
        outcomes = retention.preview() if options["dry_run"] else retention.purge()
        done = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"{done:>16}  {'days':>5}  what")
        for outcome in outcomes:
            self.stdout.write(f"{outcome.count:>16}  {outcome.days or '-':>5}  {outcome.what}")
