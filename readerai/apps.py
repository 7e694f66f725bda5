"""The wiring application: it has no models, only commands and checks."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ReaderaiConfig(AppConfig):
    """Operator commands and system checks."""

    name = "readerai"

    def ready(self) -> None:
        """Register the system checks, and have every migrated database know the groups."""
        from readerai import checks  # noqa: F401 -- importing registers them
        from sessions.roles import make_groups

        # Only apps with models send it; after the last of them, every permission is there.
        post_migrate.connect(make_groups, sender=apps.get_app_config("tutoring"))
