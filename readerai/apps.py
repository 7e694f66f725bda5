"""The wiring application: it has no models, only commands and checks."""

from django.apps import AppConfig


class ReaderaiConfig(AppConfig):
    """Operator commands and system checks."""

    name = "readerai"
