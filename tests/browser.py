"""A real Chromium for tests: fixtures to import where a page is looked at.

The browser lives as long as one test module: Playwright keeps an event loop running in the main
thread, which the async tests of other modules could not bear.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium

# Tabs of one context share a process: each new one would cost half a second of work.
FLAGS = ["--autoplay-policy=no-user-gesture-required", "--process-per-site"]
# What the page's own policy forbids, and what Alpine's cautious build cannot read, is said in the console.
SAY_WHAT_IS_BLOCKED = """addEventListener("securitypolicyviolation", (blocked) => console.error(
    "BLOCKED", blocked.effectiveDirective, blocked.blockedURI, blocked.sourceFile, blocked.sample))"""
WITHIN_MS = 8_000  # for what should happen at once, on a machine that is busy


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium; without one the test fails, with the line that mends it."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MEND, pytrace=False)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """One child's browser: its own cookies and storage.

    An error no script caught fails the test, and so does anything that our Content-Security-Policy forbids.
    """
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    context.set_default_timeout(WITHIN_MS)
    uncaught: list[str] = []
    context.on("weberror", lambda error: uncaught.append(str(error.error)))
    context.add_init_script(SAY_WHAT_IS_BLOCKED)
    context.on("console", lambda said: uncaught.append(said.text) if is_blocked(said.text) else None)
    yield context
    context.close()
    assert not uncaught


def is_blocked(said: str) -> bool:
    """Tell whether a line of the console says that a page was kept from something by its policy."""
    return said.startswith(("BLOCKED", "Alpine Expression Error", "CSP Parser Error"))


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """One tab of that browser."""
    return browser_context.new_page()
