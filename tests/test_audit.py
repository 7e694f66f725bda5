"""The audit log: what grown-ups look at and do leaves a line that nobody can change, and names no child."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from sessions import audit
from sessions.admin.audited import described
from sessions.audit import Action
from sessions.models import AuditEntry, Classroom, School, Student
from tutoring.models import Flag

LIST = reverse("admin:reading_auditentry_changelist")
CHILDREN = reverse("admin:reading_student_changelist")


def page_of(student: Student, page: str = "change") -> str:
    return reverse(f"admin:reading_student_{page}", args=[student.pk])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    AuditEntry.objects.all().delete()  # that they signed in is another story
    return client


@pytest.fixture
def head(adeyemi) -> Client:
    """Ms Adeyemi of Willow School, signed in."""
    return signed_in(adeyemi)


def lines() -> list[tuple[str, str, str, str]]:
    """Return who did what to what in which class, oldest first."""
    return [
        (entry.username, entry.action, entry.what, entry.classroom)
        for entry in AuditEntry.objects.order_by("pk")
    ]


def test_a_look_at_a_child_says_who_which_child_and_where(ada, foxes, willow):
    client = signed_in(User.objects.get(username="rivera"))
    assert client.get(page_of(ada)).status_code == 200
    assert lines() == [("rivera", "looked at", f"student {ada.pk}", "Foxes")]
    assert AuditEntry.objects.get().school == willow


def test_a_look_that_was_refused_is_none(ada, dana, head):
    assert head.get(page_of(dana)).status_code == 302
    assert lines() == []


def test_a_look_at_a_list_says_by_what_it_was_narrowed_and_not_for_whom_it_was_searched(
    head, ada, foxes, willow
):
    head.get(CHILDREN, {"q": "Ada", "classroom__id__exact": foxes.pk})
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.details) == ("list of students", "searched, classroom__id__exact")
    assert entry.school == willow


def test_changes_are_told_by_field_and_count(head, ada, foxes):
    fields = {
        "name": "Foxes", "school": foxes.school_id, "join_code": "FQXESB", "ask_at_page_end": "never",
        "sign_in": "pictures",
        "students-TOTAL_FORMS": 2, "students-INITIAL_FORMS": 1,
        "students-0-id": ada.pk, "students-0-classroom": foxes.pk, "students-0-name": "Adelheid",
        "students-0-animal": "owl", "students-1-name": "Zoe", "students-1-animal": "owl",
        "students-1-classroom": foxes.pk, "teachers": [],
    }  # fmt: skip
    address = reverse("admin:reading_classroom_change", args=[foxes.pk])
    assert head.post(address, fields).status_code == 302
    entry = AuditEntry.objects.get(action=Action.CHANGED)
    assert (entry.what, entry.classroom) == (f"classroom {foxes.pk}", "Foxes")
    assert entry.details == "Join code, Teachers; 1 × student added; 1 × student changed"


def test_a_deletion_is_recorded_with_where_it_was(head, ada, willow):
    number = ada.pk
    assert head.post(page_of(ada, "delete"), {"post": "yes"}).status_code == 302
    assert lines() == [("adeyemi", "deleted", f"student {number}", "Foxes")]


def test_an_action_on_ticked_rows_names_their_numbers(principal, ada):
    flag = Flag.objects.create(
        id=uuid.uuid4(), question_id=uuid.uuid4(), student=ada, category="abuse", side="question", text="?"
    )
    flags = reverse("admin:tutoring_flag_changelist")
    principal.post(flags, {"action": "mark_as_seen", "_selected_action": [flag.pk]})
    flag.refresh_from_db()
    assert flag.status == Flag.Status.SEEN
    assert AuditEntry.objects.get(action=Action.ACTED).details == f"mark_as_seen: {flag.pk}"


def test_who_takes_the_roster_away_is_recorded(head, foxes, willow, ada):
    assert head.get(reverse("admin:reading_school_roster_export", args=[willow.pk, "csv"])).status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.what, entry.details) == (
        "exported",
        f"school {willow.pk}",
        "roster, roster.csv",
    )


def test_a_look_at_a_class_page_is_recorded(head, foxes):
    assert head.get(reverse("class-page", args=[foxes.pk])).status_code == 200
    assert lines() == [("adeyemi", "looked at", f"classroom {foxes.pk}", "Foxes")]


def test_nothing_is_left_in_djangos_own_log(head, principal, ada):
    head.post(page_of(ada, "delete"), {"post": "yes"})
    principal.post(reverse("admin:reading_school_add"), {
        "name": "Third", "classrooms-TOTAL_FORMS": 0, "classrooms-INITIAL_FORMS": 0,
    })  # fmt: skip
    assert School.objects.filter(name="Third").exists()
    assert AuditEntry.objects.filter(action=Action.ADDED).count() == 1
    assert not LogEntry.objects.exists()


def test_signing_in_and_failing_to_is_recorded_and_what_strangers_typed_is_not(client, adeyemi, willow):
    login = reverse("admin:login")
    client.post(login, {"username": "adeyemi", "password": "a-wrong-one"})
    client.post(login, {"username": "my-secret-password", "password": "x"})
    client.post(login, {"username": "adeyemi", "password": "chalk-and-cheese"})
    assert [line[:2] for line in lines()] == [("adeyemi", "could not sign in"), ("adeyemi", "signed in")]
    assert set(AuditEntry.objects.values_list("school", flat=True)) == {willow.pk}


def test_a_head_reads_the_log_of_the_own_school_alone(head, solheim, dana, ada):
    signed_in(solheim).get(page_of(dana))
    head.get(page_of(ada))
    page = head.get(LIST).content.decode()
    assert f"student {ada.pk}" in page
    assert f"student {dana.pk}" not in page and "solheim" not in page


def test_a_teacher_may_not_read_the_log_and_an_operator_reads_it_without_names(noor, ada, head):
    head.get(page_of(ada))
    rivera, operator = User.objects.get(username="rivera"), Client()
    operator.force_login(noor)
    page = operator.get(LIST).content.decode()
    assert f"student {ada.pk}" in page and "Ada" not in page
    assert signed_in(rivera).get(LIST).status_code == 403


def test_nobody_changes_or_deletes_a_line_not_even_a_superuser(principal, head, ada):
    head.get(page_of(ada))
    entry = AuditEntry.objects.get(username="adeyemi")
    for page in ("change", "delete"):
        address = reverse(f"admin:reading_auditentry_{page}", args=[entry.pk])
        assert principal.post(address, {"username": "nobody", "post": "yes"}).status_code == 403
    principal.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    entry.refresh_from_db()
    assert entry.username == "adeyemi"
    assert not Permission.objects.filter(codename__in=["delete_auditentry", "change_auditentry"]).exists()


def test_a_line_outlives_the_account_it_tells_of(adeyemi, head, ada):
    head.get(page_of(ada))
    adeyemi.delete()
    assert lines() == [("adeyemi", "looked at", f"student {ada.pk}", "Foxes")]


def test_the_page_history_shows_the_log(head, ada):
    head.get(page_of(ada))
    assert "Looked at" in head.get(page_of(ada, "history")).content.decode()


def test_a_look_is_shown_though_it_cannot_be_recorded(head, ada, monkeypatch, caplog):
    def away(*_: object, **__: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(audit, "record", away)
    assert head.get(page_of(ada)).status_code == 200
    assert "is not recorded: DatabaseError" in caplog.text


def test_things_are_named_as_elsewhere(adeyemi, head):
    head.get(LIST)
    assert str(AuditEntry.objects.get()) == "adeyemi looked at list of audit entries"


def test_a_long_log_costs_no_more_queries(principal, head, ada, django_assert_max_num_queries):
    Classroom.objects.create(school=ada.classroom.school, name="Bees")
    for _ in range(20):
        audit.record(None, Action.LOOKED, ada)
    with django_assert_max_num_queries(14):
        assert principal.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ([], ""),
        ([{"changed": {"fields": ["Name", "Animal"]}}], "Name, Animal"),
        ([{"added": {}}, {"added": {"name": "student", "object": "Ada"}}], "1 × student added"),
        ("New badges.", "New badges."),
    ],
)
def test_a_change_is_described_without_what_the_rows_are_called(message, told):
    assert described(message) == told
