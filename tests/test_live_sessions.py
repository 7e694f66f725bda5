"""The page of live sessions: who reads what right now, for whoever may see it, and what they do about it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from sessions import steering
from sessions.live.blocking import run
from sessions.models import AuditEntry, ReadingSession, Student
from tests.live_school import kite, nobody_reads, reads, serves  # noqa: F401
from tutoring.models import Question

pytestmark = pytest.mark.usefixtures("nobody_reads")

PAGE = "/admin/live/"


def signed_in(user: User | str) -> Client:
    client = Client()
    client.force_login(user if isinstance(user, User) else User.objects.get(username=user))
    return client


def rows(client: Client, **query: object) -> list:
    return client.get(PAGE, query).context["rows"]


@pytest.fixture
def announced(monkeypatch) -> list[dict]:
    """What the hubs of all processes are told."""
    events: list[dict] = []

    async def note(event):
        events.append(event)

    monkeypatch.setattr(steering, "_announce", note)
    return events


def test_a_row_says_who_reads_what_and_where(ada):
    session = reads(ada, word=4)
    serves()
    for minutes, milliseconds in ((9, 700), (1, 240)):
        Question.objects.create(
            id=uuid.uuid4(), session=session, word_index=1, question="Why?", outcome="answered",
            first_sentence_ms=milliseconds, asked_at=timezone.now() - timedelta(minutes=minutes),
        )  # fmt: skip
    (row,) = rows(signed_in("rivera"))
    assert (row.child, row.classroom, row.book) == ("Ada", "Foxes", "The Kite")
    assert (row.word, row.word_count, row.page, row.page_count) == (4, 6, 2, 2)
    assert (row.doing.value, row.server, row.answer_ms) == ("reading", "tower:17", 240)
    page = signed_in("rivera").get(PAGE).content.decode()
    assert "tower:17" in page and "240 ms" in page and reverse("follow-reading", args=[session.pk]) in page


def test_teachers_see_their_classes_heads_their_schools_and_operators_no_names(
    ada, chidi, dana, adeyemi, solheim, noor
):
    for child in (ada, chidi, dana):
        reads(child)
    seen = {
        name: sorted(row.child for row in rows(signed_in(name)))
        for name in ("rivera", "okafor", "lund", "adeyemi", "solheim")
    }
    assert seen == {
        "rivera": ["Ada"], "okafor": ["Chidi"], "lund": ["Dana"],
        "adeyemi": ["Ada", "Chidi"], "solheim": ["Dana"],
    }  # fmt: skip
    page = signed_in(noor).get(PAGE).content.decode()
    assert "a child (fox)" in page and "Harbour School" in page
    assert not any(name in page for name in ("Ada", "Chidi", "Dana"))


def test_a_child_that_has_left_the_class_since_is_not_shown_to_its_teacher(ada, hares):
    reads(ada)
    Student.objects.filter(pk=ada.pk).update(classroom=hares)
    assert rows(signed_in("rivera")) == []


def test_a_class_is_chosen_and_another_ones_is_not_to_be_had(ada, chidi, dana, adeyemi):
    reads(ada), reads(chidi), reads(dana)
    head = signed_in(adeyemi)
    assert [row.child for row in rows(head, classroom=chidi.classroom_id)] == ["Chidi"]
    assert head.get(PAGE, {"classroom": dana.classroom_id}).status_code == 404


def test_a_child_or_a_book_is_found_by_its_name_among_those_who_read(ada, ben, noor):
    reads(ada)
    ReadingSession.objects.create(student=ben, book=kite())  # begun, and not live
    rivera = signed_in("rivera")
    assert [row.child for row in rows(rivera, q="kite")] == ["Ada"]
    assert [row.child for row in rows(rivera, q="ad")] == ["Ada"]
    assert rows(rivera, q="ben") == []
    assert rows(signed_in(noor), q="Ada") == []


def test_nobody_reading_is_told_with_what_to_do(foxes):
    assert "class code" in signed_in("rivera").get(PAGE).content.decode()


def test_more_sessions_cost_no_more_queries_and_come_in_pages(ada, foxes):
    rivera = signed_in("rivera")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert rivera.get(PAGE).status_code == 200
        return len(captured)

    reads(ada)
    before = queries()
    for number in range(54):
        reads(Student.objects.create(classroom=foxes, name=f"Fox {number}"))
    assert queries() == before
    assert [len(rows(rivera, page=page)) for page in (1, 2, 3)] == [50, 5, 0]
    assert "Further" in rivera.get(PAGE).content.decode()


def test_the_part_that_comes_again_is_the_table_alone(ada):
    reads(ada)
    part = signed_in("rivera").get(PAGE, {"part": "rows"}).content.decode()
    assert "Ada" in part and "<html" not in part


def test_without_redis_the_page_says_so(foxes, monkeypatch):
    async def away(*_):
        raise RedisAway

    monkeypatch.setattr("sessions.live.index.count", away)
    page = signed_in("rivera").get(PAGE)
    assert page.status_code == 200 and "cannot be reached" in page.content.decode()


# --- What they do about it -----------------------------------------------------------------------
def test_a_teacher_ends_a_reading_of_the_own_class(ada, dana, announced):
    mine, other = reads(ada), reads(dana)
    rivera = signed_in("rivera")
    assert rivera.post(reverse("end-reading", args=[mine.pk])).status_code == 302
    assert announced == [{"type": "end", "owner": "tablet"}]
    assert rivera.post(reverse("end-reading", args=[other.pk])).status_code == 404
    assert len(announced) == 1


def test_a_teacher_pauses_the_own_class_and_lets_it_go_on(foxes, gulls, announced):
    rivera = signed_in("rivera")
    rivera.post(reverse("pause-class", args=[foxes.pk]))
    assert foxes.pk in run(steering.paused_classes())
    assert "is paused" in rivera.get(PAGE, {"classroom": foxes.pk, "part": "rows"}).content.decode()
    rivera.post(reverse("let-class-go-on", args=[foxes.pk]))
    assert run(steering.paused_classes()) == frozenset()
    assert rivera.post(reverse("pause-class", args=[gulls.pk])).status_code == 404


def test_what_is_said_to_a_class_is_a_line_and_no_longer_than_that(foxes, announced):
    rivera = signed_in("rivera")
    say = reverse("say-to-class", args=[foxes.pk])
    rivera.post(say, {"text": "Two more minutes!"})
    rivera.post(say, {"text": "x" * 201})
    rivera.post(say, {"text": "  "})
    assert announced == [{"type": "message", "classroom_id": foxes.pk, "text": "Two more minutes!"}]


def test_operators_look_and_touch_nothing(ada, noor, announced):
    session = reads(ada)
    assert signed_in(noor).post(reverse("end-reading", args=[session.pk])).status_code == 403
    assert "End the reading" not in signed_in(noor).get(PAGE).content.decode()
    assert announced == []


def test_the_way_back_leads_nowhere_else(ada, announced):
    ended = reverse("end-reading", args=[reads(ada).pk])
    answers = [
        signed_in("rivera").post(ended, {"back": back}).headers["Location"]
        for back in ("/admin/live/?page=2", "https://elsewhere.example/", "//elsewhere.example/")
    ]
    assert answers == ["/admin/live/?page=2", PAGE, PAGE]


@pytest.mark.parametrize("path", [PAGE, "/admin/capacity/"])
def test_a_stranger_has_to_sign_in(db, path):
    answer = Client().get(path)
    assert answer.status_code == 302 and "/admin/login/" in answer.headers["Location"]


def test_following_is_for_whoever_may_see_the_session(ada, dana, noor):
    session = reads(ada)
    address = reverse("follow-reading", args=[session.pk])
    assert "Ada reads The Kite" in signed_in("rivera").get(address).content.decode()
    page = signed_in(noor).get(address).content.decode()
    assert "A child (fox)" in page and "Ada" not in page
    assert signed_in("lund").get(address).status_code == 404


def test_looking_following_and_steering_are_in_the_audit_log_without_a_word_of_anybody(ada, announced):
    session = reads(ada)
    rivera = signed_in("rivera")
    AuditEntry.objects.all().delete()
    rivera.get(PAGE)
    rivera.get(PAGE, {"part": "rows"})  # fetched again: the same look
    rivera.get(reverse("follow-reading", args=[session.pk]))
    rivera.post(reverse("say-to-class", args=[ada.classroom_id]), {"text": "Well done, Ada!"})
    rivera.post(reverse("end-reading", args=[session.pk]))
    written = AuditEntry.objects.order_by("pk").values_list("action", "details", "username")
    assert list(written) == [
        ("looked at", "live", "rivera"),
        ("looked at", "followed", "rivera"),
        ("acted on", "message to the class", "rivera"),
        ("acted on", "reading ended", "rivera"),
    ]
