"""One school never sees another, and one class no other: every address, asked by everybody."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from sessions import audit, tickets
from sessions.covers import with_cover_fingerprint
from sessions.models import AuditEntry, Book, Page, ReadingSession, ReadingTime, Student
from sessions.roles import TEACHERS
from tests.setting_up import flush_redis
from tests.who_may import CHILDREN, EVERYBODY, GROWN_UPS, MAY_STEER, ROWS, STEERING
from tutoring.models import CachedAnswer, Flag, Question
from tutoring.narration import files
from tutoring.tasks import explain_word, narrate_page

# What gives something of Ada's away: her name, her class, her book, her words, her school, her teacher.
MARKS = ["Quillby", "Foxes", "Grumbling Kettle", "Whatever is a kettle", "Willow School", "rivera"]
# Where a page is about one of them, the others (the own school's name, one's own) mean nothing.
TELLS = {
    "library": MARKS[2:3],
    "my-questions": MARKS[3:4],
    "admin:index": MARKS[1:2],
    "admin:reading_school_changelist": MARKS[4:5],
    "admin:reading_book_changelist": MARKS[2:3],
    "admin:auth_user_changelist": MARKS[5:],
    "admin:axes_accessattempt_changelist": MARKS[5:],
    "hard-places": MARKS[3:4],
}
DEFAULT_TELLS = MARKS[:2] + MARKS[3:4]
WORDS = "A kettle grumbled. Nobody knew why."


@pytest.fixture
def world(settings, tmp_path, monkeypatch, ada, ben, chidi, dana, foxes, willow, adeyemi, solheim, noor):
    """Ada has read and asked; everybody is there, signed in."""
    settings.MEDIA_ROOT = tmp_path
    for task in (narrate_page, explain_word):
        monkeypatch.setattr(task, "apply_async", lambda *_, **__: None)
    flush_redis()
    Student.objects.filter(pk=ada.pk).update(name="Quillby")
    ada.refresh_from_db()
    book = Book.objects.create(
        school=willow, title="The Grumbling Kettle", content_hash="kettle", word_count=6, page_count=1
    )
    Page.objects.create(book=book, number=1, text=WORDS, first_word=0, word_count=6)
    session = ReadingSession.objects.create(student=ada, book=book, word_index=3)
    ReadingTime.objects.create(session=session, day=timezone.localdate(), seconds=60)
    question = Question.objects.create(
        id=uuid4(), session=session, word_index=3, question="Whatever is a kettle?", answer="A pot.",
        outcome="answered", asked_at=timezone.now() - timedelta(minutes=1),
    )  # fmt: skip
    flag = Flag.objects.create(
        id=uuid4(), question_id=question.pk, student=ada, session=session, category="abuse", side="question",
        text="Whatever is a kettle?",
    )  # fmt: skip
    kept = CachedAnswer.objects.create(
        key="k", book=book, page=1, question="Whatever is a kettle?", sentences=["A pot."], reading_band="",
        model="owl-1", prompt_version="1", heard_length=10, heard_digest="d",
    )  # fmt: skip
    attempt = AccessAttempt.objects.create(username="rivera", ip_address="127.0.0.1", failures_since_start=3)
    audit.record(User.objects.get(username="rivera"), audit.Action.CHANGED, foxes)
    said = "1" * 64 + ".flac"
    default_storage.save(files.ANSWERS + said, ContentFile(b"sound"))
    audio = "0" * 64 + ".mp3"
    default_storage.save(files.FOLDER + audio, ContentFile(b"sound"))
    return SimpleNamespace(
        ada=ada, ben=ben, dana=dana, foxes=foxes, willow=willow, book=book, session=session,
        question=question, flag=flag, kept=kept, attempt=attempt, audio=audio, said=said,
        entry=AuditEntry.objects.get(),
        teacher=User.objects.get(username="rivera"),
        group=Group.objects.get(name=TEACHERS), content_type=ContentType.objects.get_for_model(Student),
        fingerprint=with_cover_fingerprint(Book.objects.all()).get(pk=book.pk).cover_fingerprint,
    )  # fmt: skip


def browser_of(name: str) -> Client:
    """Return the browser of somebody who is signed in as they do."""
    client = Client()
    if name in CHILDREN:
        names = {"ada": "Quillby", "ben": "Ben", "dana": "Dana"}
        student = Student.objects.select_related("classroom").get(name=names[name])
        client.cookies[tickets.COOKIE] = tickets.sign(tickets.of(student))
    elif name in GROWN_UPS:
        client.force_login(User.objects.get(username=name))
    return client


def outcome_of(answer, tells: list[str]) -> str:
    """Return the letter of what somebody got; see who_may."""
    if answer.status_code in (401,) or (answer.status_code == 302 and "login" in answer.url):
        return "s"
    if answer.status_code == 302 and answer.url.startswith(reverse("sign-in")):
        return "s"
    if answer.status_code in (400, 403, 404, 405):
        return "-"
    if answer.status_code == 302 and answer.url == reverse("admin:index"):
        return "-"  # the admin's way to say that there is no such thing
    if answer.status_code == 302 and answer.url == reverse("library"):
        return "e"  # a child who has signed in
    if answer.status_code == 302 and answer.url.endswith("/roster/"):
        return "e"  # leads to the roster, which has a row of its own
    assert answer.status_code in (200, 202, 204), answer.status_code
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "y" if any(tell.encode() in body for tell in tells) else "e"


def agrees(found: str, expected: str) -> bool:
    """Where a page is about one thing, opening it is seeing it."""
    return found == expected or (expected in "yo" and found in "ye")


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_sees_what_the_matrix_says(world, name):
    browser = browser_of(name)
    wrong = {}
    for row in ROWS:
        address = reverse(row.name, args=row.arguments(world))
        expected = row.of(name)
        found = outcome_of(browser.get(address, row.query(world)), TELLS.get(row.name, DEFAULT_TELLS))
        if not (found == expected if "e" in row.outcomes else agrees(found, expected)):
            wrong[address] = f"{found}, not {expected}"
    assert wrong == {}


def addresses(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Return the names of all addresses; those without one only lead on to others."""
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            names |= addresses(entry, namespace + (f"{entry.namespace}:" if entry.namespace else ""))
        elif isinstance(entry, URLPattern) and entry.name:
            names.add(namespace + entry.name)
    return names


def test_every_address_has_a_row():
    assert addresses(get_resolver()) == {row.name for row in ROWS}


ACTIONS = [
    (model, action)
    for model, pages in admin.site._registry.items()
    for action in sorted(
        {"delete_selected", *(a if isinstance(a, str) else a.__name__ for a in pages.actions or ())}
    )
]


def columns(thing) -> dict:
    """Return what a row holds now."""
    values = type(thing).objects.filter(pk=thing.pk).values().get()
    return {name: value for name, value in values.items() if name != "last_login"}


THINGS = {
    "School": "willow", "Classroom": "foxes", "Student": "ada", "Book": "book", "ReadingSession": "session",
    "Question": "question", "Flag": "flag", "CachedAnswer": "kept", "User": "teacher", "Group": "group",
    "AccessAttempt": "attempt", "AuditEntry": "entry",
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_her_own_grown_ups_steer_what_ada_reads(world, name):
    browser = browser_of(name)
    for what, arguments in STEERING.items():
        answer = browser.post(reverse(what, args=arguments(world)), {"text": "Two more minutes!"})
        done = answer.status_code == 302 and answer.url == reverse("live-sessions")
        assert done == (name in MAY_STEER), what
        assert done or outcome_of(answer, []) in "-s", what


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_action_reaches_what_may_not_be_seen(world, name):
    browser = browser_of(name)
    rows = {row.name: row for row in ROWS}
    for model, action in ACTIONS:
        thing = getattr(world, THINGS[model.__name__])
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if rows[f"{label}_change"].of(name) == "y":
            continue
        before = columns(thing)
        form = {"action": action, "_selected_action": [str(thing.pk)], "post": "yes"}
        answer = browser.post(reverse(f"{label}_changelist"), form, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert not any(tell.encode() in body for tell in ("Quillby", "Whatever is a kettle")), action
        assert columns(thing) == before, action
