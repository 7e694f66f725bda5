"""PostgreSQL is stopped while a child reads: reading, asking and answering go on, and are made good later.

One story is played once, with servers and processes of its own; each test looks at one side of it.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from readerai import env, processes
from readerai.services import TemporaryServices
from tests.servers import Server
from tests.sockets import Tablet, connect, cookie_of
from tutoring.narration import encoding

pytestmark = pytest.mark.xdist_group("postgres away")

PAGES = ["Tiva was a young fox.", "She lived under the old mill.", "Every evening she lit her lantern."]
# The words before each page, and one on the last page, where the child is when PostgreSQL comes back.
SECOND_PAGE, LAST_WORD = 5, 15
QUESTION = "Where did Tiva live?"

# Makes the school, in the database of the story: its own process, because this one has another.
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from sessions.models import Book, Classroom, Page, School, Student
from sessions.words import split
call_command("migrate", verbosity=0)
school = School.objects.create(name="Willow School")
foxes = Classroom.objects.create(school=school, name="Foxes", join_code="FQXESA")
ada = Student.objects.create(classroom=foxes, name="Ada", animal="fox")
first = 0
pages = {pages!r}
count = len(split(" ".join(pages)))
for title in ("Tiva", "The Owl"):
    book = Book.objects.create(content_hash=title, title=title, word_count=count, page_count=len(pages))
    first = 0
    for number, text in enumerate(pages, 1):
        words = len(split(text))
        Page.objects.create(book=book, number=number, text=text, first_word=first, word_count=words)
        first += words
print(ada.pk, *Book.objects.order_by("pk").values_list("pk", flat=True))
"""


class Answer(NamedTuple):
    """What an HTTP request got."""

    status: int
    headers: Message
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body as data."""
        return json.loads(self.body)


class Story:
    """What happened."""

    pages: list[Answer]  # the second and third page, never turned to before
    narrations: list[Answer]  # of these, made while PostgreSQL was away
    sounds: list[bytes]
    messages: list[dict[str, Any]]  # the answer to the question
    restored: dict[str, Any]  # after the network was lost, too
    library: Answer
    unopened: Answer  # a page of a book that nobody had opened
    library_after: Answer
    position: int  # in PostgreSQL, at the end
    turns: list[tuple[str, str, str]]  # likewise
    narration_rows: int  # likewise
    log: str


class Browser:
    """Ada's tablet, as far as it speaks HTTP."""

    def __init__(self, server: Server, cookie: str) -> None:
        self._url = f"http://127.0.0.1:{server.port}"
        self._cookie = cookie

    def get(self, path: str) -> Answer:
        """Fetch a page, whatever its status."""
        request = urllib.request.Request(self._url + path, headers={"Cookie": self._cookie})
        begun = time.monotonic()
        try:
            response = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            seconds = time.monotonic() - begun
            return Answer(response.status, response.headers, response.read(), seconds)

    def voice_of(self, page: Answer) -> Answer:
        """Fetch a page's narration, as often as the server says to come back."""
        deadline = time.monotonic() + 30
        while (answer := self.get(page.json()["narrationUrl"])).status == 202:
            assert time.monotonic() < deadline
            time.sleep(answer.json()["retryAfterMs"] / 1000)
        return answer


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Play the story."""
    folder = tmp_path_factory.mktemp("away")
    with contextlib.ExitStack() as stack:
        services = stack.enter_context(TemporaryServices(folder / "services"))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {
            "DJANGO_SETTINGS_MODULE": "readerai.settings",
            "DATABASE_URL": services.postgres.url,
            "REDIS_URL": services.valkey.url,
            "READERAI_VAR": str(folder),
            "CHECKPOINT_SECONDS": "1",
        }.items():
            environment.setenv(name, value)
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE.format(pages=PAGES)],
            cwd=env.PROJECT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        ada, book, unopened = map(int, prepared.stdout.split())
        log = folder / "worker.log"
        stack.callback(os.killpg, worker(log).pid, signal.SIGKILL)  # beat has a process of its own
        server = Server("uvicorn", str(folder / "web.log"))
        stack.callback(server.stop)
        told = asyncio.run(play(services, server, ada, book, unopened))
        told.log = server.log() + log.read_text()
        yield told


def worker(log: Path) -> subprocess.Popen[bytes]:
    """Start one process for all jobs, beat's too."""
    command = processes.workers(schedule=log.with_suffix(".beat"))["worker-llm"]
    command[command.index("llm,upkeep")] = "llm,upkeep,tts"
    with log.open("wb") as output:
        return subprocess.Popen(
            [*command, "--beat", "--schedule", str(log.with_suffix(".beat"))],
            cwd=env.PROJECT, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip


async def play(services: TemporaryServices, server: Server, ada: int, book: int, unopened: int) -> Story:
    """Open a book, stop PostgreSQL, read on, ask, lose the network, start PostgreSQL."""
    told = Story()
    cookie = cookie_of(ada)
    browser = Browser(server, cookie)
    get, to_thread = browser.get, asyncio.to_thread
    opened = (await to_thread(get, f"/read/{book}/")).body.decode()
    session_id = json.loads(re.search(r'id="boot"[^>]*>(.*?)</script>', opened)[1])["sessionId"]
    tablet = await connect(server.url, session_id, cookie)
    await tablet.say("HELLO")
    epoch = (await tablet.hear("SESSION_RESTORED"))["payload"]["epoch"]

    await to_thread(services.postgres.stop)
    await progress(tablet, SECOND_PAGE)
    told.pages = [await to_thread(get, f"/api/books/{book}/pages/{number}/") for number in (2, 3)]
    library = asyncio.create_task(to_thread(get, "/"))
    never = asyncio.create_task(to_thread(get, f"/api/books/{unopened}/pages/1/"))
    voices = [asyncio.create_task(to_thread(browser.voice_of, page)) for page in told.pages]
    told.messages = await ask(tablet)
    told.narrations = [await voice for voice in voices]
    told.library, told.unopened = await library, await never
    urls = [answer.json()["audioUrl"] for answer in told.narrations]
    urls += [each["payload"]["audioUrl"] for each in told.messages if each["type"] == "ANSWER_SENTENCE"]
    told.sounds = [(await to_thread(get, url)).body for url in urls]
    await progress(tablet, LAST_WORD)
    await tablet.cut()
    tablet = await connect(server.url, session_id, cookie)
    position = {"wordIndex": LAST_WORD, "audioTimestamp": 0}
    await tablet.say("HELLO", epoch=epoch, lastSeq=told.messages[-1]["seq"], position=position)
    told.restored = (await tablet.hear("SESSION_RESTORED"))["payload"]

    await to_thread(services.postgres.start)
    with psycopg.connect(services.postgres.url, autocommit=True) as database:
        await until_written(database, told)
    told.library_after = await to_thread(get, "/")
    await tablet.socket.close()
    return told


async def progress(tablet: Tablet, word_index: int) -> None:
    """Say where the narration is."""
    await tablet.say("PROGRESS", wordIndex=word_index, audioTimestamp=0, playing=True)


async def ask(tablet: Tablet) -> list[dict[str, Any]]:
    """Ask; return all that is heard until the answer ends."""
    place = {"wordIndex": LAST_WORD, "audioTimestamp": 0}
    await tablet.say("STUDENT_QUESTION", id=str(uuid.uuid4()), questionText=QUESTION, context=place)
    heard = [await tablet.hear(within=20)]
    while not heard[-1]["type"].startswith(("ANSWER_COMPLETE", "ANSWER_FAILED")):
        heard.append(await tablet.hear(within=20))
    return heard


async def until_written(database: psycopg.Connection, told: Story) -> None:
    """Wait until all that happened is in PostgreSQL."""
    deadline = time.monotonic() + 20
    while True:
        (told.position,) = database.execute("SELECT word_index FROM reading_readingsession").fetchone()
        told.turns = database.execute("SELECT question, answer, outcome FROM tutoring_question").fetchall()
        (told.narration_rows,) = database.execute("SELECT count(*) FROM tutoring_narration").fetchone()
        if told.position == LAST_WORD and told.turns and told.narration_rows == len(told.sounds):
            return
        assert time.monotonic() < deadline, (told.position, told.turns, told.narration_rows)
        await asyncio.sleep(0.1)


def test_pages_that_were_never_turned_to_are_there_and_are_read_aloud(story):
    assert [page.status for page in story.pages] == [200, 200]
    shown = [
        [word for paragraph in page.json()["paragraphs"] for word, _ in paragraph] for page in story.pages
    ]
    assert shown == [text.split() for text in PAGES[1:]]
    assert [voice.status for voice in story.narrations] == [200, 200]
    for voice, page, sound in zip(story.narrations, shown, story.sounds, strict=False):
        assert len(voice.json()["wordTimes"]) == len(page)
        assert encoding.duration_ms(sound) == voice.json()["durationMs"]


def test_a_question_is_answered_with_a_voice(story):
    first, *sentences, last = story.messages
    assert (first["type"], last["type"]) == ("INTERRUPTION_ACKNOWLEDGED", "ANSWER_COMPLETE")
    assert any(text in sentences[0]["payload"]["text"] for text in PAGES), "it has the book"
    for message, sound in zip(sentences, story.sounds[2:], strict=True):
        said = message["payload"]
        assert len(said["wordTimes"]) == len(said["words"])
        assert encoding.duration_ms(sound) >= said["wordTimes"][-1][1]


def test_who_lost_the_network_comes_back_to_the_very_word(story):
    assert (story.restored["outcome"], story.restored["wordIndex"]) == ("lossless", LAST_WORD)


def test_a_page_that_needs_postgresql_says_so_kindly_and_soon(story):
    assert (story.library.status, story.library.headers["Retry-After"]) == (503, "5")
    assert b"We cannot reach your books just now; try again in a moment." in story.library.body
    assert story.library.seconds < 5
    assert (story.unopened.status, story.unopened.headers["Retry-After"]) == (503, "5")
    assert story.unopened.json()["error"] == "books_away"


def test_once_postgresql_is_back_position_turn_and_voices_are_written(story):
    assert story.position == LAST_WORD
    answer = "\n".join(message["payload"]["text"] for message in story.messages[1:-1])
    assert story.turns == [(QUESTION, answer, "answered")]
    assert story.narration_rows == len(story.sounds)


def test_once_postgresql_is_back_the_library_opens(story):
    assert story.library_after.status == 200


def test_nothing_was_raised_that_nobody_caught(story):
    assert "Traceback" not in story.log, story.log
