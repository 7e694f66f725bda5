"""The roster pages: upload, look, confirm; nothing applied on error; nobody else's school."""

import io
import zipfile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError

from sessions.models import Classroom, School, Student
from sessions.rosters import pending

NEW = """class,student,teachers
Foxes,Ada Lovelace,rivera@willow.example
Foxes,Dev Rao,
Bees,Eli Roth,new@willow.example
"""


@pytest.fixture
def head(adeyemi) -> Client:
    """Ms Adeyemi, signed in."""
    client = Client()
    client.force_login(adeyemi)
    return client


def page(school: School, name: str = "", *arguments) -> str:
    """Return the address of a roster page."""
    return reverse(f"admin:reading_school_roster{name}", args=[school.pk, *arguments])


def upload(client: Client, school: School, text: str | bytes, name: str = "roster.csv"):
    """Upload a file; returns the answer."""
    data = text.encode() if isinstance(text, str) else text
    return client.post(page(school), {"file": SimpleUploadedFile(name, data)})


def confirm(client: Client, preview: str, **fields: str):
    """Look at a preview and say yes; returns the answer."""
    shown = client.get(preview, fields)
    return client.post(preview, {"fingerprint": shown.context["plan"].fingerprint, **fields})


def children(school: School) -> set[tuple[str, str]]:
    """Return the school's children with their classes."""
    return set(Student.objects.filter(classroom__school=school).values_list("classroom__name", "name"))


def test_a_head_uploads_looks_and_confirms(head, willow, ada, ben):
    answer = upload(head, willow, NEW)
    assert children(willow) == {("Foxes", "Ada"), ("Foxes", "Ben")}  # a look changes nothing
    shown = head.get(answer.url).content.decode()
    for told in ("New child: <b>2</b>", "New class: <b>1</b>", "Ben (Foxes)", "new@willow.example (Bees)"):
        assert told in shown
    assert "Lovelace" not in shown
    done = confirm(head, answer.url)
    assert (done.status_code, done.url) == (
        302, reverse("admin:reading_classroom_changelist") + f"?school__id__exact={willow.pk}",
    )  # fmt: skip
    assert children(willow) == {("Foxes", "Ada"), ("Foxes", "Ben"), ("Foxes", "Dev"), ("Bees", "Eli")}
    assert "3 changes" in head.get(done.url).content.decode()
    assert head.get(answer.url).url == page(willow)  # what was uploaded is gone


def test_children_who_are_missing_go_only_when_it_is_said(head, willow, ada, ben):
    preview = upload(head, willow, "class,student\nFoxes,Ada\n").url
    assert "No longer in the file" in head.get(preview).content.decode()
    assert "Make these changes" not in head.get(preview).content.decode()
    assert "Child removed" in head.get(preview, {"remove": "yes"}).content.decode()
    confirm(head, preview, remove="yes")
    assert children(willow) == {("Foxes", "Ada")}


def test_nothing_is_applied_of_a_file_with_a_problem_and_the_row_is_told(head, willow, ada):
    answer = upload(head, willow, "class,student,animal\nBees,Eli,bee\nBees,,\n,Finn,fox\n")
    told = answer.content.decode()
    for part in ("roster.csv, row 2, animal", "is none we have a picture of", "roster.csv, row 4, class"):
        assert part in told
    assert children(willow) == {("Foxes", "Ada")}


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("roster.csv", b"", "empty"),
        ("roster.csv", b"\n\n", "is empty: the first row names the columns"),
        ("roster.xls", bytes.fromhex("d0cf11e0a1b11ae1"), "is an Excel file: save it as CSV"),
        ("roster.zip", b"PK\x03\x04 damaged", "is not an intact ZIP archive"),
        ("roster.csv", b"class,pupil\nFoxes,Ada\n", "has no column `student`"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_one_sentence(head, willow, name, data, told):
    assert told in upload(head, willow, data, name).content.decode()


def test_a_plan_that_has_changed_is_shown_again(head, willow, foxes):
    preview = upload(head, willow, "class,student\nFoxes,Ada\n").url
    fingerprint = head.get(preview).context["plan"].fingerprint
    Student.objects.create(classroom=foxes, name="Ada")
    again = head.post(preview, {"fingerprint": fingerprint})
    assert again.status_code == 200
    assert "The school has changed meanwhile" in again.content.decode()
    assert "Nothing would change" in again.content.decode()


def test_a_preview_is_for_the_one_who_uploaded_and_for_the_school_it_was_for(head, willow, harbour, adeyemi):
    preview = upload(head, willow, NEW).url
    deputy = User.objects.create_superuser("deputy", password="chalk-and-cheese")
    client = Client()
    client.force_login(deputy)
    assert client.get(preview).url == page(willow)
    adeyemi.schools.add(harbour)
    token = preview.rstrip("/").rpartition("/")[2]
    assert head.get(page(harbour, "_preview", token)).url == page(harbour)


def test_only_who_sees_the_whole_school_gets_at_its_roster(
    willow, harbour, foxes, gulls, adeyemi, noor, solheim
):
    adeyemi.classrooms.add(gulls)  # she teaches a class there, but is not its head
    cases = [
        (User.objects.get(username="rivera"), willow, 403),
        (noor, willow, 403),
        (solheim, willow, 404),
        (adeyemi, harbour, 404),
        (adeyemi, willow, 200),
    ]
    for user, school, status in cases:
        client = Client()
        client.force_login(user)
        for address in (page(school), page(school, "_export", "csv"), page(school, "_template")):
            assert client.get(address).status_code == status, (user, address)
        assert upload(client, school, NEW).status_code == (302 if status == 200 else status)


def test_the_way_to_the_roster_is_shown_to_whom_it_opens(head, willow, foxes):
    teacher = Client()
    teacher.force_login(User.objects.get(username="rivera"))
    classes = reverse("admin:reading_classroom_changelist")
    assert "Import or export a roster" in head.get(classes).content.decode()
    assert "Import or export a roster" not in teacher.get(classes).content.decode()
    assert head.get(reverse("admin:reading_classroom_open_roster")).url == page(willow)
    own = head.get(reverse("admin:reading_school_change", args=[willow.pk])).content.decode()
    assert reverse("admin:reading_school_open_roster", args=[willow.pk]) in own


def test_what_is_exported_can_be_imported_again(head, willow, ada, chidi, dana):
    table = head.get(page(willow, "_export", "csv"))
    assert table["Content-Disposition"] == 'attachment; filename="willow-school-roster.csv"'
    assert "Dana" not in table.content.decode("utf-8-sig")
    archive = head.get(page(willow, "_export", "oneroster"))
    assert "users.csv" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    for name, data in (("a.csv", table.content), ("a.zip", archive.content)):
        assert "Nothing would change" in head.get(upload(head, willow, data, name).url).content.decode()


def test_one_class_is_exported_alone_and_no_other_schools(head, willow, ada, chidi, dana):
    own = head.get(page(willow, "_export", "csv"), {"class": ada.classroom_id})
    assert "Ada" in own.content.decode("utf-8-sig") and "Chidi" not in own.content.decode("utf-8-sig")
    assert head.get(page(willow, "_export", "csv"), {"class": dana.classroom_id}).status_code == 404


def test_no_name_reaches_a_log_line(head, willow, foxes, caplog):
    caplog.set_level("INFO", "sessions")
    confirm(head, upload(head, willow, NEW).url)
    head.get(page(willow, "_export", "csv"))
    assert "imported a roster" in caplog.text and "exported the roster" in caplog.text
    assert not any(name in caplog.text for name in ("Ada", "Lovelace", "Eli", "roster.csv", "willow.example"))


def test_the_template_is_a_roster(head, willow):
    assert upload(head, willow, head.get(page(willow, "_template")).content).status_code == 302


def test_a_redis_that_is_away_is_told_kindly(head, willow, monkeypatch):
    def away(*arguments):
        raise ConnectionError

    monkeypatch.setattr(pending, "keep", away)
    monkeypatch.setattr(pending, "find", away)
    assert "Please try again in a moment" in upload(head, willow, NEW).content.decode()
    assert head.get(page(willow, "_preview", "token")).url == page(willow)
    assert not Classroom.objects.exists()
