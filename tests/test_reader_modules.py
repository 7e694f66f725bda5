"""The reader page's pure modules, imported into a real Chromium."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readerai.env import PROJECT
from tests.browser import browser  # noqa: F401

Run = Callable[..., Any]


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def run(browser: Any) -> Iterator[Run]:  # noqa: F811
    """Return a function that runs JavaScript with the modules as `m` and the fakes as `fakes`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(PROJECT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/static/icons/favicon.svg")
    page.evaluate(
        """async () => {
            const names = ["backoff", "open-questions", "patience", "phrases", "places", "preferences",
                "presence", "prompter", "prompting", "protocol", "reducer", "resilient-socket",
                "session-client", "state", "store", "timeline"];
            const modules = await Promise.all(names.map((name) => import(`/static/reader/${name}.js`)));
            window.m = Object.assign({}, ...modules);
            window.fakes = await import("/tests/reader_fakes.js");
        }"""
    )
    yield lambda script, argument=None: page.evaluate(script, argument)
    page.close()
    server.shutdown()
    server.server_close()


# --- Backoff and protocol ---------------------------------------------------------------
def test_waits_grow_by_half_up_to_thirty_seconds(run):
    longest = run("() => [0, 1, 2, 3, 8, 9, 50].map((attempt) => m.backoffDelay(attempt, () => 1))")
    assert longest == pytest.approx([1000, 1500, 2250, 3375, 25628.90625, 30000, 30000])


def test_jitter_is_full(run):
    assert run("() => m.backoffDelay(9, () => 0)") == 0
    assert run("() => m.backoffDelay(9, () => 0.5)") == 15_000


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 1013, 4399, 4500, 4503, 4504, 4599])
def test_these_close_codes_say_come_back(run, code):
    assert run("(code) => m.comesBack(code)", code) is True


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4409, 4429, 4499])
def test_these_close_codes_say_stay_away(run, code):
    assert run("(code) => m.comesBack(code)", code) is False


def test_what_is_no_message_is_dropped(run):
    frames = ["", "{", "null", "3", "[]", '{"payload": {}}', '{"type": 3, "payload": {}}', '{"type": "PONG"}']
    assert run("(frames) => frames.map((frame) => m.decode(frame))", frames) == [None] * len(frames)
    assert run("() => m.decode(m.encode('PING'))") == {"type": "PING", "payload": {}}


@pytest.mark.parametrize(
    "code, action",
    [
        (4409, "reload"),
        (4410, "library"),
        (4401, "sign-in"),
        (4403, "library"),
        (4404, "library"),
        (4400, "reload"),
        (4429, "reload"),
    ],
)
def test_every_closed_door_has_a_way_on(run, code, action):
    farewell = run("(code) => m.farewell(code)", code)
    assert farewell["action"] == action
    assert all(farewell.values())


# --- Timeline and places -------------------------------------------------------------------
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 900)), max_size=90),
    moments=st.lists(st.integers(0, 60_000), max_size=20),
)
def test_the_word_at_a_moment_is_the_last_that_has_begun(run, lengths, moments):
    times, at = [], 0
    for silence, length in lengths:
        times.append([at + silence, at + silence + length])
        at += silence + length
    moments += [edge for start, end in times for edge in (start, end - 1, end)]
    expected = [max(sum(start <= moment for start, _ in times) - 1, 0 if times else -1) for moment in moments]
    assert run("([times, moments]) => moments.map((ms) => m.wordAt(times, ms))", [times, moments]) == expected


def test_a_word_is_found_on_its_page(run):
    pages = run("() => [0, 61, 62, 99, 100, 500].map((word) => m.pageOf([0, 62, 100], word))")
    assert pages == [1, 1, 2, 2, 3, 3]


def test_back_goes_to_the_start_of_this_sentence_or_of_the_one_before(run):
    back = run("() => [10, 11, 12, 20, 21, 25].map((word) => m.sentenceBefore([10, 20, 30], word))")
    assert back == [None, None, 10, 10, 10, 20]
    assert run("() => [10, 25, 30].map((word) => m.sentenceAfter([10, 20, 30], word))") == [20, 30, None]
    nothing = run("() => [m.sentenceBefore([], 3), m.sentenceAfter([], 3), m.sentenceStart([], 3)]")
    assert nothing == [None, None, 3]


def test_whatever_was_stored_preferences_are_in_their_range(run):
    nonsense = {"speed": 99, "volume": -1, "letters": "x", "highlight": "plaid", "roomy": 1}
    wild = [None, 3, nonsense, {"speed": 0.84}]
    clean = run("(wild) => wild.map((raw) => m.sanitise(raw))", wild)
    usual = {"speed": 1, "volume": 1, "letters": 3, "roomy": False, "highlight": "sun", "shortcuts": True}
    assert clean == [usual, usual, {**usual, "speed": 1.4, "volume": 0}, {**usual, "speed": 0.8}]


# --- The socket that comes back ---------------------------------------------------------------
SOCKET = """
    const world = fakes.fakeWorld();
    const story = [];
    const socket = new m.ResilientSocket({
        url: "ws://here/", protocols: ["p"], onOpen: () => story.push("opened"), onFrame: () => {},
        onStatus: (status, code) => story.push([status, code]), ...world,
    });
    const waits = [];
    const loseAndWait = (code = 1006) => {
        const before = world.WebSocket.made.length;
        const lostAt = world.clock.now;
        world.newest().lose(code);
        const waiting = () => world.WebSocket.made.length === before && world.clock.now - lostAt < 60000;
        while (waiting()) world.clock.advance(50);
        waits.push(world.clock.now - lostAt);
    };
    socket.open();
"""


def test_each_failure_waits_longer_and_a_good_connection_starts_afresh(run):
    waits = run(
        f"""() => {{ {SOCKET}
            for (let n = 0; n < 3; n += 1) loseAndWait();
            world.newest().accept(); socket.confirm(); world.clock.advance(4000); loseAndWait();
            world.newest().accept(); socket.confirm(); world.clock.advance(6000); loseAndWait();
            return waits; }}"""
    )
    assert waits == [1000, 1500, 2250, 3400, 1000]


def test_it_never_returns_after_a_code_that_forbids_it(run):
    story, sockets = run(
        f"""() => {{ {SOCKET}
            world.newest().accept(); loseAndWait(4409);
            world.window.dispatchEvent(new Event("online"));
            world.clock.advance(100000);
            return [story, world.WebSocket.made.length]; }}"""
    )
    assert story == [["open", 0], "opened", ["closed", 4409]]
    assert sockets == 1


def test_the_network_coming_back_ends_a_long_wait(run):
    waited, sockets = run(
        f"""() => {{ {SOCKET}
            for (let n = 0; n < 9; n += 1) loseAndWait();
            world.newest().lose(1006);
            const before = [world.clock.now, world.WebSocket.made.length];
            world.window.dispatchEvent(new Event("online"));
            world.clock.advance(1000);
            return [world.clock.now - before[0], world.WebSocket.made.length - before[1]]; }}"""
    )
    assert (waited, sockets) == (1000, 1)


def test_a_child_looking_at_the_page_again_ends_the_wait_at_once(run):
    sockets = run(
        f"""() => {{ {SOCKET}
            for (let n = 0; n < 9; n += 1) loseAndWait();
            world.newest().lose(1006);
            world.window.document.dispatchEvent(new Event("visibilitychange"));
            world.clock.advance(0);
            return world.WebSocket.made.length; }}"""
    )
    assert sockets == 11


def test_an_attempt_that_never_opens_is_given_up(run):
    assert run(f"() => {{ {SOCKET} world.clock.advance(12000); return world.WebSocket.made.length; }}") == 2


def test_a_draining_server_is_left_alone_for_as_long_as_it_asked_and_a_moment_more(run):
    waits = run(f"() => {{ {SOCKET} socket.waitBeforeReturning(7000); loseAndWait(1012); return waits; }}")
    assert waits == [8000]


def test_nothing_cuts_the_wait_short_that_a_draining_server_asked_for(run):
    early, late = run(
        f"""() => {{ {SOCKET}
            world.newest().accept(); socket.waitBeforeReturning(7000); world.newest().lose(1012);
            for (const name of ["online", "pageshow"]) world.window.dispatchEvent(new Event(name));
            world.window.document.dispatchEvent(new Event("visibilitychange"));
            world.clock.advance(6999);
            const early = world.WebSocket.made.length;
            world.clock.advance(1001);
            return [early, world.WebSocket.made.length]; }}"""
    )
    assert (early, late) == (1, 2)


# --- Whether a child is there --------------------------------------------------------------------
PRESENCE = """
    let now = 1_000_000, heard = false;
    const world = fakes.fakeWorld();
    const presence = new m.Presence({
        isHeard: () => heard, onSign: () => socket.wake(), window: world.window, now: () => now,
    });
    const statuses = [];
    const socket = new m.ResilientSocket({
        url: "ws://here/", protocols: ["p"], onOpen: () => {}, onFrame: () => {},
        onStatus: (status) => statuses.push(status), isWanted: () => presence.here, ...world,
    });
    const happens = (name) => world.window.dispatchEvent(new Event(name));
    const look = (visibilityState) => {
        world.window.document.visibilityState = visibilityState;
        world.window.document.dispatchEvent(new Event("visibilitychange"));
    };
    const pass = (ms) => { now += ms; world.clock.advance(ms); };
    const sockets = () => world.WebSocket.made.length;
"""


def test_a_child_is_there_who_hears_the_page_or_looks_at_it_and_touched_it_lately(run):
    assert run(
        f"""() => {{ {PRESENCE}
            const story = [presence.here];
            now += 299_000; story.push(presence.here);
            now += 2_000; story.push(presence.here);
            happens("keydown"); story.push(presence.here);
            look("hidden"); story.push(presence.here);
            heard = true; story.push(presence.here);
            heard = false; happens("pointerdown"); story.push(presence.here);
            look("visible"); story.push(presence.here);
            return story; }}"""
    ) == [True, True, False, True, False, True, False, True]


def test_a_tablet_in_a_bag_does_not_take_the_book_from_the_one_that_is_read(run):
    in_the_bag, looked_at, statuses = run(
        f"""() => {{ {PRESENCE}
            socket.open(); world.newest().accept();
            look("hidden"); world.newest().lose(1006); pass(60_000);
            for (let n = 0; n < 5; n += 1) {{ happens("online"); happens("pointerdown"); pass(600_000); }}
            const inTheBag = sockets();
            look("visible"); pass(0);
            return [inTheBag, sockets(), statuses]; }}"""
    )
    assert (in_the_bag, looked_at) == (1, 2)
    assert statuses == ["connecting", "open", "away", "resting", "connecting"][1:]


def test_a_page_that_nobody_touches_rests_until_somebody_does(run):
    resting, touched = run(
        f"""() => {{ {PRESENCE}
            socket.open(); world.newest().accept();
            now += 600_000; world.newest().lose(1006); pass(60_000); happens("online"); pass(60_000);
            const resting = [socket.status, sockets()];
            happens("pointerdown"); happens("pointerdown");
            return [resting, [socket.status, sockets()]]; }}"""
    )
    assert resting == ["resting", 1]
    assert touched == ["connecting", 2]


def test_a_page_that_opens_behind_others_waits_to_be_looked_at(run):
    assert run(
        f"""() => {{ {PRESENCE}
            look("hidden"); socket.open(); const hidden = sockets(); look("visible");
            return [hidden, sockets()]; }}"""
    ) == [0, 1]


def test_what_is_heard_behind_a_locked_screen_comes_back_by_itself(run):
    assert (
        run(
            f"""() => {{ {PRESENCE}
            heard = true; socket.open(); world.newest().accept();
            look("hidden"); now += 3_600_000; world.newest().lose(1006); pass(1_000);
            return sockets(); }}"""
        )
        == 2
    )


def test_two_tablets_never_take_the_book_from_each_other_again_and_again(run):
    assert run(
        f"""() => {{ {PRESENCE}
            socket.open(); world.newest().accept(); world.newest().lose(4409);
            const signs = ["online", "pageshow", "pointerdown", "keydown"];
            for (const name of signs) {{ happens(name); pass(40_000); }}
            look("hidden"); look("visible"); pass(40_000);
            return [sockets(), socket.status]; }}"""
    ) == [1, "closed"]


# --- The conversation ----------------------------------------------------------------------------
CLIENT = """
    let now = 1_000_000;
    const world = { ...fakes.fakeWorld(), now: () => now };
    const handled = [], places = [], statuses = [], fromTeacher = [];
    let wanted = true, wordIndex = 5;
    const question = (id) => ({ id, questionText: "Why?", context: { wordIndex: 3, audioTimestamp: 0 } });
    const make = (memory) => new m.SessionClient({
        url: "ws://here/", memory, position: () => ({ wordIndex, audioTimestamp: 900 }),
        isWanted: () => wanted, onStatus: (status) => statuses.push(status),
        onPlace: (place) => places.push(place.wordIndex),
        onMessage: (message) => handled.push(message.seq), injected: world,
        onClassPaused: (paused) => fromTeacher.push(paused), onClassMessage: (text) => fromTeacher.push(text),
    });
    const restore = (changes = {}) => world.newest().hear("SESSION_RESTORED", {
        wordIndex: 8, audioTimestamp: 0, epoch: "a", outcome: "lossless", lastSeq: 0, pendingMessages: [],
        ...changes });
    const acknowledge = (id, seq) =>
        world.newest().hear("INTERRUPTION_ACKNOWLEDGED", { questionId: id, wordIndex: 3 }, seq);
    const lose = () => world.newest().lose(1006);
    const comeBack = () => { lose(); world.clock.advance(30000); world.newest().accept(); };
    const sent = (type) => world.newest().sent.filter((message) => message.type === type);
    const client = make(null);
    client.open();
    world.newest().accept();
"""


def test_a_first_visit_says_nothing_of_a_place_and_takes_the_servers(run):
    hello, places = run(f"() => {{ {CLIENT} restore(); return [sent('HELLO')[0].payload, places]; }}")
    assert hello == {"lastSeq": 0, "unacknowledged": []}
    assert places == [8]


def test_a_childs_own_place_is_said_on_return_with_its_age_and_kept(run):
    hello, places = run(
        f"() => {{ {CLIENT} restore(); client.report(false); now += 90_000; comeBack();"
        " restore({ wordIndex: 5 }); return [sent('HELLO')[0].payload, places]; }"
    )
    assert hello["position"] == {"wordIndex": 5, "audioTimestamp": 900}
    assert hello["positionAgeMs"] == 90_000
    assert places == [8], "only the first visit took the server's place"


def test_the_place_of_a_playing_page_is_of_this_moment(run):
    hello = run(
        f"() => {{ {CLIENT} restore(); client.report(true); now += 900; comeBack();"
        " return sent('HELLO')[0].payload; }"
    )
    assert hello["positionAgeMs"] == 0


def test_a_tablet_that_slept_while_playing_does_not_take_its_place_for_new(run):
    hello = run(
        f"() => {{ {CLIENT} restore(); client.report(true); now += 3_600_000; comeBack();"
        " return sent('HELLO')[0].payload; }"
    )
    assert hello["positionAgeMs"] == 3_600_000


RESTED = """
    restore(); client.report(false); wanted = false; lose(); now += 600_000; world.clock.advance(30_000);
    wanted = true; wordIndex = 7; client.report(true); client.wake(); world.newest().accept();
"""


def test_a_page_that_rested_says_where_the_child_was_before_and_the_newer_place_wins(run):
    hello, places = run(
        f"() => {{ {CLIENT} {RESTED} const hello = sent('HELLO')[0].payload; restore({{ wordIndex: 61 }});"
        " return [hello, places]; }"
    )
    assert hello["position"]["wordIndex"] == 5
    assert hello["positionAgeMs"] == 600_000
    assert places == [8, 61]


def test_what_a_child_did_on_a_page_that_rested_is_told_when_nobody_was_further_on(run):
    places, told = run(
        f"() => {{ {CLIENT} {RESTED} restore({{ wordIndex: 5 }});"
        " return [places, sent('PROGRESS').map(({ payload }) => payload.wordIndex)]; }"
    )
    assert places == [8]
    assert told == [7]


def test_when_another_tablet_has_been_further_on_the_page_goes_there(run):
    places = run(
        f"() => {{ {CLIENT} restore(); client.report(false); comeBack(); restore({{ wordIndex: 61 }});"
        " return places; }"
    )
    assert places == [8, 61]


def test_a_durable_message_is_handled_once_however_often_it_comes(run):
    handled, hello = run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); acknowledge("q", 1); acknowledge("q", 1);
            const again = {{ type: "ANSWER_COMPLETE", seq: 2, payload: {{ questionId: "q", sentences: 0 }} }};
            comeBack(); const hello = sent("HELLO")[0].payload;
            restore({{ lastSeq: 2, pendingMessages: [again] }});
            world.newest().hear(again.type, again.payload, 2);
            return [handled, hello]; }}"""
    )
    assert handled == [1, 2]
    assert (hello["epoch"], hello["lastSeq"]) == ("a", 1)


def test_a_new_epoch_makes_old_numbers_worthless_and_acknowledges_only_its_own(run):
    handled, ack = run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); acknowledge("q", 7); comeBack();
            client.ask(question("r")); restore({{ epoch: "b", outcome: "snapshot" }});
            acknowledge("r", 1); client.report(true);
            return [handled, sent("PROGRESS").at(-1).payload.ack]; }}"""
    )
    assert handled == [7, 1]
    assert ack == 1


def test_what_was_had_under_the_old_epoch_is_not_had_again_even_after_a_reload(run):
    had, hello = run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); acknowledge("q", 1);
            const message = (index) => ({{ type: "ANSWER_SENTENCE", payload: {{ questionId: "q", index }} }});
            const say = (index) => world.newest().hear("ANSWER_SENTENCE", message(index).payload, index + 2);
            say(0); say(1);
            client.socket.close(); handled.length = 0;
            make(JSON.parse(JSON.stringify(client.memory()))).open(); world.newest().accept();
            const ack = {{ type: "INTERRUPTION_ACKNOWLEDGED", payload: {{ questionId: "q", wordIndex: 3 }} }};
            const pendingMessages = [ack, message(0), message(1), message(2)]
                .map((each, index) => ({{ ...each, seq: 41 + index }}));
            restore({{ epoch: "b", outcome: "snapshot", lastSeq: 44, pendingMessages }});
            return [handled, sent("STUDENT_QUESTION").map(({{ payload }}) => payload.id)]; }}"""
    )
    assert had == [44]
    assert hello == ["q"]


def test_the_end_of_an_ended_question_comes_to_nobody(run):
    assert run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); acknowledge("q", 1);
            const end = (type, seq) => world.newest().hear(type, {{ questionId: "q" }}, seq);
            end("ANSWER_COMPLETE", 2); client.ask(question("r")); acknowledge("r", 3);
            end("ANSWER_COMPLETE", 4); end("ANSWER_FAILED", 5);
            const open = client.memory().questions.map(({{ question }}) => question.id);
            return [handled, open, client.lastSeq]; }}"""
    ) == [[1, 2, 3], ["r"], 5]


OFTEN = ["say", "say", "listen", "connect"]
ACTS = ["ask", "cancel", "say", "complete", "fail", "repeat", "renumber", "listen", "report", "cut",
        "connect", "copy", "failover", "flush", "reload", "crash", *OFTEN]  # fmt: skip
BEGUN = [["connect", 0], ["listen", 0], ["ask", 0], ["listen", 0], ["say", 0]]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3)), min_size=4, max_size=60))
def test_whatever_is_lost_repeated_or_numbered_anew_each_message_is_had_once_and_in_order(run, story):
    told = run("(story) => fakes.playStory(m.SessionClient, story)", [*BEGUN, *map(list, story)])
    assert told["complaints"] == []
    for question in told["asked"]:
        had = [(kind, index) for name, kind, index in told["had"] if name == question]
        kinds = [kind for kind, _ in had]
        spoken = [index for kind, index in had if kind == "ANSWER_SENTENCE"]
        ends = [kind for kind in kinds if kind in ("ANSWER_COMPLETE", "ANSWER_FAILED")]
        assert spoken == list(range(len(spoken)))
        assert "INTERRUPTION_ACKNOWLEDGED" not in kinds[1:]
        if question not in told["cancelled"]:
            assert len(ends) == 1
        assert ends == [kind for kind in kinds[-1:] if kind in ends]


def test_a_question_asked_while_away_is_sent_once_on_return(run):
    hello, later = run(
        f"""() => {{ {CLIENT} restore(); world.newest().lose(1006); client.ask(question("q"));
            world.clock.advance(30000); world.newest().accept(); restore();
            return [sent("HELLO")[0].payload.unacknowledged, sent("STUDENT_QUESTION")]; }}"""
    )
    assert [question["id"] for question in hello] == ["q"]
    assert later == []


def test_a_question_asked_between_hello_and_its_answer_is_sent_after_it(run):
    assert run(
        f"""() => {{ {CLIENT} client.ask(question("q")); const early = sent("STUDENT_QUESTION").length;
            restore(); return [early, sent("STUDENT_QUESTION").length]; }}"""
    ) == [0, 1]


def test_a_server_that_lost_the_session_is_asked_again(run):
    again = run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); acknowledge("q", 1); comeBack();
            restore({{ epoch: "b", outcome: "snapshot" }}); return sent("STUDENT_QUESTION"); }}"""
    )
    assert [message["payload"]["id"] for message in again] == ["q"]


def test_a_question_cancelled_while_away_is_cancelled_on_return(run):
    hello, cancelled = run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); lose(); client.cancel("q");
            world.clock.advance(30000); world.newest().accept(); restore();
            return [sent("HELLO")[0].payload.unacknowledged, sent("QUESTION_CANCELLED")]; }}"""
    )
    assert hello == []
    assert [message["payload"]["id"] for message in cancelled] == ["q"]


def test_a_question_cancelled_while_away_is_cancelled_after_a_reload_too(run):
    assert run(
        f"""() => {{ {CLIENT} restore(); client.ask(question("q")); lose(); client.cancel("q");
            client.socket.close(); make(client.memory()).open(); world.newest().accept(); restore();
            return sent("QUESTION_CANCELLED").map(({{ payload }}) => payload.id); }}"""
    ) == ["q"]


def test_what_was_heard_while_away_is_told_on_return(run):
    heard = run(
        f"""() => {{ {CLIENT} restore(); lose();
            client.heard({{ questionId: "r", sentences: 2, afterMs: 9 }});
            world.clock.advance(30000); world.newest().accept(); restore();
            return sent("ANSWER_HEARD").map(({{ payload }}) => payload); }}"""
    )
    assert heard == [{"questionId": "r", "sentences": 2, "afterMs": 9}]


def test_a_connection_that_went_silent_is_given_up(run):
    script = (
        f"() => {{ {CLIENT} restore(); world.clock.advance(26000); return world.WebSocket.made.length; }}"
    )
    assert run(script) == 2


def test_a_reload_remembers_the_conversation(run):
    hello = run(
        f"""() => {{ {CLIENT} restore(); acknowledge("old", 4);
            client.ask(question("q")); client.report(true);
            make(JSON.parse(JSON.stringify(client.memory()))).open();
            world.newest().accept(); return sent("HELLO")[0].payload; }}"""
    )
    assert (hello["epoch"], hello["lastSeq"]) == ("a", 4)
    assert hello["position"]["wordIndex"] == 5
    assert [question["id"] for question in hello["unacknowledged"]] == ["q"]


def test_what_the_teacher_wants_is_heard_at_once_and_again_on_return(run):
    heard = run(
        f"""() => {{ {CLIENT} restore();
            world.newest().hear("CLASS_PAUSED", {{ paused: true }});
            world.newest().hear("CLASS_MESSAGE", {{ text: "Two more minutes" }});
            comeBack(); restore({{ classPaused: true }}); return fromTeacher; }}"""
    )
    assert heard == [False, True, "Two more minutes", True]


# --- The state ------------------------------------------------------------------------------------
BOOK = {"pageFirstWords": [0, 10, 20], "wordCount": 30, "resumeAtSentenceStart": False}
SPOKEN = {"text": "Yes.", "words": ["Yes."], "audioUrl": None, "wordTimes": []}
CHOICES = [
    "PLAY",
    "PAUSE",
    "SOUND_REFUSED",
    "ASK_OPENED",
    "QUESTION_CLOSED",
    "QUESTION_PARKED",
    "WORD_CLOSED",
    "PROMPT_SKIPPED",
]
LINE = {key: SPOKEN[key] for key in ("text", "words", "audioUrl", "wordTimes")}
PROMPT = {"kind": "completion", "choices": ["fox", "hat", "sea"], "line": LINE}
lines = st.builds(lambda page, turn: f"prompt-{page}-{turn}", st.integers(1, 3), st.integers(1, 3))
ids = st.one_of(st.sampled_from(["a", "b"]), lines)
numbers = st.integers(1, 3)
events = st.one_of(
    st.sampled_from([{"type": name} for name in CHOICES]),
    st.builds(lambda word: {"type": "WORD_REACHED", "wordIndex": word}, st.integers(0, 29)),
    st.builds(
        lambda word, play: {"type": "MOVED", "wordIndex": word, "play": play},
        st.integers(0, 30),
        st.booleans(),
    ),
    st.builds(lambda number: {"type": "PAGE_HEARD", "number": number}, numbers),
    st.builds(lambda number: {"type": "PAGE_DROPPED", "number": number}, numbers),
    st.builds(
        lambda number, voice: {"type": "VOICE", "number": number, "voice": voice},
        numbers,
        st.sampled_from(["coming", "preparing", "ready", "failed"]),
    ),
    st.builds(
        lambda number: {"type": "PAGE_LOADED", "number": number, "text": {"sentences": [number * 10 - 10]}},
        numbers,
    ),
    st.builds(
        lambda number, prompt: {"type": "PROMPT_READY", "number": number, "prompt": prompt},
        numbers,
        st.sampled_from([PROMPT, PROMPT, None]),
    ),
    st.just({"type": "PROMPT_ANSWERED", "text": "A fox."}),
    st.builds(
        lambda name, done: {"type": "PROMPT_REPLIED", "promptId": name, "line": LINE, "done": done},
        lines,
        st.booleans(),
    ),
    st.builds(lambda name: {"type": "QUESTION_ASKED", "id": name, "text": "Why?"}, ids),
    st.builds(lambda name: {"type": "ACKNOWLEDGED", "questionId": name}, ids),
    st.builds(
        lambda name, index: {
            "type": "ANSWER_SENTENCE",
            "sentence": {**SPOKEN, "questionId": name, "index": index},
        },
        ids,
        st.integers(0, 2),
    ),
    st.builds(
        lambda name, index: {"type": "SENTENCE_HEARD", "questionId": name, "index": index},
        ids,
        st.integers(0, 2),
    ),
    st.builds(lambda name: {"type": "QUESTION_LATE", "questionId": name}, ids),
    st.builds(lambda name: {"type": "ANSWER_COMPLETE", "questionId": name}, ids),
    st.builds(lambda name: {"type": "ANSWER_FAILED", "questionId": name, "message": "Hm."}, ids),
    st.builds(lambda name: {"type": "ANSWER_HEARD", "questionId": name}, ids),
    st.builds(lambda word: {"type": "WORD_OPENED", "wordIndex": word}, st.integers(0, 29)),
    st.builds(lambda word: {"type": "WORD_HELP", "wordIndex": word, "help": {}}, st.integers(0, 29)),
    st.builds(lambda status: {"type": "CONNECTION", "status": status}, st.sampled_from(["open", "away"])),
    st.builds(lambda paused: {"type": "CLASS_PAUSED", "paused": paused}, st.booleans()),
    st.builds(lambda word: {"type": "RESTORED", "wordIndex": word}, st.integers(0, 40)),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(events, max_size=40))
def test_whatever_happens_the_state_makes_sense(run, story):
    states = run(
        """([book, story]) => {
            let state = m.initialState(book, 0);
            return story.map((event) => {
                state = m.reduce(state, event);
                return [state, m.isNarrating(state), m.isSheetOpen(state), m.isInterrupted(state)];
            });
        }""",
        [BOOK, story],
    )
    for event, (state, narrating, sheet, interrupted) in zip(story, states, strict=True):
        assert 0 <= state["wordIndex"] <= 30, event
        assert not (narrating and interrupted), event
        assert not (state["held"] and state["mode"] == "reading"), event
        assert interrupted == (sheet or state["mode"] in ("word", "prompting")), event
        assert (state["mode"] == "word") == (state["word"] is not None), event
        assert (state["mode"] == "prompting") == (state["prompt"] is not None), event
        if not interrupted:
            assert (state["mode"] == "finished") == (state["wordIndex"] == 30), event
        assert (state["mode"] in ("waiting", "answering")) <= (state["question"] is not None), event
        if state["question"] and not state["question"]["parked"]:
            assert sheet, f"a question nobody sees, after {event}"
        if state["mode"] == "waiting":
            assert not state["question"]["sentences"], event


HELD = """
    let state = m.initialState(book, 3);
    const happens = (...events) => { for (const event of events) state = m.reduce(state, event); };
    const hold = (paused) => happens({ type: "CLASS_PAUSED", paused });
    happens({ type: "CONNECTION", status: "open" });
"""


def test_a_class_that_goes_on_is_read_to_again_only_where_it_was_before(run):
    script = f"""([book]) => {{ {HELD}
        const story = [];
        hold(true); happens({{ type: "PLAY" }}); hold(false); story.push(state.mode);
        happens({{ type: "PLAY" }}); hold(true); story.push(state.mode);
        happens({{ type: "PLAY" }}); story.push(state.mode);
        hold(false); story.push(state.mode); return story; }}"""
    assert run(script, [BOOK]) == ["paused", "paused", "paused", "reading"]


def test_a_question_under_way_ends_before_the_pause_holds(run):
    script = f"""([book]) => {{ {HELD}
        happens({{ type: "PLAY" }}, {{ type: "ASK_OPENED" }}); hold(true);
        const story = [state.mode];
        happens({{ type: "QUESTION_CLOSED" }}); story.push(state.mode);
        hold(false); story.push(state.mode); return story; }}"""
    assert run(script, [BOOK]) == ["asking", "paused", "reading"]


def test_who_cannot_hear_the_teacher_is_not_held(run):
    script = f"""([book]) => {{ {HELD}
        hold(true); happens({{ type: "CONNECTION", status: "away" }}, {{ type: "PLAY" }});
        return state.mode; }}"""
    assert run(script, [BOOK]) == "reading"


PROMPTED = """
    let state = m.initialState(book, 9);
    const happens = (...events) => { for (const event of events) state = m.reduce(state, event); };
    happens({ type: "PAGE_LOADED", number: 1, text: { firstWord: 0, sentences: [0, 4] } },
        { type: "PROMPT_READY", number: 1, prompt }, { type: "PLAY" }, { type: "PAGE_HEARD", number: 1 });
    const place = () => [state.mode, state.wordIndex];
"""


def test_at_a_pages_end_the_child_is_asked_and_the_place_is_on_the_next_page_already(run):
    place, shown, line, skipped, prompt = run(
        f"""([book, prompt]) => {{ {PROMPTED}
            const story = [place(), m.shownNumber(state), state.prompt.sentences[0].text];
            happens({{ type: "PROMPT_SKIPPED" }});
            return [...story, place(), state.prompt]; }}""",
        [BOOK, PROMPT],
    )
    assert (place, shown, line) == (["prompting", 10], 1, "Yes.")
    assert (skipped, prompt) == (["reading", 10], None)


@pytest.mark.parametrize("prompt", [None, "unknown"])
def test_a_page_with_no_prompt_or_none_yet_goes_over_to_the_next(run, prompt):
    script = f"([book, prompt]) => {{ {PROMPTED} return place(); }}"
    if prompt:
        script = script.replace('{ type: "PROMPT_READY", number: 1, prompt },', "")
    assert run(script, [BOOK, None]) == ["reading", 10]


def test_the_play_key_skips_a_prompt(run):
    script = f"([book, prompt]) => {{ {PROMPTED} happens({{ type: 'PLAY' }}); return place(); }}"
    assert run(script, [BOOK, PROMPT]) == ["reading", 10]


def test_an_answer_is_judged_and_after_praise_the_story_goes_on_by_itself(run):
    waiting, hint, praise, end = run(
        f"""([book, prompt]) => {{ {PROMPTED}
            const ids = [state.prompt.id];
            const answers = (text) => {{
                happens({{ type: "PROMPT_ANSWERED", text }}); ids.push(state.prompt.id); }};
            const replies = (done) => happens(
                {{ type: "PROMPT_REPLIED", promptId: state.prompt.id, line: prompt.line, done }});
            answers("hat");
            const {{ sentences, said, attempt, choices }} = state.prompt;
            const waiting = [sentences, said, attempt, choices];
            happens({{ type: "PROMPT_ANSWERED", text: "sea" }}); // one answer at a time
            replies(false);
            const hint = [state.prompt.sentences.length, state.prompt.attempt, state.prompt.complete];
            answers("fox"); replies(true);
            const praise = [state.mode, state.prompt.attempt, state.prompt.complete, new Set(ids).size];
            happens({{ type: "ANSWER_HEARD", questionId: state.prompt.id }});
            return [waiting, hint, praise, place()]; }}""",
        [BOOK, PROMPT],
    )
    assert waiting == [[], "hat", 1, ["fox", "sea"]]
    assert hint == [1, 1, False]
    assert praise == ["prompting", 2, True, 3]
    assert end == ["reading", 10]


def test_what_belongs_to_a_prompt_before_changes_nothing(run):
    assert run(
        f"""([book, prompt]) => {{ {PROMPTED}
            const old = state.prompt.id;
            happens({{ type: "PROMPT_ANSWERED", text: "fox" }});
            return [{{ type: "PROMPT_REPLIED", promptId: old, line: prompt.line, done: true }},
                {{ type: "ANSWER_HEARD", questionId: old }},
                {{ type: "ANSWER_WORD", questionId: old, word: 3 }}]
                .every((event) => m.reduce(state, event) === state); }}""",
        [BOOK, PROMPT],
    )


def test_a_childs_own_question_comes_before_the_prompt_and_reading_goes_on_after_it(run):
    asking, closed = run(
        f"""([book, prompt]) => {{ {PROMPTED}
            happens({{ type: "ASK_OPENED" }});
            const asking = [...place(), state.prompt];
            happens({{ type: "QUESTION_CLOSED" }});
            return [asking, place()]; }}""",
        [BOOK, PROMPT],
    )
    assert asking == ["asking", 10, None]
    assert closed == ["reading", 10]


def test_an_answer_that_comes_during_a_prompt_waits_for_its_end(run):
    during, after = run(
        f"""([book, prompt]) => {{ {PROMPTED}
            state = {{ ...state, question: {{ id: "q", text: "?", parked: true, sentences: [], heard: 0,
                complete: false, sentence: -1, word: -1, late: false, acknowledged: true }} }};
            happens({{ type: "ANSWER_SENTENCE", sentence: {{ ...prompt.line, questionId: "q", index: 0 }} }});
            const during = place();
            happens({{ type: "PROMPT_SKIPPED" }});
            return [during, place()]; }}""",
        [BOOK, PROMPT],
    )
    assert (during, after) == (["prompting", 10], ["answering", 10])


@pytest.mark.parametrize("at_start", [False, True])
def test_after_the_last_pages_prompt_the_book_is_finished(run, at_start):
    assert run(
        """([book, prompt]) => {
            let state = m.initialState(book, 29);
            const happens = (...events) => { for (const event of events) state = m.reduce(state, event); };
            happens({ type: "PAGE_LOADED", number: 3, text: { sentences: [20, 25] } },
                { type: "PROMPT_READY", number: 3, prompt }, { type: "PLAY" },
                { type: "PAGE_HEARD", number: 3 });
            const asked = [state.mode, state.wordIndex];
            happens({ type: "PROMPT_SKIPPED" });
            return [asked, [state.mode, state.wordIndex]];
        }""",
        [{**BOOK, "resumeAtSentenceStart": at_start}, PROMPT],
    ) == [["prompting", 30], ["finished", 30]]


PROMPTER = """
    const told = [], urls = [];
    const prompter = new m.Prompter({ pagesUrl: "/p/", pagesPerPrompt: 3, csrfToken: "t",
        dispatch: ({ type, ...rest }) => told.push([type, rest]) });
    const real = window.fetch;
    window.fetch = async (url, options) => {
        urls.push([url, options?.method ?? "GET"]);
        return answer(options);
    };
    const settle = async () => { for (let n = 0; n < 20; n += 1) await Promise.resolve(); };
"""


def test_only_every_third_page_is_asked_about_and_once(run):
    told, urls = run(
        f"""async (data) => {{ {PROMPTER}
            const answer = () => new Response(JSON.stringify(data));
            for (const number of [1, 2, 3, 3, 4]) prompter.prepare(number);
            await settle(); await new Promise((resolve) => setTimeout(resolve));
            window.fetch = real;
            return [told, urls]; }}""",
        {"kind": "wh", "choices": [], **LINE},
    )
    assert urls == [["/p/3/prompt/", "GET"]]
    assert told == [["PROMPT_READY", {"number": 3, "prompt": {"kind": "wh", "choices": [], "line": LINE}}]]


def test_a_page_without_a_prompt_is_known_to_have_none(run):
    told = run(
        f"""async () => {{ {PROMPTER}
            const answer = () => new Response(null, {{ status: 204 }});
            prompter.prepare(6); await settle(); window.fetch = real;
            return told; }}"""
    )
    assert told == [["PROMPT_READY", {"number": 6, "prompt": None}]]


def test_a_server_that_cannot_judge_lets_the_story_go_on(run):
    told = run(
        f"""async () => {{ {PROMPTER}
            const answer = () => {{ throw new TypeError("no network"); }};
            prompter.follow({{ id: "x", page: 3, said: "fox", attempt: 1, sentences: [] }});
            await settle(); window.fetch = real;
            return told; }}"""
    )
    assert told == [["PROMPT_SKIPPED", {}]]


def test_nobody_hears_the_reply_to_a_prompt_that_is_over(run):
    told, aborted = run(
        f"""async (data) => {{ {PROMPTER}
            let signal;
            const answer = (options) => new Promise((_, reject) => {{
                signal = options.signal;
                signal.addEventListener("abort", () => reject(signal.reason));
            }});
            prompter.follow({{ id: "x", page: 3, said: "fox", attempt: 1, sentences: [] }});
            prompter.follow(null);
            await settle(); window.fetch = real;
            return [told, signal.aborted]; }}"""
    )
    assert (told, aborted) == ([], True)


def test_what_belongs_to_another_question_changes_nothing(run):
    assert run(
        """(book) => {
            let state = m.initialState(book, 3);
            const asked = { type: "QUESTION_ASKED", id: "new", text: "?" };
            for (const event of [{ type: "PLAY" }, { type: "ASK_OPENED" }, asked])
                state = m.reduce(state, event);
            const questionId = "old";
            const sentence = { questionId, index: 0, text: "", words: [], audioUrl: null, wordTimes: [] };
            const late = [{ type: "ANSWER_SENTENCE", sentence }, { type: "ACKNOWLEDGED", questionId },
                { type: "ANSWER_FAILED", questionId, message: "" }, { type: "WORD_REACHED", wordIndex: 9 },
                { type: "PAGE_HEARD", number: 1 }];
            return late.every((event) => m.reduce(state, event) === state);
        }""",
        BOOK,
    )


def test_after_the_answer_reading_goes_on_at_the_word_or_at_its_sentence(run):
    script = """([book, sentences]) => {
        let state = m.initialState(book, 7);
        for (const event of [{ type: "PAGE_LOADED", number: 1, text: { sentences } }, { type: "PLAY" },
            { type: "ASK_OPENED" }, { type: "QUESTION_ASKED", id: "q", text: "?" },
            { type: "ANSWER_COMPLETE", questionId: "q" }, { type: "ANSWER_HEARD", questionId: "q" }])
            state = m.reduce(state, event);
        return [state.mode, state.wordIndex, state.question];
    }"""
    assert run(script, [BOOK, [0, 4, 9]]) == ["reading", 7, None]
    assert run(script, [{**BOOK, "resumeAtSentenceStart": True}, [0, 4, 9]]) == ["reading", 4, None]


CUT_OFF = """
    let state = m.initialState(book, 7);
    const happens = (...events) => { for (const event of events) state = m.reduce(state, event); };
    const sentence = (index) => ({ type: "ANSWER_SENTENCE",
        sentence: { questionId: "q", index, text: "", words: [], audioUrl: null, wordTimes: [] } });
    happens({ type: "PLAY" }, { type: "ASK_OPENED" }, { type: "QUESTION_ASKED", id: "q", text: "?" });
    happens(sentence(0), { type: "SENTENCE_PRESENTED", questionId: "q", index: 0 });
    const heard = { type: "SENTENCE_HEARD", questionId: "q", index: 0 };
"""


def test_the_rest_of_an_answer_interrupts_the_reading_but_its_mere_end_does_not(run):
    parked, rest, end = run(
        f"""(book) => {{ {CUT_OFF}
            happens(heard, {{ type: "QUESTION_PARKED" }});
            const parked = state;
            happens(sentence(1));
            const rest = [state.mode, state.question.sentence, state.question.sentences.length];
            state = parked;
            happens({{ type: "ANSWER_COMPLETE", questionId: "q" }});
            return [parked.mode, rest, [state.mode, state.question]]; }}""",
        BOOK,
    )
    assert parked == "reading"
    assert rest == ["answering", 0, 2]
    assert end == ["reading", None]


def test_a_sentence_that_is_still_spoken_is_not_left_for_the_story(run):
    script = f"(book) => {{ {CUT_OFF} happens({{ type: 'QUESTION_PARKED' }}); return state.mode; }}"
    assert run(script, BOOK) == "answering"


def test_a_word_is_looked_at_without_losing_the_place(run):
    paused, reading, sentence = run(
        """(book) => {
            const play = { type: "PLAY" };
            const help = (wordIndex, help) => ({ type: "WORD_HELP", wordIndex, help });
            const open = (wordIndex) => ({ type: "WORD_OPENED", wordIndex });
            const look = (state, ...before) => [...before, open(3), open(5), play,
                { type: "WORD_REACHED", wordIndex: 9 }, help(5, "late"), help(3, "this")]
                .reduce(m.reduce, state);
            const after = (state) => {
                const { mode, wordIndex, word, cue } = m.reduce(state, { type: "WORD_CLOSED" });
                return [state.mode, state.word, [mode, wordIndex, word], cue - state.cue];
            };
            const text = { type: "PAGE_LOADED", number: 1, text: { sentences: [0, 4] } };
            const atSentence = m.initialState({ ...book, resumeAtSentenceStart: true }, 7);
            const atWord = m.initialState(book, 7);
            return [look(atWord), look(atWord, play), look(atSentence, text, play)].map(after);
        }""",
        BOOK,
    )
    card = {"wordIndex": 3, "help": "this"}
    assert paused == ["word", card, ["paused", 7, None], 0]
    assert reading == ["word", card, ["reading", 7, None], 1]
    assert sentence == ["word", card, ["reading", 4, None], 1]


def test_an_answer_that_comes_while_a_word_is_looked_at_waits_for_the_card_to_close(run):
    assert run(
        f"""(book) => {{ {CUT_OFF}
            happens(heard, {{ type: "QUESTION_PARKED" }}, {{ type: "WORD_OPENED", wordIndex: 2 }});
            const modes = [state.mode];
            happens(sentence(1)); modes.push(state.mode);
            happens({{ type: "WORD_CLOSED" }}); modes.push(state.mode);
            happens({{ type: "ANSWER_COMPLETE", questionId: "q" }});
            happens({{ type: "ANSWER_HEARD", questionId: "q" }});
            return [...modes, state.mode, state.wordIndex]; }}""",
        BOOK,
    ) == ["word", "word", "answering", "reading", 7]


def test_patience_ends_where_nothing_comes_but_not_while_the_page_rests(run):
    assert run(
        f"""(book) => {{ {CUT_OFF}
            const clock = new fakes.FakeClock(), said = [];
            const patience = new m.Patience({{
                dispatch: ({{ type }}) => said.push([clock.now, type]),
                onLost: () => said.push([clock.now, "lost"]), clock }});
            const see = (...events) => {{ happens(...events); patience.watch(state); }};
            see(); clock.advance(100_000);
            see(heard); clock.advance(20_000);
            see({{ type: "CONNECTION", status: "resting" }}); clock.advance(80_000);
            see({{ type: "CONNECTION", status: "away" }}); clock.advance(100_000);
            see({{ type: "CONNECTION", status: "open" }}); clock.advance(100_000);
            return said; }}""",
        BOOK,
    ) == [
        [112_000, "QUESTION_LATE"],
        [204_000, "QUESTION_PARKED"],
        [312_000, "QUESTION_LATE"],
        [350_000, "lost"],
    ]


def test_every_watcher_sees_every_state_in_order(run):
    seen = run(
        """() => {
            const store = new m.Store((state, event) => state + event, 0);
            const seen = [[], []];
            store.watch((state) => { seen[0].push(state); if (state === 1) store.dispatch(10); });
            store.watch((state) => seen[1].push(state));
            store.dispatch(1);
            return seen;
        }"""
    )
    assert seen == [[1, 11], [1, 11]]
