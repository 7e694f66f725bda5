"""The card of a word in a real Chromium: opened by hand, finger and key; it never loses the place."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import WITHIN_MS, browser, browser_context, browser_page  # noqa: F401
from tests.scripted_reader_server import make_server, scripted_server  # noqa: F401
from tests.test_reader_page import PLAYING, Child

expect.set_options(timeout=WITHIN_MS)

LANTERN, SHADOWS = 3, 18
# Every button is big enough, the card is on the screen, nothing is wider than it, and the word is above it.
IN_ORDER = """() => {
    const card = document.querySelector("#word-card");
    const buttons = [...card.querySelectorAll("button")].map((button) => button.getBoundingClientRect());
    const { left, right, top, bottom } = card.getBoundingClientRect();
    return buttons.every(({ width, height }) => width >= 48 && height >= 48)
        && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
        && card.scrollWidth <= card.clientWidth
        && document.querySelector("[data-asked]").getBoundingClientRect().bottom <= top;
}"""


def hold(page: Page, word: int, then: str) -> None:
    """Lay a finger on a word; `then` it is lifted, moved or held."""
    page.evaluate(
        """async ([word, then]) => {
            const element = document.querySelector(`[data-word="${word}"]`);
            const { left: clientX, top: clientY } = element.getBoundingClientRect();
            const touch = (type, moved = 0) => element.dispatchEvent(new PointerEvent(type,
                { bubbles: true, pointerType: "touch", isPrimary: true, clientX, clientY: clientY + moved }));
            touch("pointerdown");
            if (then === "moved") touch("pointermove", 30);
            if (then === "lifted") touch("pointerup");
            await new Promise((resolve) => setTimeout(resolve, 600));
        }""",
        [word, then],
    )


def test_a_word_is_said_divided_and_explained_and_reading_goes_on_at_the_very_word(
    browser_page: Page,  # noqa: F811
    make_server: Any,  # noqa: F811
):
    page, keys = browser_page, browser_page.keyboard
    child = Child(page, make_server()).open()
    card, title = page.locator("#word-card"), page.locator("#word-card h2")
    meaning = card.locator("[aria-live=polite]")

    # The button tells about the word that is lit.
    child.press("play")
    child.listens_to(LANTERN)
    page.click('[aria-label="What is this word?"]')
    child.sees(state="word")
    place = child.word
    shown = page.locator(f'[data-word="{place}"]')
    expect(title).to_have_text((shown.text_content() or "").strip(".,"))
    expect(card.get_by_role("button", name="Close the word and read on")).to_be_focused()
    expect(card.get_by_text("I am thinking about it")).to_be_visible()
    page.wait_for_function(f"{PLAYING}?.src.endsWith('/media/1.mp3')")
    child.server.meanings[place] = "This is what it means here."
    expect(meaning).to_have_text("This is what it means here.")
    expect(card.get_by_text("I am thinking about it")).to_be_hidden()
    page.wait_for_function(f"{PLAYING}?.src.endsWith('/media/6.mp3')")
    keys.press("Escape")
    child.sees(state="reading")
    expect(shown).to_be_focused()
    child.listens_to(place)
    keys.press("Space")
    child.sees(state="paused")
    place = child.word

    # The other mouse button tells about any word; the place stays where it is.
    child.server.meanings[SHADOWS] = "Dark shapes."
    for width, height in [(320, 640), (390, 844), (1366, 768), (820, 1180)]:
        page.set_viewport_size({"width": width, "height": height})
        page.click(f'[data-word="{SHADOWS}"]', button="right")
        expect(title).to_have_text("shadows")
        expect(card.get_by_text("shad · ows")).to_be_visible()
        expect(meaning).to_have_text("Dark shapes.")
        page.wait_for_function(f"({IN_ORDER})()")  # once the card has come up, and the word into view
        keys.press("Escape")
        child.sees(state="paused", position=place)
    page.click(f'[data-word="{SHADOWS}"]', button="right")
    card.get_by_role("button", name="Hear the word").click()
    page.wait_for_function(f"{PLAYING}?.src.endsWith('/media/1.mp3')")
    card.get_by_role("button", name="Back to the story").click()
    child.sees(state="paused", position=place)
    assert child.silent
    expect(page.locator(f'[data-word="{SHADOWS}"]')).to_be_focused()

    # A finger that is held does so too; one that scrolls or taps does not.
    for then in ("moved", "lifted"):
        hold(page, LANTERN, then)
        child.sees(state="paused", position=place)
    hold(page, LANTERN, "held")
    expect(title).to_have_text("lantern")
    page.mouse.click(5, 5)
    child.sees(state="paused", position=place)

    # And a key tells about the word where the reading is; without a network the card waits for it.
    child.server.lose_network()
    child.sees(connection="away")
    page.route("**/words/**", lambda route: route.abort())
    keys.press("w")
    expect(title).to_have_text((page.locator(f'[data-word="{place}"]').text_content() or "").strip(".,"))
    expect(card.get_by_text("I will tell you as soon as I am back")).to_be_visible()
    keys.press("Escape")
    child.sees(state="paused", position=place)
