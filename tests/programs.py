"""Programs that tests need and that may have to be installed first."""

import os
import sys
from collections.abc import Callable


def print_path(
    find: Callable[[], str | None], install: Callable[[], None], *, chosen_by: str, mend: str
) -> int:
    """Print the program's path, or the line that mends its absence; return the exit status.

    `chosen_by` is the variable by which somebody has named a program: then none is installed.
    """
    path = find()
    if path is None and not os.environ.get(chosen_by):
        install()
        path = find()
    if path is None:
        print(f"tests: {mend}", file=sys.stderr)
        return 1
    print(path)
    return 0
