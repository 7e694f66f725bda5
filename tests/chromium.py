"""`python -m tests.chromium`: print the path of a Chromium that starts, installing one where none is found.

Tried in this order: CHROMIUM of the environment, the system's own (before others the one that knows no
windows: with it the tests of the reader take two fifths less work), the one Playwright downloaded; then, as
root on Debian and its kin, the former by apt, a download by Playwright, and the usual one by apt.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from tests.programs import print_path

NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
MEND = (
    "no Chromium that starts was found: apt-get install chromium-headless-shell, or set CHROMIUM=/path/to/it"
)


def find() -> str | None:
    """Return the path of an installed Chromium that starts; None when there is none."""
    return next(filter(starts, installed()), None)


def installed() -> Iterator[str]:
    """Yield what may be a Chromium; when CHROMIUM is set, that one only."""
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def starts(path: str) -> bool:
    """Tell whether this browser really runs here: a download may lack the system's libraries."""
    try:
        page = subprocess.run(
            [path, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "data:text/html,here"],
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"here" in page.stdout


def install() -> None:
    """Try to install one; whether it worked is for `find` to say. Their output goes to stderr."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "install", "--yes"]
        commands = [["apt-get", "update"], [*apt, NAMES[0]], *commands, [*apt, NAMES[1]]]
    for command in commands:
        print(f"tests: {' '.join(command)}", file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr)
        if find():
            return


def main() -> int:
    """Print the path, or the line that mends its absence."""
    return print_path(find, install, chosen_by="CHROMIUM", mend=MEND)


if __name__ == "__main__":
    sys.exit(main())
