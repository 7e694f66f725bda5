"""Reading sessions: who reads what, and where they are."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Label `reading`: django.contrib.sessions already owns the label `sessions`."""

    name = "sessions"
    label = "reading"
    verbose_name = "Reading"

    def ready(self) -> None:
        """Connect the receivers."""
        from sessions import shelf  # noqa: F401
