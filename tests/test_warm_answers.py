"""`manage.py warm_answers`: what a class is likely to ask is answered before it does."""

import json
import uuid

import pytest
from django import db
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions import words
from sessions.models import Book, Page, ReadingSession, Student
from sessions.recent import Recent
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.setting_up import answered_by, flush_redis
from tutoring import answer_cache, tutors, warming
from tutoring.heard import heard_of
from tutoring.models import CachedAnswer, Narration, Question
from tutoring.narration import known, service
from tutoring.tutors.interface import Turn

pytestmark = pytest.mark.django_db

PAGES = [
    "A young fox called Tiva lived under a mill. There Tiva had a lantern.",
    "At the river Tiva met a heron. He had lost his key.",
]
QUESTIONS = [  # of one band
    (1, "Who is Tiva?"),
    (1, "What does lantern mean?"),
    (1, "What just happened?"),
    (2, "Who is Tiva?"),
    (2, "What just happened?"),
]
ANSWER = "Tiva is a fox. She has a lantern."


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path, monkeypatch) -> None:
    """Where this test's audio goes; nothing is kept yet, and the test's connection stays open."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(db, "close_old_connections", lambda: None)
    monkeypatch.setattr(known, "_memory", Recent(known._MEMORY_BYTES))
    flush_redis()


@pytest.fixture
def llm(settings):
    """The scripted model, configured as an operator would."""
    with ScriptedLlm(default=Reply(ANSWER)) as llm, answered_by(settings, llm):
        yield llm


@pytest.fixture
def book() -> Book:
    """A story of two pages."""
    counts = [len(words.split(text)) for text in PAGES]
    book = Book.objects.create(
        title="Tiva",
        content_hash="tiva",
        word_count=sum(counts),
        page_count=2,
        glossary={"lantern": "a lamp"},
    )
    for number, text in enumerate(PAGES, 1):
        first = sum(counts[: number - 1])
        Page.objects.create(
            book=book, number=number, text=text, first_word=first, word_count=counts[number - 1]
        )
    return book


@pytest.fixture
def warm(capsys):
    """Run the command; return its JSON, with the error's line and those on stderr."""

    def warm(*arguments) -> dict:
        failure = None
        try:
            call_command("warm_answers", "Tiva", *(str(each) for each in arguments), "--json")
        except CommandError as error:
            failure = str(error)
        output = capsys.readouterr()
        result = json.loads(output.out) if output.out else {}
        return {**result, "failure": failure, "lines": output.err.splitlines()}

    return warm


def asked(student: Student, book: Book, text: str, word_index: int = 13) -> None:
    session, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    Question.objects.create(
        id=uuid.uuid4(), session=session, word_index=word_index, question=text, answer="Because.",
        outcome=Question.Outcome.ANSWERED, source="owl-1", asked_at=timezone.now(),
    )  # fmt: skip


def kept() -> list[tuple[int, str]]:
    return [(row.page, row.question) for row in CachedAnswer.objects.order_by("pk")]


def test_each_page_s_likely_questions_are_answered_voiced_and_kept(llm, book, warm):
    result = warm("--grade", 2)
    assert (result["pages"], result["questions"], result["answered"], result["failure"]) == (2, 5, 5, None)
    assert kept() == QUESTIONS
    row = CachedAnswer.objects.get(page=1, question="Who is Tiva?")
    assert (row.sentences, row.model) == (["Tiva is a fox.", "She has a lantern."], "owl-1")
    assert (row.reading_band, str(row)) == ("First steps", "Tiva, page 1: Who is Tiva?")
    service.write_rows()
    assert Narration.objects.count() == 2
    assert all(default_storage.exists(narration.audio.name) for narration in Narration.objects.all())


def test_a_child_who_asks_gets_it_at_once_also_while_the_book_is_read_and_after_redis_was_lost(
    llm, book, warm
):
    heard = heard_of(book.pk, 20)
    turn = Turn("who's Tiva?", heard.text, heard.language, heard.glossary)
    assert not answer_cache.find(book.pk, 20, turn)
    warm("--grade", 2)
    assert answer_cache.find(book.pk, 20, turn)
    flush_redis()
    assert answer_cache.find(book.pk, 20, turn)


def test_the_model_is_told_no_more_of_the_book_than_whoever_will_get_its_answer_has_heard(llm, book, warm):
    warm("--grade", 2)
    first_page = [request.decode() for request in llm.requests if b"heron" not in request]
    assert len(first_page) == 4  # and "Who is Tiva?" with the second page's first word
    assert not any("lost" in request for request in first_page)


def test_without_a_grade_readers_of_every_band_are_answered(llm, book, warm):
    assert warm()["answered"] == 3 * len(QUESTIONS)
    assert set(CachedAnswer.objects.values_list("reading_band", flat=True)) == {
        "First steps", "Growing", "Confident",
    }  # fmt: skip


def test_what_is_there_is_not_asked_again_and_a_lost_answer_is(llm, book, warm):
    warm("--grade", 2)
    CachedAnswer.objects.filter(page=2).first().delete()
    llm.requests.clear()
    result = warm("--grade", 2)
    assert (result["there"], result["answered"], len(llm.requests)) == (4, 1, 1)


def test_answers_to_other_rules_are_made_anew_and_the_old_ones_go(llm, book, warm):
    warm("--grade", 2)
    CachedAnswer.objects.update(prompt_version="older", key="older")
    assert warm("--grade", 2)["answered"] == 5
    assert CachedAnswer.objects.count() == 5


def test_what_three_children_asked_is_asked_ahead_and_what_two_asked_is_not(
    llm, book, warm, ada, ben, chidi, dana
):
    for child, text in (
        (ada, "Why is Tiva young?"),
        (ben, "why is tiva YOUNG"),
        (dana, "Please, why is Tiva young??"),
    ):
        asked(child, book, text)
    for child in (ada, ben):
        asked(child, book, "Is Tiva brave?")
    for _ in range(5):
        asked(ada, book, "Does a fox sing?")
    for child in (ada, ben, chidi):
        asked(child, book, "Is Tiva like my dog?")
    warm("--grade", 2)
    assert set(kept()) - set(QUESTIONS) == {(1, "Why is Tiva young?")}


def test_a_child_s_question_is_asked_at_the_earliest_of_their_words(book, ada, ben, chidi):
    for child, word_index in ((ada, 12), (ben, 9), (chidi, 13)):
        asked(child, book, "Why is Tiva young?", word_index)
    assert [(each.page, each.word_index) for each in warming._asked(answer_cache.book_text(book.pk))] == [
        (1, 9)
    ]


def test_a_file_s_questions_are_asked_too(llm, book, warm, tmp_path):
    file = tmp_path / "questions.txt"
    file.write_text("Why did the heron lose the key?\n\n1: Is Tiva brave?\n")
    warm("--grade", 2, "--questions", file)
    assert set(kept()) - set(QUESTIONS) == {(2, "Why did the heron lose the key?"), (1, "Is Tiva brave?")}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"7: Why?", "line 1: the book has no page 7"),
        (b"\xff", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(llm, book, warm, tmp_path, content, line):
    file = tmp_path / "questions.txt"
    if content is not None:
        file.write_bytes(content)
    result = warm("--questions", file)
    assert line in result["failure"] and str(file) in result["failure"]
    assert llm.requests == []


def test_a_dry_run_shows_the_questions_and_needs_no_model(book, capsys):
    call_command("warm_answers", str(book.pk), "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "page 1, word 8: Who is Tiva?",
        "page 1, word 13: What does lantern mean?",
        "page 1, word 9: What just happened?",
        "page 2, word 14: Who is Tiva?",
        "page 2, word 21: What just happened?",
    ]
    assert not CachedAnswer.objects.exists()


def test_without_a_model_it_is_refused_kindly(book, warm, settings):
    settings.LLM_BASE_URL = ""
    tutors.in_order.cache_clear()
    assert warm()["failure"].startswith("No language model is configured")
    tutors.in_order.cache_clear()


def test_a_question_that_fails_does_not_stop_the_others_and_is_asked_by_the_next_run(llm, book, warm):
    llm.script_for("lantern mean", Reply("Half a sent", fault=Fault.DROP))
    result = warm("--grade", 2)
    assert (result["answered"], result["failed"]) == (4, 1)
    assert result["failure"] == "1 questions failed. Run it again to ask them once more."
    assert result["lines"] == [
        "page 1, 'What does lantern mean?': TutorUnavailable: owl-1 cannot be reached, or broke off"
    ]
    assert warm("--grade", 2)["answered"] == 1


def test_an_answer_that_is_not_whole_is_not_kept(llm, book, warm):
    llm.default = Reply("Tiva is a fox. She liv")
    result = warm("--grade", 2)
    assert (result["unfit"], result["answered"], result["failure"]) == (5, 0, None)
    assert not CachedAnswer.objects.exists()


@pytest.mark.parametrize("status", [401, 500], ids=["refused", "away"])
def test_a_model_that_will_not_answer_ends_the_run(llm, book, warm, status):
    llm.default = Reply(status=status)
    result = warm()
    assert result["failure"] == "The model does not answer. Run it again once that is mended."
    assert not any(b"heron" in request for request in llm.requests), "the second page is not tried"


def test_two_books_of_a_title_are_told_apart_by_number(llm, book, willow, warm):
    other = Book.objects.create(school=willow, title="Tiva", content_hash="other", word_count=1, page_count=1)
    assert warm()["failure"] == f"There are 2 books 'Tiva'. Name one by number: {book.pk}, {other.pk}."


def test_without_json_one_line_sums_up(llm, book, capsys):
    call_command("warm_answers", "tiva", "--grade", "2")
    assert capsys.readouterr().out.startswith("2 pages, 5 questions: 5 newly answered, 0 there already, ")
