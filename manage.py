#!/usr/bin/env python
"""Django's command line, and ReaderAI's: `manage.py help` lists every command."""

import os
import sys


def main() -> None:
    """Run one command; a setting that cannot be used ends it with one line instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed in this Python: run `make run` once, then use .venv/bin/python manage.py"
        )
    from readerai.env import BadSetting

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
