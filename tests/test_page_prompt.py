"""The child is asked about the page just heard, in a real Chromium."""

import json
from urllib.parse import parse_qs

from playwright.sync_api import Route, expect

from sessions import words
from tests.browser import browser, browser_context, browser_page  # noqa: F401
from tests.scripted_reader_server import make_server, scripted_server, word_times  # noqa: F401
from tests.test_reader_page import PLAYING, Child
from tutoring.dialogue.judging import reply_to
from tutoring.dialogue.prompt import GAP, Kind, Prompt

ASKED = Prompt(
    Kind.COMPLETION,
    f"Can you finish it? It pointed at the garden {GAP}.",
    "en",
    "door",
    "It pointed at the garden door.",
    ("door", "hat", "lantern"),
)

TOO_SMALL_OR_OUTSIDE = """() => [...document.querySelectorAll("#prompt button, #prompt input")]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .filter((control) => {
        const { width, height, left, right } = control.getBoundingClientRect();
        return width < 48 || height < 48 || left < 0 || right > innerWidth;
    })
    .map((control) => control.outerHTML)"""


def said(text: str) -> dict[str, object]:
    """A line as the server says it."""
    split = [word.text for word in words.split(text)]
    return {
        "text": text,
        "words": split,
        "audioUrl": f"/media/{len(split)}.mp3",
        "wordTimes": word_times(len(split)),
    }


class Asking:
    """The prompts' side of the server; what the child answered is in `answers`."""

    def __init__(self) -> None:
        self.answers: list[dict[str, list[str]]] = []
        self.tokens: list[str | None] = []

    def respond(self, route: Route) -> None:
        if route.request.method == "GET":
            return self._send(route, {"kind": ASKED.kind, "choices": ASKED.choices, **said(ASKED.text)})
        form = parse_qs(route.request.post_data)
        self.answers.append(form)
        self.tokens.append(route.request.headers.get("x-csrftoken"))
        reply = reply_to(ASKED, form["answer"][0], int(form["attempt"][0]))
        return self._send(route, {"verdict": reply.verdict, "done": reply.done, **said(reply.text)})

    def _send(self, route: Route, data: dict[str, object]) -> None:
        route.fulfill(body=json.dumps(data), content_type="application/json")


def test_at_a_pages_end_the_child_is_asked_answers_and_reads_on(browser_page, make_server):  # noqa: F811
    asking = Asking()
    browser_page.route("**/prompt/", asking.respond)
    child = Child(browser_page, make_server(pages_per_prompt=1)).open()
    sheet = browser_page.locator("#prompt")
    first, second = (page.word_count for page in child.server.pages[:2])

    browser_page.click(f'[data-word="{first - 2}"]')
    child.sees(state="prompting", page=1, position=first)
    expect(sheet).to_be_visible()
    expect(browser_page.locator("#prompt-title")).to_be_focused()
    expect(sheet.locator("[data-prompt=line]")).to_have_text(ASKED.text)
    browser_page.wait_for_function(f"document.querySelector('#prompt .word[data-lit]') && {PLAYING}")
    browser_page.set_viewport_size({"width": 320, "height": 640})
    assert browser_page.evaluate(TOO_SMALL_OR_OUTSIDE) == []
    expect(sheet.get_by_role("button", name="Skip")).to_be_in_viewport()
    progress = child.server.heard("PROGRESS")[-1]
    assert (progress["wordIndex"], progress["playing"]) == (first, False)

    # In the same breath as the answer the prompt is silent; a hint follows, and praise after the next one.
    silent = browser_page.evaluate(
        f"""() => {{
            [...document.querySelectorAll("#prompt button")].find((each) => each.textContent === "hat")
                .click();
            return !{PLAYING};
        }}"""
    )
    assert silent
    expect(sheet.locator("[data-prompt=line]")).to_contain_text("It begins with D")
    assert sheet.locator(".prompt-choices button").all_text_contents() == ["door", "lantern"]
    browser_page.fill("#reply", "the dor")
    browser_page.keyboard.press("Enter")
    expect(sheet.locator("[data-prompt=line]")).to_contain_text(ASKED.sentence)
    expect(sheet.get_by_role("button", name="Read on")).to_be_focused()
    child.sees(state="reading", page=2)
    child.listens_to(first)
    expect(sheet).to_be_hidden()
    assert asking.answers == [
        {"answer": ["hat"], "attempt": ["1"]},
        {"answer": ["the dor"], "attempt": ["2"]},
    ]
    assert asking.tokens == ["scripted"] * 2

    # Escape reads on at once; one's own question is possible all the time; a reload loses only the prompt.
    def hears_the_end_of_page_two() -> None:
        browser_page.click(f'[data-word="{first + second - 1}"]')
        child.sees(state="prompting", page=2, position=first + second)

    hears_the_end_of_page_two()
    browser_page.keyboard.press("Escape")
    child.sees(state="reading", page=3)
    child.press("previous-page")
    hears_the_end_of_page_two()
    sheet.get_by_role("button", name="Ask something").click()
    child.sees(state="asking")
    expect(browser_page.locator("#question")).to_be_focused()
    expect(sheet).to_be_hidden()
    browser_page.keyboard.press("Escape")
    child.sees(state="reading", page=3)
    child.press("previous-page")
    hears_the_end_of_page_two()
    browser_page.reload()
    child.sees(state="paused", page=3, position=first + second)
