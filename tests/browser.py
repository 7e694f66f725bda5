"""A real Chromium for tests: fixtures to import where a page is looked at.

The browser lives as long as one test module: Playwright keeps an event loop running in the main
thread, which the async tests of other modules could not bear.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium

FLAGS = ["--autoplay-policy=no-user-gesture-required"]
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
    """One child's browser: its own cookies and storage. An error no script caught fails the test."""
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    context.set_default_timeout(WITHIN_MS)
    uncaught: list[str] = []
    context.on("weberror", lambda error: uncaught.append(str(error.error)))
    yield context
    context.close()
    assert not uncaught


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """One tab of that browser."""
    return browser_context.new_page()
