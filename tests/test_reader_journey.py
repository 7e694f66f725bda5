"""A child's journey in a real browser through the whole running product."""

import re

import pytest
import redis
from playwright.sync_api import Page, expect

from readerai import demo
from tests.browser import browser, browser_context, browser_page  # noqa: F401
from tests.scripted_llm import Reply

STARTING_MS = 30_000  # the first page may still have to get its voice


def listens_to(page: Page, word: int) -> None:
    page.wait_for_function(
        "(word) => document.querySelector('[data-word][data-lit]')?.dataset.word >= word",
        arg=word,
        timeout=STARTING_MS,
    )


@pytest.fixture
def ada(product, browser_page) -> Page:  # noqa: F811
    """Ada, signed in, in front of the library."""
    browser_page.goto(product.url)
    browser_page.fill("#code", demo.CLASS_CODE)
    browser_page.get_by_role("button", name="Come in").click()
    browser_page.get_by_role("button", name="Ada").click()
    for picture in demo.PICTURES:
        browser_page.get_by_role("button", name=picture).click()
    return browser_page


def test_the_longest_words_in_titles_and_names_fit_the_smallest_phone(ada):
    ada.set_viewport_size({"width": 320, "height": 640})
    ada.locator(".book").first.click()
    expect(ada.locator("#reader")).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    ada.click(".reader-bar a")  # back to a library with a book to go on with
    expect(ada.locator(".current")).to_be_visible()
    for long in (".greeting h1", ".current h2", ".book-title"):
        ada.locator(long).first.evaluate("(element) => element.textContent = 'Donaudampf'.repeat(6)")
    assert ada.evaluate("document.documentElement.scrollWidth") == 320
    card = ada.locator(".current").bounding_box()
    title = ada.locator(".current h2").bounding_box()
    assert title["x"] + title["width"] < card["x"] + card["width"]


def test_the_card_to_go_on_with_is_one_link_named_by_what_it_does(ada):
    ada.locator(".book").first.click()
    expect(ada.locator("#reader")).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    ada.click(".reader-bar a")
    expect(ada.get_by_role("link", name="Go on reading", exact=True)).to_have_count(1)
    ada.locator(".current").click(position={"x": 20, "y": 20})
    expect(ada.locator("#reader")).to_be_visible()


def lose_live_sessions(product) -> None:
    """Take from the product's Redis whatever it knows of children who read: as if it had been flushed."""
    url = re.search("REDIS_URL=(.+)", (product.var / "services.env").read_text())[1]
    with redis.Redis.from_url(url) as client:
        client.delete(*client.scan_iter("session:*"), "reading:due", "reading:dirty")


def test_a_child_asks_and_goes_on_at_the_very_word_though_redis_loses_all_in_mid_answer(product, ada):
    ada.locator(".book").last.click()
    reader = ada.locator("#reader")
    expect(reader).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    ada.click('[data-part="play"]')
    listens_to(ada, int(reader.get_attribute("data-position")) + 4)

    product.llm.release.clear()
    first = Reply("They are shy. And it is late.", hold_after_words=4)
    product.llm.script(first, Reply("Said anew. So we wait."))
    ada.click('[data-part="ask"]')
    place = int(reader.get_attribute("data-position"))
    ada.evaluate(
        """() => {
            window.shown = [];
            window.places = [];
            new MutationObserver((changes) => {
                for (const { addedNodes } of changes)
                    window.shown.push(...[...addedNodes].map((sentence) => sentence.textContent));
            }).observe(document.querySelector('[data-sheet="sentences"]'), { childList: true });
            new MutationObserver(([{ target }]) => {
                if (target.closest("[data-text] [data-lit]")) window.places.push(Number(target.dataset.word));
            }).observe(document.body, { attributes: true, attributeFilter: ["data-lit"], subtree: true });
        }"""
    )
    ada.fill("#question", "Why are they there?")
    ada.keyboard.press("Enter")
    ada.wait_for_selector('[data-sheet="sentences"] .word[data-lit]', timeout=STARTING_MS)
    lose_live_sessions(product)
    expect(reader).to_have_attribute("data-state", "reading", timeout=STARTING_MS)
    listens_to(ada, place)
    product.llm.release.set()
    assert ada.evaluate("window.shown") == ["They are shy.", "So we wait."]
    assert ada.evaluate("window.places")[0] == place

    ada.reload()
    expect(reader).to_have_attribute("data-connection", "open")
    stopped = int(reader.get_attribute("data-position"))
    assert place <= stopped < place + 40
    expect(ada.locator(f'[data-word="{stopped}"][data-here]')).to_be_visible()
    ada.click('[data-part="play"]')
    listens_to(ada, stopped)


def test_a_book_opened_elsewhere_says_so_and_can_be_taken_back(ada):
    ada.locator(".book").first.click()
    expect(ada.locator("#reader")).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    other = ada.context.new_page()
    other.goto(ada.url)
    expect(ada.get_by_role("heading", name="This book is open somewhere else")).to_be_visible()
    ada.get_by_role("link", name="Read here instead").click()
    expect(ada.locator("#reader")).to_have_attribute("data-connection", "open")
    expect(other.get_by_role("heading", name=re.compile("somewhere else"))).to_be_visible()


CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.inSight ? [{ rawValue: window.inSight }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => {
  return (window.stream = document.createElement("canvas").captureStream());
};
"""
CAMERA_IS_OFF = "() => window.stream.getTracks().every((track) => track.readyState === 'ended')"


def test_a_badge_in_front_of_the_camera_signs_in(product, browser_page):  # noqa: F811
    command = "from sessions.models import Student; print(Student.objects.get(name='Ben').badge_key)"
    key = product.manage("shell", "--verbosity=0", "--command", command).stdout.strip()
    browser_page.add_init_script(CAMERA)
    browser_page.goto(product.url)
    browser_page.get_by_role("button", name="Use my badge").click()
    browser_page.evaluate("window.inSight = 'https://elsewhere.example/evil/'")
    expect(browser_page.get_by_role("status")).to_have_text("That is no badge of ours.")
    browser_page.get_by_role("button", name="Close the camera").click()
    browser_page.wait_for_function(CAMERA_IS_OFF)

    browser_page.get_by_role("button", name="Use my badge").click()
    # Printed when the server had another name: only the way counts.
    browser_page.evaluate(f"window.inSight = 'https://old-name.example/badge/{key}/'")
    expect(browser_page.get_by_role("heading", name="Is it you, Ben?")).to_be_visible()
    browser_page.get_by_role("button", name="Yes, it is me").click()
    expect(browser_page.get_by_role("heading", name="Hello, Ben!")).to_be_visible()


def test_a_child_whose_sign_in_has_ended_signs_in_again_and_is_at_the_very_word(product, ada):
    ada.locator(".book").nth(1).click()
    reader = ada.locator("#reader")
    expect(reader).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    ada.click('[data-part="play"]')
    listens_to(ada, 4)
    ada.click('[data-part="play"]')
    place = int(reader.get_attribute("data-position"))
    book = ada.url

    ada.context.clear_cookies(name="readerai_student")
    ada.reload()
    for name in ("Ada", *demo.PICTURES):
        ada.get_by_role("button", name=name).click()
    expect(reader).to_have_attribute("data-connection", "open", timeout=STARTING_MS)
    assert ada.url == book
    expect(reader).to_have_attribute("data-position", str(place))
