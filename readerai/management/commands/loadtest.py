"""`manage.py loadtest`: simulated children on real sockets, what they cost the server, and what was lost."""

import argparse
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from readerai.loadtest import command


class Command(BaseCommand):
    """Let many children connect, read, ask, be cut off and come back; tell what it took."""

    help = __doc__
    requires_system_checks = []
    _url = f"http://127.0.0.1:{settings.PORT}"

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the load test's own options."""
        command.add_arguments(parser, default_url=self._url)

    def handle(self, *args, **options) -> None:
        """Exit with status 0 only if nothing was lost, doubled or refused."""
        if not command.run(argparse.Namespace(**options), self.stdout, sys.stderr, default_url=self._url):
            sys.exit(1)
