"""Workers that are killed in mid-answer, jobs that are lost, a model that hangs: one final answer each.

One story is played once, its questions side by side; each test looks at what became of one of them.
"""

import asyncio
import contextlib
import os
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from readerai import env, processes
from readerai.services import Valkey, free_port
from sessions import words
from sessions.live import keys
from sessions.models import Book, Classroom, Page, ReadingSession, School, Student
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.servers import Server
from tests.sockets import connect, cookie_for

# One process plays the story.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("story")]

STORY = "Tiva was a young fox who lived under the old mill. Every evening she carried her lantern."
FOX, MILL = "Tiva is a fox.", "She lives under a mill."
ANSWER = f"{FOX} {MILL}"
FINAL = {"ANSWER_COMPLETE", "ANSWER_FAILED"}

# What is asked, and how far the model comes with it until the worker is killed.
BEFORE_THE_FIRST_TOKEN = "What do foxes eat?"
AFTER_THE_FIRST_SENTENCE = "Who is Tiva?"
AFTER_THE_LAST_SENTENCE = "Where does she live?"
JOB_LOST = "Why does she carry it?"
MODEL_HANGS = "What did Tiva carry?"


class Child:
    """A tablet that asks one question and keeps what it is told."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.question_id = str(uuid.uuid4())
        self.heard: list[dict[str, Any]] = []
        self.heard_before_the_kill: list[dict[str, Any]] = []
        self.outbox: list[bytes] = []

    async def ask(self, url: str, row: ReadingSession) -> None:
        """Ask, and listen until the answer ends."""
        tablet = await connect(url, str(row.pk), cookie_for(row.student))
        await tablet.say("HELLO")
        await tablet.hear("SESSION_RESTORED")
        place = {"wordIndex": len(words.split(STORY)) - 1, "audioTimestamp": 0}
        await tablet.say("PROGRESS", **place, playing=False)
        await tablet.say("STUDENT_QUESTION", id=self.question_id, questionText=self.question, context=place)
        while not self.finals():
            self.heard.append(await tablet.hear(within=40))
        await tablet.socket.close()

    def sentences(self) -> list[str]:
        """Return the sentences in the order in which they came."""
        return [each["payload"]["text"] for each in self.heard if each["type"] == "ANSWER_SENTENCE"]

    def finals(self) -> list[dict[str, Any]]:
        """Return the messages that ended the answer."""
        return [each for each in self.heard if each["type"] in FINAL]


class Worker:
    """The process that answers questions."""

    def __init__(self, log: Path) -> None:
        command = processes.workers(schedule=log.with_suffix(".beat"))["worker-llm"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=env.PROJECT, stdout=output, stderr=output, start_new_session=True
            )
        self.log = log

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


async def until(true: Callable[[], object]) -> None:
    """Return as soon as something holds."""
    deadline = asyncio.get_running_loop().time() + 30
    while not true():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def sessions_of_children(django_db_setup, django_db_blocker) -> Iterator[list[ReadingSession]]:
    """Five children who read the same story, in the database that the processes see too."""
    with django_db_blocker.unblock():
        school = School.objects.create(name="Willow School")
        foxes = Classroom.objects.create(school=school, name="Foxes", join_code="FQXESA")
        count = len(words.split(STORY))
        book = Book.objects.create(content_hash="7" * 64, title="Tiva", word_count=count, page_count=1)
        Page.objects.create(book=book, number=1, text=STORY, first_word=0, word_count=count)
        yield [
            ReadingSession.objects.create(
                student=Student.objects.create(classroom=foxes, name=name, animal="fox"), book=book
            )
            for name in ("Ada", "Ben", "Cleo", "Dan", "Eve")
        ]
        ReadingSession.objects.all().delete()
        school.delete()
        book.delete()
        connection.close()


@pytest.fixture(scope="module")
def story(sessions_of_children, tmp_path_factory) -> Iterator[dict[str, Child]]:
    """Play the story; return its children by what they asked."""
    folder = tmp_path_factory.mktemp("workers")
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=connection.settings_dict["NAME"]).geturl()
    with contextlib.ExitStack() as stack:
        valkey = Valkey(folder / "valkey", persistent=False)
        valkey.start()
        stack.callback(valkey.stop)
        llm = stack.enter_context(ScriptedLlm(default=Reply(ANSWER)))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {
            "DATABASE_URL": database,
            "REDIS_URL": valkey.url,
            "LLM_BASE_URL": llm.url,
            "LLM_FIRST_TOKEN_SECONDS": "5",
            "ANSWER_SECONDS": "25",
            "ANSWER_LEASE_SECONDS": "2",
            "WORKER_METRICS_PORT": str(free_port()),
            "ALIVE_FILE": str(folder / "alive"),
        }.items():
            environment.setenv(name, value)
        first = Worker(folder / "first.log")
        stack.callback(first.kill)
        server = Server("uvicorn", str(folder / "web.log"))
        stack.callback(server.stop)
        client = stack.enter_context(redis.Redis.from_url(valkey.url))
        yield asyncio.run(play(sessions_of_children, server, first, llm, client, stack))


async def play(
    rows: list[ReadingSession],
    server: Server,
    first: Worker,
    llm: ScriptedLlm,
    client: redis.Redis,
    stack: contextlib.ExitStack,
) -> dict[str, Child]:
    """Ask three questions, kill their worker, lose a job, hang the model; return when all have ended."""
    llm.script_for(BEFORE_THE_FIRST_TOKEN, Reply(before_first=60))
    llm.script_for(AFTER_THE_FIRST_SENTENCE, Reply(ANSWER, hold_after_words=5))
    # The end of a sentence is certain with the next sign, which here is none that can be said.
    llm.script_for(AFTER_THE_LAST_SENTENCE, Reply(f"{ANSWER} 🦊", fault=Fault.HANG))
    llm.script_for(MODEL_HANGS, Reply(before_first=60))
    ada, ben, cleo, *_ = children = [
        Child(question)
        for question in (
            BEFORE_THE_FIRST_TOKEN, AFTER_THE_FIRST_SENTENCE, AFTER_THE_LAST_SENTENCE, JOB_LOST, MODEL_HANGS,
        )
    ]  # fmt: skip
    async with asyncio.TaskGroup() as tasks:
        *begun, lost, hanging = (
            child.ask(server.url, row) for child, row in zip(children, rows, strict=True)
        )
        asking = [tasks.create_task(each) for each in begun]
        await until(lambda: len(llm.requests) == 3 and ben.sentences() and len(cleo.sentences()) == 2)
        for child in (ada, ben, cleo):
            child.heard_before_the_kill = list(child.heard)
        first.kill()
        asking.append(tasks.create_task(lost))
        await until(lambda: client.delete("llm"))
        asking.append(tasks.create_task(hanging))
        second = Worker(first.log.with_name("second.log"))
        stack.callback(second.kill)
        await asyncio.wait(asking)
    await asyncio.sleep(0.5)  # a second final message would be in the outbox by then
    for child, row in zip(children, rows, strict=True):
        child.outbox = [fields[b"m"] for _, fields in client.xrange(keys.session(str(row.pk))[1])]
    return {child.question: child for child in children}


def test_killed_before_the_first_token_the_whole_answer_comes_from_another(story):
    child = story[BEFORE_THE_FIRST_TOKEN]
    assert [each["type"] for each in child.heard_before_the_kill] == ["INTERRUPTION_ACKNOWLEDGED"]
    assert child.sentences() == [FOX, MILL]


def test_killed_after_the_first_sentence_the_answer_goes_on_with_the_second(story):
    child = story[AFTER_THE_FIRST_SENTENCE]
    assert [each["type"] for each in child.heard_before_the_kill][1:] == ["ANSWER_SENTENCE"]
    assert child.sentences() == [FOX, MILL]


def test_killed_after_the_last_sentence_only_the_end_comes_from_another(story):
    child = story[AFTER_THE_LAST_SENTENCE]
    assert [each["type"] for each in child.heard_before_the_kill][1:] == ["ANSWER_SENTENCE"] * 2
    assert child.heard[:-1] == child.heard_before_the_kill


def test_a_lost_job_is_done_all_the_same(story):
    assert story[JOB_LOST].sentences() == [FOX, MILL]


def test_a_model_that_hangs_is_replaced_in_time(story):
    (end,) = story[MODEL_HANGS].finals()
    assert end["payload"]["source"] == "offline"
    assert "lantern" in " ".join(story[MODEL_HANGS].sentences())


def test_each_answer_ends_once_without_gap_and_what_was_heard_stays(story):
    for child in story.values():
        assert child.heard[: len(child.heard_before_the_kill)] == child.heard_before_the_kill
        assert [each["seq"] for each in child.heard] == list(range(1, len(child.heard) + 1))
        indexes = [each["payload"]["index"] for each in child.heard if each["type"] == "ANSWER_SENTENCE"]
        assert indexes == list(range(len(indexes)))
        (end,) = child.finals()
        assert end == child.heard[-1]
        assert (end["type"], end["payload"]["sentences"]) == ("ANSWER_COMPLETE", len(indexes))
        assert len(child.outbox) == len(child.heard)


def test_the_worker_that_lives_tells_what_it_answered_and_that_its_model_hung(story):
    with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['WORKER_METRICS_PORT']}/metrics") as page:
        told = page.read().decode()
    assert 'answers_total{outcome="answered",source="offline"} 1.0' in told
    assert 'llm_failures_total{kind="too_slow",provider="1"} 1.0' in told
    assert "llm_failovers_total 1.0" in told


def test_the_worker_that_lives_says_that_it_takes_jobs(story):
    alive = Path(os.environ["ALIVE_FILE"])
    alive.unlink()
    deadline = time.monotonic() + 30
    while not alive.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
