"""The wiring application: it has no models, only commands and checks."""

from django.apps import AppConfig


class ReaderaiConfig(AppConfig):
    """Operator commands and system checks."""

    name = "readerai"

    def ready(self) -> None:
        """Register the system checks."""
        from readerai import checks  # noqa: F401 -- importing registers them
