"""Children of a class ask the same: the model is asked once, and nobody is told what they have not heard."""

import uuid
from collections.abc import Callable

import pytest
from django import db
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from sessions import protocol, words
from sessions.live import store, worker
from sessions.live.blocking import run
from sessions.live.connection import client
from sessions.models import Book, Page, ReadingSession, Student
from tests.scripted_llm import Fault, Reply, ScriptedLlm
from tests.setting_up import answered_by, flush_redis
from tutoring import answer_cache, answer_key, tutors
from tutoring.cache_metrics import LOOKUPS, SAVED_COST, Lookup
from tutoring.heard import heard_of
from tutoring.kept_answers import kept_answer
from tutoring.models import CachedAnswer, Question
from tutoring.narration import service
from tutoring.narration.known import Spoken
from tutoring.tasks import answer_question
from tutoring.tutors.interface import Turn

pytestmark = pytest.mark.django_db

PAGES = [
    "Tiva was a young fox who lived under the old mill. Every evening she carried her lantern",
    "to the river. There she met the heron Zanzibar, who had lost his golden key.",
]
LANTERN, RIVER = 16, 19  # the last word of the first page, and the second page's third
WHO = "Who is Tiva?"
FOX = ["Tiva is a fox.", "She is young."]


@pytest.fixture(autouse=True)
def one_connection_and_a_quick_voice(monkeypatch) -> None:
    """Keep the connection of the test's transaction open; speak without sound; nothing is kept yet."""
    monkeypatch.setattr(db, "close_old_connections", lambda: None)
    monkeypatch.setattr(service, "speak_answer", lambda text, language: Spoken(f"/{len(text)}.flac", 0, ()))
    monkeypatch.setattr(service, "recall_answer", lambda text, language: None)
    monkeypatch.setattr(answer_cache, "_away_until", 0.0)
    flush_redis()


@pytest.fixture
def llm(settings):
    """The scripted model, configured as an operator would."""
    with ScriptedLlm(default=Reply(" ".join(FOX))) as llm, answered_by(settings, llm):
        yield llm


@pytest.fixture
def book() -> Book:
    """A story of two pages for every school."""
    counts = [len(words.split(text)) for text in PAGES]
    book = Book.objects.create(title="Tiva", content_hash="1" * 64, word_count=sum(counts), page_count=2)
    for number, text in enumerate(PAGES, 1):
        first = sum(counts[: number - 1])
        Page.objects.create(
            book=book, number=number, text=text, first_word=first, word_count=counts[number - 1]
        )
    return book


@pytest.fixture
def ask(book) -> Callable[..., list[str]]:
    """Let a child read the story up to a word and ask; returns what they are answered."""

    def ask(student: Student, question: str = WHO, word_index: int = LANTERN) -> list[str]:
        session_id, question_id = open_question(book, student, question, word_index)
        answer_question(session_id, question_id)
        owed = [store.numbered(seq, message) for seq, message in run(store.since(session_id, 0))]
        return [
            message.payload.text
            for message in owed
            if isinstance(message, protocol.AnswerSentence) and message.payload.question_id == question_id
        ]

    return ask


def open_question(book: Book, student: Student, question: str, word_index: int) -> tuple[str, str]:
    """Ask as the consumer does; return the session's and the question's id."""
    row, _ = ReadingSession.objects.get_or_create(student=student, book=book)
    session_id = str(row.pk)
    run(store.seed(store.Seed(session_id, student.pk, book.pk, book.word_count, word_index, 0, store.now())))
    run(store.restore(session_id, student.pk, "a-socket", "", protocol.HelloPayload()))
    asked = protocol.AskedQuestion(str(uuid.uuid4()), question, protocol.Position(word_index, 0))
    run(store.ask(session_id, "a-socket", asked))
    return session_id, asked.id


def kept() -> int:
    """Return how many answers Redis has, to questions that children asked."""

    async def count() -> int:
        return sum([await client().zcard(name) async for name in client().scan_iter("answer:*")])

    return run(count())


def turn(book: Book, question: str = WHO, word_index: int = LANTERN, **fields) -> Turn:
    heard = heard_of(book.pk, word_index)
    return Turn(question, heard.text, heard.language, heard.glossary, **fields)


def warmed(book: Book, question: str = WHO, word_index: int = LANTERN, said=FOX) -> CachedAnswer:
    """A row as `manage.py warm_answers` leaves it."""
    asked = turn(book, question, word_index)
    page = answer_cache.page_at(book.pk, word_index)
    answer = kept_answer(asked, said)
    return CachedAnswer.objects.create(
        key=answer_key.key(asked, book.pk, page, "owl-1"), book=book, page=page, question=question,
        sentences=said, reading_band="", model="owl-1", prompt_version=answer_key.PROMPT_VERSION,
        heard_length=answer.heard_length, heard_digest=answer.heard_digest,
    )  # fmt: skip


def test_the_second_child_of_the_class_gets_the_first_one_s_answer(llm, ask, ada, ben):
    assert ask(ada) == FOX
    assert ask(ben, "please, who's TIVA?!") == FOX
    assert len(llm.requests) == 1
    assert {(turn.answer, turn.source) for turn in Question.objects.all()} == {("\n".join(FOX), "owl-1")}


def test_an_answer_that_is_given_again_does_not_pass_for_one_made_from_more_of_the_book(llm, ask, ada, ben):
    ask(ada, word_index=5)
    assert ask(ben) == FOX
    assert (len(llm.requests), kept()) == (1, 1)


def test_the_answers_about_a_shared_book_are_every_school_s(llm, ask, ada, dana):
    ask(ada)
    assert ask(dana) == FOX
    assert len(llm.requests) == 1


def test_the_answers_about_a_school_s_own_copy_are_its_own(llm, ask, ada, willow):
    ask(ada)
    own = Book.objects.create(school=willow, title="Tiva", content_hash="1" * 64, word_count=17, page_count=1)
    Page.objects.create(book=own, number=1, text=PAGES[0], first_word=0, word_count=17)
    assert answer_cache.find(own.pk, LANTERN, turn(own)) == ()


@pytest.mark.parametrize("word_index", [LANTERN - 1, RIVER], ids=["at an earlier word", "on the next page"])
def test_elsewhere_in_the_book_the_model_is_asked(llm, ask, ada, ben, word_index):
    ask(ada)
    llm.script(Reply("It is another one."))
    assert ask(ben, word_index=word_index) == ["It is another one."]
    assert len(llm.requests) == 2


def test_readers_of_another_band_language_model_or_prompt_get_no_other_s_answer(llm, book, monkeypatch):
    asked = turn(book)
    answer_cache.keep(book.pk, LANTERN, asked, tutors.in_order()[0], FOX)
    assert answer_cache.find(book.pk, LANTERN, asked)
    assert not answer_cache.find(book.pk, LANTERN, asked._replace(grade=6.0))
    assert not answer_cache.find(book.pk, LANTERN, asked._replace(language="de"))
    with monkeypatch.context() as patched:
        patched.setattr(answer_key, "PROMPT_VERSION", "another")
        assert not answer_cache.find(book.pk, LANTERN, asked)
    monkeypatch.setattr(tutors.in_order()[0], "name", "owl-2")
    assert not answer_cache.find(book.pk, LANTERN, asked)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Tiva is a fox. She liv", fault=Fault.DROP),
        Reply("Tiva is a fox. She liv"),
        Reply("Tiva is a fox.", fault=Fault.FILTERED),
        Reply(status=500),
    ],
    ids=["broken off", "cut at its limit", "filtered", "offline instead"],
)
def test_an_answer_that_is_not_a_model_s_whole_one_is_for_one_child(llm, ask, ada, ben, reply):
    llm.script(reply)
    assert ask(ada) != FOX
    assert kept() == 0
    assert ask(ben) == FOX
    assert len(llm.requests) == 2


def test_an_answer_that_was_cancelled_is_not_kept(llm, ada, book, monkeypatch):
    session_id, question_id = open_question(book, ada, WHO, LANTERN)
    publish = worker.publish

    def publish_and_cancel(question: worker.LiveQuestion, message: protocol.DurableMessage) -> int | None:
        seq = publish(question, message)
        run(store.cancel(session_id, "a-socket", question_id))
        return seq

    with monkeypatch.context() as patched:
        patched.setattr(worker, "publish", publish_and_cancel)
        answer_question(session_id, question_id)
    assert Question.objects.get().answer == FOX[0]
    assert kept() == 0


def test_what_one_child_asks_of_itself_is_asked_anew(llm, ask, ada, ben):
    for child in (ada, ben):
        ask(child, "Is Tiva like my sister?")
    assert len(llm.requests) == 2


def test_a_redis_that_was_flushed_gets_back_what_was_warmed_with_one_query(
    llm, ask, ada, ben, book, django_assert_num_queries
):
    warmed(book)
    assert ask(ada) == FOX
    flush_redis()
    assert ask(ben) == FOX
    with django_assert_num_queries(0):
        assert answer_cache.find(book.pk, LANTERN, turn(book))
    assert llm.requests == []


def test_a_page_that_was_never_warmed_costs_its_query_once(llm, book, django_assert_num_queries):
    asked = turn(book)
    with django_assert_num_queries(1):
        assert answer_cache.find(book.pk, LANTERN, asked) == ()
        assert answer_cache.find(book.pk, LANTERN, asked) == ()


def test_a_page_that_is_warmed_while_it_is_read_has_its_answers_at_once(llm, book):
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()
    warmed(book)
    answer_cache.reload(book.pk, 1)
    assert answer_cache.find(book.pk, LANTERN, turn(book))


def test_an_answer_that_is_found_unfit_is_given_to_nobody_any_more(llm, ask, ada, ben, book):
    warmed(book, word_index=3)
    answer_cache.keep(book.pk, LANTERN, turn(book), tutors.in_order()[0], FOX)
    answer_cache.forget(book.pk, LANTERN, turn(book, grade=6.0), "owl-1")
    assert not CachedAnswer.objects.exists()
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()
    assert ask(ben) == FOX
    assert len(llm.requests) == 1


def test_a_row_that_is_deleted_takes_its_copies_along(llm, book, django_capture_on_commit_callbacks):
    row = warmed(book)
    answer_cache.keep(book.pk, LANTERN, turn(book), tutors.in_order()[0], ["Kept from a child."])
    assert answer_cache.find(book.pk, LANTERN, turn(book))
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()


def test_a_copy_read_before_a_deletion_is_not_put_back_after_it(llm, book, monkeypatch):
    row = warmed(book)
    read = answer_cache._in_postgresql

    def deleted_meanwhile(book_id: int, page: int):
        answers = read(book_id, page)
        row.delete()
        return answers

    with monkeypatch.context() as patched:
        patched.setattr(answer_cache, "_in_postgresql", deleted_meanwhile)
        answer_cache.find(book.pk, LANTERN, turn(book))
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()


def test_with_redis_away_the_model_answers_and_no_log_line_says_what(llm, book, monkeypatch, caplog):
    def away(coroutine):
        coroutine.close()
        raise RedisAway("gone")

    monkeypatch.setattr(answer_cache, "run", away)
    answer_cache.keep(book.pk, LANTERN, turn(book), tutors.in_order()[0], FOX)
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()
    assert caplog.messages == [
        "an answer is not kept: ConnectionError",
        "kept answers cannot be looked up: ConnectionError",
    ]


def test_with_postgresql_away_one_question_waits_for_it_and_the_next_does_not(llm, book, monkeypatch, caplog):
    asked = turn(book)
    answer_cache.keep(book.pk, LANTERN, asked, tutors.in_order()[0], FOX)
    attempts = []

    def away(book_id: int, page: int):
        attempts.append(page)
        raise OperationalError("gone")

    monkeypatch.setattr(answer_cache, "_in_postgresql", away)
    assert answer_cache.find(book.pk, LANTERN, asked), "what children were answered is there all the same"
    assert answer_cache.find(book.pk, RIVER, turn(book, word_index=RIVER)) == ()
    assert attempts == [1]
    assert caplog.messages == [f"warmed answers of book {book.pk} cannot be read: OperationalError"]


def test_an_operator_can_do_without(llm, ask, ada, ben, settings):
    settings.ANSWER_CACHE_SECONDS = 0
    for child in (ada, ben):
        assert ask(child) == FOX
    assert len(llm.requests) == 2


def test_without_a_model_nothing_is_looked_up(settings, book):
    settings.LLM_BASE_URL = ""
    tutors.in_order.cache_clear()
    before = LOOKUPS.labels(Lookup.MISS)._value.get()
    answer_cache.keep(book.pk, LANTERN, turn(book), tutors.in_order()[0], FOX)
    assert answer_cache.find(book.pk, LANTERN, turn(book)) == ()
    assert LOOKUPS.labels(Lookup.MISS)._value.get() == before
    tutors.in_order.cache_clear()


def test_what_redis_keeps_is_bounded_and_ends(llm, book, monkeypatch, settings):
    async def state() -> tuple[list[bytes], int, int]:
        names = [name async for name in client().scan_iter("answer:*")]
        return names, await client().zcard(answer_cache._KEPT), await client().ttl(names[0])

    monkeypatch.setattr(answer_cache, "_MOST_QUESTIONS", 3)
    for number in range(6):
        asked = turn(book, f"Is Tiva {number}?")
        answer_cache.keep(book.pk, LANTERN, asked, tutors.in_order()[0], FOX)
    names, listed, seconds = run(state())
    assert (len(names), listed) == (3, 3)
    assert 0 < seconds <= settings.ANSWER_CACHE_SECONDS
    assert answer_cache.find(book.pk, LANTERN, turn(book, "Is Tiva 5?"))


def test_of_one_question_the_answers_made_latest_are_kept(llm, book, monkeypatch):
    monkeypatch.setattr(answer_cache, "_MOST_ANSWERS", 4)
    for word_index in range(LANTERN):
        answer_cache.keep(
            book.pk, word_index, turn(book, "What just happened?", word_index), tutors.in_order()[0], FOX
        )
    assert kept() == 4
    assert answer_cache.find(book.pk, LANTERN, turn(book, "What just happened?"))


def test_hits_misses_and_questions_of_one_child_are_counted(llm, ask, ada, ben):
    def counts() -> list[float]:
        return [LOOKUPS.labels(result)._value.get() for result in Lookup]

    before = counts()
    ask(ada)
    ask(ben)
    ask(ben, "Where am I?")
    assert [after - was for after, was in zip(counts(), before, strict=True)] == [1, 1, 1]


def test_what_a_hit_saves_is_counted_at_the_prices_set(llm, ask, ada, ben, settings):
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 1.0, 0.0
    before = SAVED_COST._value.get()
    ask(ada)
    assert SAVED_COST._value.get() == before
    ask(ben)
    saved_tokens = (SAVED_COST._value.get() - before) * 1_000_000
    assert 300 < saved_tokens < 1_000  # the rules and a short story


@pytest.mark.parametrize(("word_index", "page"), [(0, 1), (LANTERN, 1), (LANTERN + 1, 2), (10_000, 2)])
def test_every_word_is_on_a_page(book, word_index, page):
    assert answer_cache.page_at(book.pk, word_index) == page
