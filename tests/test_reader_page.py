"""The reader page in a real Chromium, against a server that does what each story needs."""

import re
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import WITHIN_MS, browser, browser_context, browser_page  # noqa: F401
from tests.scripted_reader_server import (  # noqa: F401
    SESSION,
    WORD_MS,
    ScriptedServer,
    make_server,
    scripted_server,
)

expect.set_options(timeout=WITHIN_MS)

# Remember every audio element the page makes, and hold the keys of the headphones.
SPY = """
    window.sounds = [];
    window.Audio = class extends window.Audio {
        constructor() { super(); window.sounds.push(this); }
    };
    window.mediaKeys = {};
    navigator.mediaSession.setActionHandler = (action, act) => { window.mediaKeys[action] = act; };
"""
PLAYING = "sounds.find((sound) => !sound.paused)"


class Child:
    """Somebody who reads this page."""

    def __init__(self, page: Page, server: ScriptedServer) -> None:
        self.page = page
        self.server = server
        self.reader = page.locator("#reader")

    def open(self, *, voice: str = "ready") -> "Child":
        self.page.add_init_script(SPY)
        self.page.goto(self.server.url)
        self.sees(connection="open", voice=voice)
        return self

    def sees(self, **state: Any) -> None:
        """Wait until the page says so of itself."""
        for name, value in state.items():
            expect(self.reader).to_have_attribute(f"data-{name}", str(value))

    def press(self, part: str) -> None:
        self.page.click(f'[data-part="{part}"]')

    def listens_to(self, word: int) -> None:
        """Wait until the narration has lit this word, or one soon after it: a busy machine may blink."""
        self.page.wait_for_function(
            """(word) => [...document.querySelectorAll("[data-word][data-lit]")]
                .some((lit) => lit.dataset.word >= word && lit.dataset.word < word + 6)""",
            arg=word,
        )

    def asks(self, text: str) -> dict[str, Any]:
        """Ask by the big button; return what the server heard."""
        before = len([frame for frame in self.server.frames if frame["type"] == "STUDENT_QUESTION"])
        self.press("ask")
        self.page.fill("#question", text)
        self.page.keyboard.press("Enter")
        return self.server.heard("STUDENT_QUESTION", before + 1)[-1]

    @property
    def word(self) -> int:
        return int(self.reader.get_attribute("data-position"))

    @property
    def silent(self) -> bool:
        return self.page.evaluate(f"!{PLAYING}")


@pytest.fixture(scope="module")
def shared_context(browser: Browser, scripted_server) -> Iterator[BrowserContext]:  # noqa: F811
    """One browser that stays warm from test to test: its cache, and its process by a tab left open."""
    context = browser.new_context()
    context.set_default_timeout(WITHIN_MS)
    context.new_page().goto(scripted_server.url.replace("/read/1/", "/library/"))
    yield context
    context.close()


@pytest.fixture
def tab(shared_context: BrowserContext) -> Iterator[Page]:
    """A new tab with nothing remembered. An error no script caught fails the test."""
    page = shared_context.new_page()
    page.set_viewport_size({"width": 820, "height": 1180})
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    assert not uncaught


@pytest.fixture
def open_reader(tab, make_server):  # noqa: F811
    """Return a function that opens the reader page for a child, before the first Play."""

    def open_(*, voice: str = "ready", script: str = "", **server: Any) -> Child:
        tab.add_init_script(script)
        return Child(tab, make_server(**server)).open(voice=voice)

    return open_


@pytest.fixture
def child(open_reader) -> Child:
    """A child who has just opened the book."""
    return open_reader()


# --- Reading aloud ----------------------------------------------------------------------------
def test_a_page_is_plain_text_and_silent_until_the_child_wants_it_read(child):
    child.sees(state="paused")
    assert child.silent
    text = child.page.locator("[data-text] p").first.text_content()
    assert text.strip() == child.server.pages[0].text.partition("\n\n")[0]
    expect(child.page.locator("[data-lit]")).to_have_count(0)


def test_each_word_lights_up_within_fifty_milliseconds_of_its_time(child):
    child.press("play")
    child.listens_to(1)
    late, unlit = child.page.evaluate(
        f"""async (wordMs) => {{
            const late = [];
            let unlit = 0;
            const frame = () => new Promise(requestAnimationFrame);
            let before = -1;
            for (const end = performance.now() + 3500; performance.now() < end; await frame()) {{
                const lit = Number(document.querySelector("[data-word][data-lit]")?.dataset.word ?? -1);
                if (lit < 0) unlit += 1;
                else if (lit !== before && before >= 0)
                    late.push({PLAYING}.currentTime * 1000 - lit * wordMs);
                before = lit;
            }}
            return [late, unlit];
        }}""",
        WORD_MS,
    )
    assert unlit == 0  # a word stays lit through the silence after it
    assert len(late) >= 10
    distances = sorted(abs(ms) for ms in late)
    assert statistics.median(distances) < 35
    assert distances[len(distances) * 9 // 10] < 50


def test_a_tap_on_a_word_starts_there(child):
    child.page.click('[data-word="9"]')
    child.sees(state="reading")
    child.listens_to(9)
    assert child.page.evaluate(f"{PLAYING}.currentTime * 1000") < 12 * WORD_MS


def test_pause_is_silent_and_play_goes_on_at_the_word(child):
    child.press("play")
    child.listens_to(3)
    child.press("play")
    child.sees(state="paused")
    assert child.silent
    place = child.word
    expect(child.page.locator(f'[data-word="{place}"][data-here]')).to_be_visible()
    assert child.server.heard("PROGRESS")[-1] | {"ack": 0} == {
        "wordIndex": place, "audioTimestamp": place * WORD_MS, "playing": False, "ack": 0,
    }  # fmt: skip
    child.press("play")
    child.listens_to(place)


def test_the_next_page_is_there_before_this_one_ends(child):
    last = child.server.pages[0].word_count - 1
    child.page.wait_for_function(
        "performance.getEntriesByType('resource').filter(e => /media/.test(e.name)).length > 1"
    )
    requests = len(child.server.requests)
    child.page.evaluate("""() => {
        window.turned = new Promise((resolve) => {
            const now = () => performance.now();
            for (const sound of sounds) {
                sound.addEventListener("ended", () => { window.endedAt = now(); });
                sound.addEventListener("playing", () => window.endedAt && resolve(now() - window.endedAt));
            }
        });
    }""")
    child.page.click(f'[data-word="{last}"]')
    assert child.page.evaluate("window.turned") < 300
    child.listens_to(last + 1)
    child.sees(page=2)
    needed = [path for path in child.server.requests[requests:] if "/pages/2/" in path]
    assert needed == []


def test_the_end_of_the_book_is_celebrated_and_told(child):
    for _ in range(2):
        child.press("next-page")
    child.press("play")
    last = child.server.book.word_count - 1
    child.page.click(f'[data-word="{last}"]')
    child.sees(state="finished")
    expect(child.page.get_by_role("heading", name="The end")).to_be_focused()
    expect(child.page.get_by_role("link", name="Back to the library").last).to_be_visible()
    assert child.server.heard("PROGRESS")[-1]["wordIndex"] == last + 1


def test_a_voice_that_is_on_its_way_starts_as_soon_as_it_is_there(open_reader):
    child = open_reader(voice="preparing", voices={1: 202})
    child.press("play")
    expect(child.page.get_by_text("Getting the voice ready")).to_be_visible()
    assert child.silent
    child.server.voices.clear()
    child.listens_to(2)


def test_without_a_voice_the_child_tries_again_or_reads_alone_to_the_end(open_reader):
    child = open_reader(voice="failed", voices={1: 503, 2: 503, 3: 404})
    expect(child.page.get_by_text("You can read it yourself")).to_be_visible()
    del child.server.voices[1]
    child.press("retry-voice")
    child.sees(voice="ready")
    child.press("next-page")
    for page in (2, 3):
        child.sees(page=page, voice="failed")
        child.press("next-page")
    child.sees(state="finished")


def test_speed_changes_the_rate_and_keeps_the_pitch(child):
    child.press("play")
    child.listens_to(1)
    for _ in range(9):
        child.page.keyboard.press("-")
    rate, pitch = child.page.evaluate(f"[{PLAYING}.playbackRate, {PLAYING}.preservesPitch]")
    assert (rate, pitch) == (0.6, True)
    child.press("next-page")
    child.listens_to(child.server.pages[1].first_word)
    assert child.page.evaluate(f"{PLAYING}.playbackRate") == 0.6


# --- Keys ------------------------------------------------------------------------------------------
def test_a_key_as_quick_as_the_closing_sheet_is_not_lost(child):
    child.page.keyboard.press("Space")
    child.sees(state="reading")
    child.page.keyboard.press("q")
    expect(child.page.locator("#question")).to_be_focused()
    child.page.evaluate(
        """() => {
            document.querySelector('[data-sheet="close"]').click();
            const space = new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(space);
        }"""
    )
    child.sees(state="paused")


def test_everything_can_be_done_by_keyboard(child):
    keys = child.page.keyboard
    second_page = child.server.pages[1].first_word
    sentences = [0, 8, 13, 25]
    keys.press("ArrowRight")
    child.sees(position=sentences[1])
    keys.press("ArrowRight")
    child.sees(position=sentences[2])
    keys.press("ArrowLeft")
    child.sees(position=sentences[1])
    keys.press("PageDown")
    child.sees(page=2, position=second_page)
    keys.press("ArrowLeft")
    child.sees(page=1, position=sentences[3])
    keys.press("Shift+ArrowRight")
    child.sees(page=2)
    keys.press("PageUp")
    child.sees(page=1, position=0)
    keys.press(".")
    child.sees(position=1)
    keys.press("Space")
    child.sees(state="reading")
    keys.press("q")
    child.sees(state="asking")
    expect(child.page.locator("#question")).to_be_focused()
    keys.press("Escape")
    child.sees(state="reading")
    keys.press("Space")
    child.sees(state="paused")


def test_the_keys_of_headphones_work(child):
    child.page.evaluate("mediaKeys.play()")
    child.sees(state="reading")
    child.page.evaluate("mediaKeys.nexttrack()")
    child.sees(page=2)
    child.page.evaluate("mediaKeys.pause()")
    child.sees(state="paused")


# --- Questions --------------------------------------------------------------------------------------
def test_a_question_interrupts_is_answered_aloud_and_reading_goes_on_at_the_word(child):
    child.press("play")
    child.listens_to(6)
    silent, lit = child.page.evaluate(
        f"""() => {{
            document.querySelector('[data-part="ask"]').click();
            return [!{PLAYING}, document.querySelectorAll("[data-lit]").length];
        }}"""
    )
    assert (silent, lit) == (True, 0)  # in the same breath: no round trip
    place = child.word
    child.page.fill("#question", "  Why is it green? ")
    child.page.keyboard.press("Enter")
    question = child.server.heard("STUDENT_QUESTION")[0]
    assert question["questionText"] == "Why is it green?"
    assert question["context"] == {"wordIndex": place, "audioTimestamp": place * WORD_MS}
    expect(child.page.get_by_text("I heard your question.").last).to_be_visible()

    child.server.answer(question["id"], "Somebody painted it.", complete=False)
    child.page.wait_for_function(
        f"""document.querySelector('[data-sheet="sentences"] .word[data-lit]') && {PLAYING}"""
    )
    child.page.evaluate(
        """() => {
            window.lit = [];
            new MutationObserver((changes) => {
                const words = changes.map(({ target }) => target).filter((word) => "lit" in word.dataset);
                lit.push(...words.map((word) => word.textContent));
            }).observe(document.body, { attributes: true, attributeFilter: ["data-lit"], subtree: true });
            for (const sound of sounds) sound.addEventListener("seeking", () => {
                if (sound.src.startsWith("blob:")) window.resumedAt = sound.currentTime * 1000;
            });
        }"""
    )
    child.server.publish(
        "ANSWER_SENTENCE", questionId=question["id"], index=1, text="Green is calm.",
        words=["Green", "is", "calm."], audioUrl="/media/3.mp3", wordTimes=[[0, 240], [280, 520], [560, 800]],
    )  # fmt: skip
    child.server.publish("ANSWER_COMPLETE", questionId=question["id"], sentences=2, source="offline")
    child.sees(state="reading")
    child.listens_to(place + 1)
    lit = child.page.evaluate("lit")
    assert lit[lit.index("Green") :][:3] == ["Green", "is", "calm."]
    story = [child.page.locator(f'[data-word="{place + n}"]').text_content() for n in range(2)]
    assert lit[lit.index("calm.") + 1 :][:2] == story
    assert child.page.evaluate("resumedAt") == pytest.approx(place * WORD_MS, abs=1)


def test_the_classroom_may_choose_to_go_on_at_the_sentence(open_reader):
    child = open_reader(resume_at_sentence_start=True)
    child.page.click('[data-word="11"]')
    child.listens_to(11)
    child.press("ask")
    child.page.keyboard.press("Escape")
    child.listens_to(8)


def test_closing_the_box_without_asking_resumes_at_once_and_sends_nothing(child):
    child.press("play")
    child.listens_to(2)
    child.press("ask")
    place = child.word
    child.page.fill("#question", "   ")
    child.page.keyboard.press("Enter")
    child.sees(state="asking")
    child.page.get_by_label("Close and read on").click()
    child.listens_to(place)
    assert {frame["type"] for frame in child.server.frames} == {"HELLO", "PROGRESS"}


def test_asking_again_stops_the_running_answer(child):
    child.press("play")
    child.listens_to(1)
    first = child.asks("Why?")
    child.server.answer(first["id"], "This is a very long answer that goes on and on.", complete=False)
    child.page.wait_for_selector('[data-sheet="sentences"] .word[data-lit]')
    child.page.get_by_role("button", name="Ask something else").click()
    assert child.silent
    assert child.server.heard("QUESTION_CANCELLED")[0] == {"id": first["id"]}
    child.page.fill("#question", "But how?")
    child.page.keyboard.press("Enter")
    second = child.server.heard("STUDENT_QUESTION", 2)[1]
    child.server.publish(
        "ANSWER_SENTENCE", questionId=first["id"], index=1, text="Too late.", words=["Too", "late."],
        audioUrl="/media/2.mp3", wordTimes=[[0, 100], [100, 200]],
    )  # fmt: skip
    child.server.answer(second["id"], "Like this.")
    expect(child.page.get_by_text("Like this.").last).to_be_visible()
    expect(child.page.get_by_text("Too late.")).to_have_count(0)
    child.sees(state="reading")


def test_a_question_is_received_aloud_at_once_and_the_answer_follows_that(open_reader):
    child = open_reader(thinking_words=5)
    child.press("play")
    child.listens_to(1)
    question = child.asks("Why?")
    child.page.wait_for_function(f"{PLAYING}?.currentSrc.endsWith('/media/5.mp3')")
    child.server.answer(question["id"], "Because it is green.")
    child.page.wait_for_function(f"{PLAYING}?.currentSrc.endsWith('/media/4.mp3')")
    expect(child.page.locator('[data-sheet="sentences"] .word[data-lit]').first).to_be_visible()
    child.sees(state="reading")
    again = child.asks("And then?")
    assert again["previous"] == {"questionId": question["id"], "heard": 1}
    (heard,) = child.server.heard("ANSWER_HEARD")
    assert (heard["questionId"], heard["sentences"]) == (question["id"], 1)
    assert 100 < heard["afterMs"] < 60_000
    child.page.wait_for_function(f"{PLAYING}?.currentSrc.endsWith('/media/5.mp3')")
    child.page.get_by_role("button", name="Back to the story").click()
    child.sees(state="reading")
    child.page.wait_for_function(f"!{PLAYING}?.currentSrc.endsWith('/media/5.mp3')")


def test_back_to_the_story_cancels_the_answer(child):
    child.press("play")
    child.listens_to(1)
    question = child.asks("Why?")
    child.page.get_by_role("button", name="Back to the story").click()
    child.sees(state="reading")
    assert child.server.heard("QUESTION_CANCELLED") == [{"id": question["id"]}]
    assert [heard["sentences"] for heard in child.server.heard("ANSWER_HEARD")] == [0]
    child.server.answer(question["id"], "Nobody hears this.")
    child.listens_to(child.word + 2)
    child.sees(state="reading")


def test_a_failure_is_said_kindly_and_reading_goes_on(child):
    child.press("play")
    child.listens_to(1)
    question = child.asks("Why?")
    child.server.publish(
        "ANSWER_FAILED", questionId=question["id"], message="I do not know that one.", retryable=False
    )
    expect(child.page.get_by_text("I do not know that one.").last).to_be_visible()
    child.page.wait_for_timeout(1500)  # it has no sound: it stays for as long as reading it takes
    child.sees(state="answering")
    child.sees(state="reading")


def test_a_child_who_waits_too_long_is_told_and_can_go_on(browser_page, make_server):  # noqa: F811
    browser_page.clock.install()
    child = Child(browser_page, make_server()).open()
    question = child.asks("Why?")
    expect(child.page.get_by_text("I heard your question.").last).to_be_visible()
    child.page.clock.fast_forward(13_000)
    expect(child.page.get_by_text("Thank you for waiting").last).to_be_visible()
    child.page.clock.fast_forward(38_000)
    expect(child.page.get_by_text("I could not find an answer").last).to_be_visible()
    assert child.server.heard("QUESTION_CANCELLED") == [{"id": question["id"]}]
    child.page.get_by_role("button", name="Back to the story").click()
    child.sees(state="paused")


def test_a_question_can_be_spoken(open_reader):
    child = open_reader(
        script="""window.SpeechRecognition = class {
            start() { setTimeout(() => {
                this.onresult({ results: [[{ transcript: "why is " }], [{ transcript: "it dark" }]] });
                this.onend();
            }, 50); }
            stop() {} abort() {}
        };"""
    )
    child.press("ask")
    child.page.get_by_role("button", name="Speak").click()
    expect(child.page.locator("#question")).to_have_value("why is it dark")
    child.page.locator("#sheet").get_by_role("button", name="Ask", exact=True).click()
    assert child.server.heard("STUDENT_QUESTION")[0]["questionText"] == "why is it dark"


def test_a_school_that_wants_no_speech_recognised_has_children_type(open_reader):
    child = open_reader(script="window.SpeechRecognition = class {};", speech_input=False)
    child.press("ask")
    child.page.fill("#question", "Why is it dark?")
    expect(child.page.get_by_role("button", name="Speak")).to_have_count(0)
    child.page.keyboard.press("Enter")
    assert child.server.heard("STUDENT_QUESTION")[0]["questionText"] == "Why is it dark?"


def test_where_speech_turns_out_to_be_no_use_speak_goes_away_and_typing_is_offered(open_reader):
    child = open_reader(
        script="""window.SpeechRecognition = class {
            start() { setTimeout(() => { this.onerror({ error: "network" }); this.onend(); }, 50); }
            stop() {} abort() {}
        };"""
    )
    child.press("ask")
    child.page.get_by_role("button", name="Speak").click()
    expect(child.page.get_by_role("button", name="Speak")).to_be_hidden()
    expect(child.page.locator("#question")).to_be_focused()
    expect(child.page.locator("#question")).to_have_attribute("placeholder", re.compile("type"))


# --- The network goes, comes, and says no --------------------------------------------------------------
def test_away_the_narration_goes_on_and_the_question_is_sent_once_on_return(child):
    child.press("play")
    child.listens_to(1)
    child.server.lose_network()
    child.sees(connection="away", state="reading")
    expect(child.page.get_by_text("No connection just now")).to_be_visible()
    child.listens_to(child.word + 2)

    child.press("ask")
    child.page.fill("#question", "Where are we?")
    child.page.keyboard.press("Enter")
    expect(child.page.get_by_text("I will keep your question")).to_be_visible()
    child.page.get_by_role("button", name="Back to the story").click()
    child.sees(state="reading")

    child.server.reachable = True
    child.page.evaluate("window.dispatchEvent(new Event('online'))")
    child.sees(connection="open")
    hello = child.server.heard("HELLO", 2)[1]
    assert [question["questionText"] for question in hello["unacknowledged"]] == ["Where are we?"]
    assert hello["position"]["wordIndex"] > 1
    child.server.answer(hello["unacknowledged"][0]["id"], "In the garden.")
    child.sees(state="answering")
    child.sees(state="reading")
    assert "STUDENT_QUESTION" not in {frame["type"] for frame in child.server.frames}


def test_an_answer_missed_while_away_is_heard_on_return(child):
    question = child.asks("Why?")
    expect(child.page.get_by_text("I heard your question.").last).to_be_visible()
    child.server.lose_network()
    child.sees(connection="away")
    child.server.answer(question["id"], "Because it is green.")
    child.server.reachable = True
    child.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(child.page.locator('[data-sheet="sentences"]')).to_have_text("Because it is green.")
    child.sees(state="paused")


def test_an_answer_begun_again_elsewhere_goes_on_where_it_was_and_says_nothing_twice(child):
    child.press("play")
    child.listens_to(3)
    question = child.asks("Why?")
    place = child.word
    child.server.answer(question["id"], "It is old.", complete=False)
    expect(child.page.get_by_text("there is more to come")).to_be_visible()
    child.server.lose_redis()
    again = child.server.heard("STUDENT_QUESTION", 2)[1]
    assert again == question
    child.server.answer(question["id"], "Said in other words.", "And it is green.")
    expect(child.page.locator('[data-sheet="sentences"] p')).to_have_text(["It is old.", "And it is green."])
    child.sees(state="reading")
    child.server.publish("ANSWER_COMPLETE", questionId=question["id"], sentences=2, source="offline")
    child.listens_to(place)
    child.sees(state="reading")
    assert child.server.heard("PROGRESS")[-1]["ack"] <= len(child.server.outbox)


def test_cut_off_in_mid_answer_the_child_reads_on_and_hears_the_rest_later(browser_page, make_server):  # noqa: F811
    browser_page.clock.install()
    child = Child(browser_page, make_server()).open()
    question = child.asks("Why?")
    child.server.answer(question["id"], "It is old.", voice=False, complete=False)
    child.sees(state="answering")
    child.page.clock.fast_forward(3_000)
    child.server.lose_network()
    expect(child.page.get_by_text("The rest comes as soon as I am back")).to_be_visible()
    child.page.clock.fast_forward(5_000)
    child.sees(state="paused", connection="away")
    child.server.reachable = True
    child.page.evaluate("window.dispatchEvent(new Event('online'))")
    child.page.clock.fast_forward(1_000)
    child.sees(connection="open", state="paused")
    child.server.answer(question["id"], "And it is green.", voice=False, first=1)
    child.sees(state="answering")
    expect(child.page.locator('[data-sheet="sentences"] p')).to_have_text(["It is old.", "And it is green."])


def note_what_is_announced(child) -> None:
    """Keep, as `said` in the page, each text that a screen reader hears of from now on."""
    child.page.evaluate(
        """() => {
            window.said = [];
            const live = document.querySelector('[role="status"]');
            new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true });
        }"""
    )


def test_a_server_that_is_replaced_is_no_news_to_the_child(child):
    note_what_is_announced(child)
    child.press("play")
    child.listens_to(2)
    before = child.page.locator("[data-text]").bounding_box()
    child.server.drain(700)
    child.sees(connection="moving", state="reading")
    banner = child.page.locator('[data-part="banner"]')
    expect(banner).to_have_text("One moment…")
    expect(banner).to_have_css("opacity", "0")
    assert child.page.locator("[data-text]").bounding_box() == before
    place = child.word
    child.sees(connection="open", state="reading")
    assert child.server.heard("HELLO", 2)[1]["position"]["wordIndex"] >= place
    assert child.page.evaluate("said") == ["Reading aloud"]


def test_without_a_network_the_narration_goes_on_over_the_edge_of_the_page(browser_context, make_server):  # noqa: F811
    child = Child(browser_context.new_page(), make_server()).open()
    child.page.wait_for_function(
        "performance.getEntriesByType('resource').filter(e => /media/.test(e.name)).length > 1"
    )
    child.page.wait_for_timeout(100)
    browser_context.set_offline(True)
    child.sees(connection="away")
    last = child.server.pages[0].word_count - 1
    child.page.click(f'[data-word="{last - 1}"]')
    child.listens_to(last + 1)
    child.sees(page=2, state="reading", connection="away")


@pytest.mark.parametrize(
    "code, title, button, address",
    [
        (4409, "This book is open somewhere else", "Read here instead", "/read/1/"),
        (4401, "Please sign in again", "Sign in", "/sign-in/?next=/read/1/"),
    ],
)
def test_a_closed_door_has_one_clear_way_on(child, code, title, button, address):
    child.press("play")
    child.listens_to(1)
    child.server.close_sockets(code)
    child.sees(state="closed")
    assert child.silent
    expect(child.page.get_by_role("heading", name=title)).to_be_visible()
    way_on = child.page.get_by_role("link", name=button, exact=True)
    expect(way_on).to_be_focused()
    expect(way_on).to_have_attribute("href", address)
    for event in ("online", "pageshow", "pointerdown"):
        child.page.evaluate("(name) => window.dispatchEvent(new Event(name))", event)
    child.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    child.page.wait_for_timeout(100)
    assert len(child.server.heard("HELLO")) == 1


def test_a_reload_in_mid_sentence_is_back_at_the_word(child):
    child.press("play")
    child.listens_to(10)
    child.page.reload()
    child.sees(connection="open", state="paused", voice="ready")
    place = child.word
    assert place >= 10
    expect(child.page.locator(f'[data-word="{place}"][data-here]')).to_be_visible()
    assert child.server.heard("HELLO", 2)[1]["position"]["wordIndex"] == place
    child.press("play")
    child.listens_to(place)
    assert child.page.evaluate(f"{PLAYING}.currentTime * 1000") >= place * WORD_MS


def test_the_first_play_after_a_reload_never_goes_back_to_the_pages_first_word(child):
    child.press("play")
    child.listens_to(10)
    child.page.reload()
    child.sees(connection="open", state="paused", voice="ready")
    place = child.word
    child.page.evaluate("""() => {
        const { dataset } = document.querySelector("#reader");
        window.places = [];
        const note = () => { window.places.push(Number(dataset.position)); requestAnimationFrame(note); };
        note();
        // Sound that takes its time to load, as over a slow network.
        const later = (act) => (event) => setTimeout(() => act(event), 300);
        for (const sound of sounds) {
            const listen = sound.addEventListener;
            sound.addEventListener = (name, act, options) =>
                listen.call(sound, name, name === "loadedmetadata" ? later(act) : act, options);
        }
    }""")
    child.press("play")
    child.listens_to(place + 1)
    assert min(child.page.evaluate("places")) == place


def test_a_first_visit_begins_where_the_server_says(open_reader):
    child = open_reader(word_index=30)
    child.sees(position=30, page=2)
    assert "position" not in child.server.heard("HELLO")[0]


def test_a_reload_in_an_answer_goes_on_with_the_sentence_that_was_cut_off(child):
    question = child.asks("Why?")
    child.server.answer(question["id"], "It is old.", "And it is green too.", complete=False)
    spoken = child.page.locator('[data-sheet="sentences"] [data-current]')
    expect(spoken).to_contain_text("green")
    child.page.reload()
    expect(spoken).to_contain_text("green")
    expect(child.page.locator('[data-sheet="sentences"] p')).to_have_count(2)
    child.server.publish("ANSWER_COMPLETE", questionId=question["id"], sentences=2, source="offline")
    child.sees(state="reading")


def test_a_browser_that_refuses_sound_leaves_a_play_button(open_reader):
    child = open_reader(
        script="""HTMLMediaElement.prototype.play =
            () => Promise.reject(new DOMException("tap first", "NotAllowedError"));"""
    )
    child.press("play")
    child.sees(state="paused")
    expect(child.page.locator('[data-part="play"]')).to_have_text(re.compile("Go on"))


def test_keys_do_not_wander_under_the_card_that_ends_the_book(open_reader):
    child = open_reader(pages=("The end is near.",))
    child.page.click('[data-word="3"]')
    child.sees(state="finished")
    names = []
    for _ in range(4):
        child.page.keyboard.press("Tab")
        names.append(
            child.page.evaluate("document.activeElement.closest('.reader-bar, .controls')?.className")
        )
    assert set(names) == {None}


# --- Everybody can read it ---------------------------------------------------------------------------------
def test_a_screen_reader_hears_of_states_and_answers_but_not_of_each_word(child):
    note_what_is_announced(child)
    child.press("play")
    child.listens_to(6)
    question = child.asks("Why?")
    child.server.answer(question["id"], "Because.")
    child.sees(state="reading")
    assert child.page.evaluate("said") == [
        "Reading aloud",
        "The story waits. What would you like to know?",
        "I heard your question.",
        "Because.",
        "The story goes on",
    ]


def test_every_control_is_named_big_enough_and_on_the_screen(child):
    find_faults = """() => [...document.querySelectorAll("button, a, input, textarea")]
            .filter((control) => control.checkVisibility({ visibilityProperty: true }))
            .filter((control) => {
                const { width, height, left, right } = control.getBoundingClientRect();
                const label = control.labels?.[0]?.textContent ?? "";
                const name = (control.ariaLabel || control.textContent || label).trim();
                return width < 48 || height < 48 || left < 0 || right > innerWidth || !name;
            })
            .map((control) => control.outerHTML)
            .filter((html) => !html.includes("skip-link"))"""
    for width, height in [(820, 1180), (1366, 768), (1152, 768), (1024, 768), (390, 844)]:
        child.page.set_viewport_size({"width": width, "height": height})
        assert child.page.evaluate(find_faults) == []
        assert child.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_the_smallest_phone_neither_long_words_nor_a_long_question_push_anything_out(open_reader):
    child = open_reader(pages=(f"Bart said {'Donaudampf' * 30} and laughed.",))
    child.page.set_viewport_size({"width": 320, "height": 640})
    wider_than_its_place = "(element) => element.scrollWidth > element.clientWidth"
    assert not child.page.eval_on_selector(".page-scroll", wider_than_its_place)
    child.press("play")
    child.sees(state="reading")
    assert not child.page.eval_on_selector('[data-part="play"]', wider_than_its_place)
    question = child.asks("x" * 500)
    child.server.answer(question["id"], "A sentence of the answer is this. " * 20, complete=False)
    child.sees(state="answering")
    assert not child.page.eval_on_selector("#sheet", wider_than_its_place)
    child.page.eval_on_selector("#sheet", "(sheet) => sheet.scrollTo(0, 9999)")
    expect(child.page.locator('[data-sheet="close"]')).to_be_in_viewport()


def test_how_a_child_likes_to_read_is_remembered(child):
    child.press("open-settings")
    child.page.get_by_label("Mint").check(force=True)
    child.page.get_by_label("More room").check()
    child.page.get_by_label("Letters on the keyboard as shortcuts").uncheck()
    child.page.locator('[data-preference="letters"]').fill("5")
    child.page.reload()
    child.sees(highlight="mint", roomy="true", letters=5)
    child.page.keyboard.press("q")
    child.page.keyboard.press("ArrowRight")
    child.sees(state="paused", position=8)


def test_a_long_page_keeps_the_lit_word_in_view(open_reader):
    child = open_reader(pages=(" ".join(["Walking"] * 120) + ".",))
    child.page.set_viewport_size({"width": 390, "height": 500})
    child.press("play")
    child.page.evaluate("document.querySelector('[data-word=\"100\"]').click()")
    child.listens_to(100)
    expect(child.page.locator('[data-word="100"]')).to_be_in_viewport()


def test_a_book_that_runs_right_to_left_has_its_arrows_turned(open_reader):
    child = open_reader(pages=("وجدت مينا مصباحا. كان صغيرا.",), language="ar")
    expect(child.page.locator("[data-text]")).to_have_css("direction", "rtl")
    child.page.keyboard.press("ArrowLeft")
    child.sees(position=3)


def test_a_language_without_spaces_lights_its_characters(open_reader):
    child = open_reader(pages=("猫在花园里。狗也在。",), language="zh")
    assert child.page.locator("[data-text]").text_content() == "猫在花园里。狗也在。"
    child.press("play")
    child.listens_to(2)


# --- The teacher ------------------------------------------------------------------------------
def test_a_class_that_its_teacher_pauses_rests_and_goes_on_by_itself(child):
    child.press("play")
    child.listens_to(2)
    child.server.tell("CLASS_PAUSED", paused=True)
    child.sees(state="paused")
    assert child.silent
    expect(child.page.get_by_text("Your teacher has paused the reading.").first).to_be_visible()
    expect(child.page.locator('[data-part="play"]')).to_be_disabled()
    child.server.tell("CLASS_PAUSED", paused=False)
    child.sees(state="reading")


def test_what_the_teacher_says_is_shown_as_text_until_it_is_put_away(child):
    child.server.tell("CLASS_MESSAGE", text="Two more <b>minutes</b>!")
    notice = child.page.locator('[data-part="notice"]')
    expect(notice).to_contain_text("Two more <b>minutes</b>!")
    assert notice.get_attribute("role") == "status"
    child.press("close-notice")
    expect(notice).to_be_hidden()


def test_a_reading_that_the_teacher_has_ended_leads_to_the_library(child):
    child.server.close_sockets(4410)
    child.sees(state="closed")
    expect(child.page.get_by_role("heading", name="That is all for now")).to_be_visible()
    expect(child.page.get_by_role("link", name="To the library", exact=True)).to_be_focused()
