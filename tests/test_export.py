"""All that is kept of a child, for its parents: whole, readable, and only from who may give it."""

import io
import json
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from sessions import audit
from sessions.models import AuditEntry, Book, ReadingSession, ReadingTime, Student
from tests.setting_up import flush_redis
from tutoring.models import Flag, Question
from tutoring.privacy import export

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUESTION = "Why <b>is</b> the “owl” sad?"


@pytest.fixture(autouse=True)
def nobody_reads() -> None:
    flush_redis()


@pytest.fixture
def told(ada, ben) -> Question:
    """Ada has asked and was flagged; so was Ben, of whom nothing may be in Ada's file."""
    book = Book.objects.create(title="The Owl", content_hash="owl", word_count=100, page_count=1)
    for child, text in ((ben, "Ben's secret"), (ada, QUESTION)):
        reading = ReadingSession.objects.create(student=child, book=book, word_index=40)
        question = Question.objects.create(
            id=uuid.uuid4(), session=reading, word_index=38, question=text, heard_sentences=1,
            answer="The moon is gone.\nSo it is.", outcome="answered", asked_at=NOON,
            voices=["a-voice"], kept_as="a-key",
        )  # fmt: skip
        ReadingTime.objects.create(session=reading, day=NOON.date(), seconds=61.4)
        Flag.objects.create(
            id=uuid.uuid4(), question_id=question.pk, student=child, session=reading, category="abuse",
            side="question", text=text, note=f"Spoke with {child}.", looked_at_by=User.objects.get(),
        )  # fmt: skip
    audit.record(User.objects.get(), audit.Action.LOOKED, ada)
    return question


def page(student: Student, action: str) -> str:
    return reverse(f"admin:reading_student_{action}", args=[student.pk])


def opened(packed: bytes) -> tuple[dict, str]:
    """Return both files of a ZIP."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return json.loads(archive.read("student.json")), archive.read("student.html").decode()


def as_client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_file_holds_all_that_is_kept_of_the_child_and_of_no_other(told, ada):
    kept, html = opened(export.as_zip(ada))
    assert (kept["school"], kept["class"], kept["child"]["name"]) == ("Willow School", "Foxes", "Ada")
    (reading,) = kept["readings"]
    assert (reading["book"], reading["word_index"]) == ("The Owl", 40)
    assert reading["times"] == [{"day": "2026-11-23", "seconds": 61}]
    (turn,) = reading["questions"]
    assert (turn["question"], turn["answer"]) == (QUESTION, told.answer)
    assert (turn["asked_at"], turn["heard_sentences"]) == ("2026-11-23T12:00:00Z", 1)
    assert kept["flags"][0]["note"] == "Spoke with Ada."
    assert [look["what"] for look in kept["seen_by_staff"]] == ["looked at"]
    assert ada.badge_key not in json.dumps(kept) + html, "whoever has the file cannot sign in as the child"
    assert "Ben" not in json.dumps(kept) + html
    assert "rivera" not in json.dumps(kept) + html, "who of the staff it was is their own data"
    assert "Why &lt;b&gt;is&lt;/b&gt;" in html and "Spoke with Ada." in html and "The Owl" in html


@pytest.mark.parametrize("model", [Student, ReadingSession, Question, Flag])
def test_what_a_model_keeps_is_in_the_file(told, ada, model):
    rows = {
        Student: lambda kept: kept["child"],
        ReadingSession: lambda kept: kept["readings"][0],
        Question: lambda kept: kept["readings"][0]["questions"][0],
        Flag: lambda kept: kept["flags"][0],
    }
    own = {field.name for field in model._meta.concrete_fields if not field.is_relation}
    assert own - set(rows[model](opened(export.as_zip(ada))[0])) <= export._LEFT_OUT


def test_a_head_is_told_what_it_is_and_downloads_it_and_that_is_recorded(told, ada, adeyemi):
    head = as_client(adeyemi)
    assert page(ada, "export_child") in head.get(page(ada, "change")).content.decode()
    assert "Give it only to who may have it" in head.get(page(ada, "export_child")).content.decode()
    assert not AuditEntry.objects.filter(action="exported").exists()
    answer = head.post(page(ada, "export_child"))
    assert opened(answer.content)[0]["child"]["name"] == "Ada"
    assert answer["Content-Disposition"] == f'attachment; filename="student-{ada.pk}.zip"'
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.username, entry.object_id) == ("adeyemi", str(ada.pk))


@pytest.mark.parametrize("action", ["export_child", "erase_child"])
def test_nobody_else_may(told, ada, solheim, action):
    teacher = as_client(User.objects.get(username="rivera"))
    assert teacher.post(page(ada, action), {"name": "Ada"}).status_code == 403
    assert page(ada, action) not in teacher.get(page(ada, "change")).content.decode()
    assert as_client(solheim).post(page(ada, action), {"name": "Ada"}).status_code == 404
    assert Client().post(page(ada, action)).url.startswith("/admin/login/")
    assert Student.objects.filter(name="Ada").exists()
    assert not AuditEntry.objects.filter(action__in=["exported", "erased"]).exists()


def test_a_head_erases_a_child_by_its_name_and_by_no_other(told, ada, adeyemi):
    head = as_client(adeyemi)
    assert "Delete student" not in head.get(page(ada, "change")).content.decode(), "one way is enough"
    assert "It cannot be undone" in head.get(page(ada, "erase_child")).content.decode()
    refused = head.post(page(ada, "erase_child"), {"name": "Ben"})
    assert "not this child" in refused.content.decode()
    assert Student.objects.filter(name="Ada").exists()
    done = head.post(page(ada, "erase_child"), {"name": "Ada"}, follow=True)
    assert "are erased" in done.content.decode()
    assert list(Student.objects.values_list("name", flat=True)) == ["Ben"]
    assert AuditEntry.objects.get(action="erased").username == "adeyemi"


def test_the_command_writes_the_file_for_its_owners_eyes_and_records_it(told, ada, tmp_path: Path):
    file = tmp_path / "ada.zip"
    call_command("export_student", str(ada.pk), "--output", str(file), verbosity=0)
    assert opened(file.read_bytes())[0]["child"]["name"] == "Ada"
    assert file.stat().st_mode & 0o077 == 0
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.username, str(entry)) == ("", f"a command exported student {ada.pk}")


def test_the_command_says_in_one_line_what_cannot_be(told, ada, tmp_path: Path):
    with pytest.raises(CommandError, match="there is no student 4711"):
        call_command("export_student", "4711")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("export_student", str(ada.pk), "--output", str(tmp_path / "nowhere" / "ada.zip"))
