"""`manage.py prepare`: everything that must be in place before the servers start."""

import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Check the servers we depend on, migrate, load the demo school and the stories, narrate them."""

    requires_system_checks = []  # it asks for more of them than is usual
    help = __doc__ + " Safe to run at every start: what is done already is not done again."

    def handle(self, *args, **options) -> None:
        """Run the steps in one process: each is quick when there is nothing to do."""
        if not settings.STORIES_FOLDER.is_dir():
            raise CommandError(f"STORIES_FOLDER: there is no folder {settings.STORIES_FOLDER}")
        self.check(databases=["default"])
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if settings.DEMO:
            call_command("seed_demo", verbosity=0)
        # What is there already is no news at every start; what is wrong goes to stderr.
        call_command("import_books", str(settings.STORIES_FOLDER), stdout=io.StringIO())
        try:
            call_command("narrate", all=True, verbosity=0)
        except CommandError as problem:  # a book without a voice can still be read: serve
            self.stderr.write(str(problem))
