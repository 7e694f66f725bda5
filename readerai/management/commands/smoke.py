"""`manage.py smoke`: a scripted child against a running server; run it after every deploy."""

import argparse
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from readerai.smoke import command


class Command(BaseCommand):
    """Sign in, open a book, hear a page, ask, be cut off, come back to the very word, finish."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the smoke test's own options."""
        command.add_arguments(parser, default_url=f"http://127.0.0.1:{settings.PORT}")

    def handle(self, *args, **options) -> None:
        """Exit with status 0 only if every step held."""
        if not command.run(argparse.Namespace(**options), self.stdout):
            sys.exit(1)
