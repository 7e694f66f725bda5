"""A teacher's journey through the running product: finds a child who reads, follows it, pauses the class."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from readerai import demo
from tests.browser import browser, browser_context, browser_page  # noqa: F401

STARTING_MS = 30_000  # the first page may still have to get its voice


@pytest.fixture
def ben(product, browser_page) -> Page:  # noqa: F811
    """Ben, who is being read to."""
    browser_page.goto(product.url)
    browser_page.fill("#code", demo.CLASS_CODE)
    browser_page.get_by_role("button", name="Come in").click()
    for button in ("Ben", *demo.PICTURES):
        browser_page.get_by_role("button", name=button).click()
    browser_page.locator(".book").last.click()
    reader = browser_page.locator("#reader")
    expect(reader).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    expect(reader).to_have_attribute("data-voice", "ready", timeout=STARTING_MS)
    browser_page.click('[data-part="play"]')
    expect(reader).to_have_attribute("data-state", "reading")
    return browser_page


@pytest.fixture
def teacher(product, browser: Browser) -> Page:  # noqa: F811
    """The demo's teacher, signed in to the admin."""
    page = browser.new_context().new_page()
    page.set_default_timeout(STARTING_MS)
    page.goto(f"{product.url}/admin/")
    page.fill("[name=username]", demo.TEACHER.username)
    page.fill("[name=password]", demo.TEACHER.password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Live sessions").click()
    yield page
    page.context.close()


def test_a_teacher_follows_a_child_word_by_word_and_steers_the_class(ben, teacher):
    reader = ben.locator("#reader")
    child = teacher.get_by_role("link", name="Ben").first
    expect(child).to_be_visible()  # it appears by itself
    child.click()
    expect(teacher.locator("[data-lit]")).to_have_attribute("data-word", re.compile(r"^([4-9]|\d\d+)$"))
    behind = int(reader.get_attribute("data-position")) - int(
        teacher.locator("[data-lit]").get_attribute("data-word")
    )
    assert abs(behind) < 8

    teacher.get_by_role("link", name="Back to the class").click()
    teacher.get_by_label("Say something to the class").fill("Two more minutes!")
    teacher.keyboard.press("Enter")
    expect(ben.locator('[data-part="notice"]')).to_contain_text("Two more minutes!")
    teacher.get_by_role("button", name=re.compile("^Pause")).click()
    expect(reader).to_have_attribute("data-state", "paused")
    ben.reload()
    expect(ben.locator('[data-part="held"]')).to_be_visible()  # whoever comes back hears it too
    teacher.get_by_role("button", name=re.compile("go on$")).click()
    expect(ben.locator('[data-part="held"]')).to_be_hidden()

    teacher.on("dialog", lambda dialog: dialog.accept())
    teacher.get_by_role("button", name="End the reading of Ben").first.click()
    expect(ben.get_by_role("heading", name="That is all for now")).to_be_visible()


def test_the_socket_of_followers_is_for_our_own_pages_and_the_signed_in(product):
    address = f"{product.url.replace('http', 'ws')}/ws/follow/6f1f5f1e-5d0c-4d8e-9a53-0d9c9b2f6a11/"
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, origin="https://elsewhere.example")
    with connect(address, origin=product.url) as socket, pytest.raises(ConnectionClosed):
        socket.recv(timeout=5)
    assert socket.close_code == 4403
