"""The page of capacity, and what it stands on: heartbeats, counts and the day's curve."""

import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions import curve, heartbeat
from sessions.live import store
from sessions.live.blocking import run
from sessions.models import Student
from sessions.tasks import sample_live_sessions
from tests.live_school import nobody_reads, reads, serves  # noqa: F401
from tutoring.models import Question

pytestmark = pytest.mark.usefixtures("nobody_reads")

PAGE = "/admin/capacity/"


def page(user: User, **query: str):
    client = Client()
    client.force_login(user)
    return client.get(PAGE, query)


@pytest.fixture
def busy(ada, ben, dana) -> None:
    """Ada reads, Ben rests, Dana at the other school reads; two servers, one of which goes away."""
    reads(ada), reads(ben, playing=False), reads(dana)
    serves()
    serves(name="tower:18", channel="hub.old", draining=True, sockets=10)
    sample_live_sessions()


def answered(student: Student, milliseconds: int, minutes_ago: int = 1) -> None:
    session = student.reading_sessions.get()
    Question.objects.create(
        id=uuid.uuid4(), session=session, word_index=1, question="Why?", outcome="answered",
        first_sentence_ms=milliseconds, asked_at=timezone.now() - timedelta(minutes=minutes_ago),
    )  # fmt: skip


def test_an_operator_sees_all_and_a_head_the_own_school(busy, adeyemi, solheim, noor):
    states = {user.username: dict(page(user).context["states"]) for user in (adeyemi, solheim, noor)}
    assert (states["adeyemi"]["reading"], states["adeyemi"]["paused"]) == (1, 1)
    assert (states["solheim"]["reading"], states["solheim"]["paused"]) == (1, 0)
    assert (states["noor"]["reading"], states["noor"]["paused"]) == (2, 1)


def test_the_room_is_that_of_the_servers_that_stay(busy, noor, adeyemi):
    assert "Room for 4,000 more children." in page(noor).content.decode()
    assert "Room for 4,000 more children." in page(adeyemi).content.decode()


def test_servers_queues_and_databases_are_the_operators(busy, noor, adeyemi):
    told = page(noor).content.decode()
    assert "tower:17" in told and "going away" in told and "queue llm" in told
    assert "PostgreSQL" in told and "commands a second" in told
    assert "51.2 KB" in told  # 50 MB for a thousand children
    told = page(adeyemi).content.decode()
    assert not any(word in told for word in ("tower:17", "PostgreSQL", "queue llm"))


def test_how_quick_answers_were_is_told_of_the_last_minutes_and_the_own_school(
    busy, ada, dana, noor, adeyemi
):
    for milliseconds in (100, 200, 300):
        answered(ada, milliseconds)
    answered(ada, 9_000, minutes_ago=30)
    answered(dana, 5_000)
    assert page(adeyemi).context["answers"] == (3, 200, 290)
    assert page(noor).context["answers"].number == 4


def test_a_broker_that_cannot_tell_its_queues_is_said_so(busy, noor, settings):
    settings.BROKER_URL = "sqs://"
    assert "not known here" in page(noor).content.decode()


def test_the_chart_has_today_beside_the_share_that_is_expected(busy, adeyemi, noor):
    share, whole = (json.loads(page(user).context["chart"])["datasets"] for user in (adeyemi, noor))
    assert max(whole[1]["data"]) == 5000
    assert max(share[1]["data"]) == round(5000 * 2 / 3)  # Ada and Ben of three children
    minute = timezone.localtime().hour * 60 + timezone.localtime().minute
    counted = run(curve.day([curve.ALL], timezone.localtime()))
    assert counted.get(minute, counted.get(minute - 1)) == 3


def test_the_part_that_comes_again_has_no_frame(busy, noor):
    part = page(noor, part="figures").content.decode()
    assert "Room for" in part and "<html" not in part


def test_before_anything_runs_the_page_says_so(noor, adeyemi):
    assert "No server has told of itself yet." in page(noor).content.decode()
    assert page(adeyemi).status_code == 200


def test_capacity_is_not_for_teachers(foxes):
    assert page(User.objects.get(username="rivera")).status_code == 403


async def test_a_process_tells_of_itself_and_one_that_is_silent_is_forgotten(monkeypatch):
    await heartbeat.tell(memory_alone=1)
    (here,) = await heartbeat.servers()
    assert here.target == 5000 and here.sockets == 0 and here.memory_per_child is None
    assert here.memory > 1 << 20
    monkeypatch.setattr(heartbeat, "now", lambda: store.now() + 60_000)
    assert await heartbeat.servers() == []
