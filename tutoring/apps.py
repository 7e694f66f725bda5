"""Narration, questions and answers."""

from django.apps import AppConfig


class TutoringConfig(AppConfig):
    """Receives `question_asked` from sessions and publishes answers back."""

    name = "tutoring"
    verbose_name = "Tutoring"

    def ready(self) -> None:
        """Connect the receivers."""
        from tutoring import receivers  # noqa: F401
        from tutoring.privacy import erasure  # noqa: F401
