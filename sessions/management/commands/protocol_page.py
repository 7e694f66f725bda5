"""`manage.py protocol_page`: write docs/protocol.md from the protocol's types."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from sessions.protocol_page import render


class Command(BaseCommand):
    """Write docs/protocol.md from the types in sessions/protocol."""

    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        """Write the page."""
        path = Path(settings.BASE_DIR) / "docs" / "protocol.md"
        path.write_text(render())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written")
