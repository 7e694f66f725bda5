"""The library: the child's own books, where they stopped, and covers."""

from datetime import timedelta
from xml.etree import ElementTree

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sessions import tickets
from sessions.covers import draw
from sessions.models import Book, ReadingSession, School
from sessions.views.library import read_percent

LIBRARY = reverse("library")


def signed_in(student) -> Client:
    """Return a browser in which this child is signed in."""
    client = Client()
    ticket = tickets.Ticket(
        student.pk, student.classroom_id, student.classroom.school_id, student.name, student.animal
    )
    client.cookies[tickets.COOKIE] = tickets.signing.dumps(list(ticket), salt="readerai.student")
    return client


def make_book(title: str, *, school: School | None = None, level: float | None = 1.0, **fields) -> Book:
    """Make a book of 1,200 words: ten minutes."""
    return Book.objects.create(
        title=title, content_hash=title, school=school, level=level, word_count=1200, page_count=20, **fields
    )


def shown(client: Client) -> dict[str, list[str]]:
    """Return the shelves as the page has them: name -> titles."""
    shelves = client.get(LIBRARY).context["shelves"]
    return {shelf.level.name: [card.book.title for card in shelf.cards] for shelf in shelves}


def test_a_stranger_is_sent_to_sign_in(client, db):
    answer = client.get(LIBRARY)
    assert (answer.status_code, answer.url) == (302, reverse("sign-in"))


def test_books_stand_on_shelves_by_level_easiest_first(ada):
    for title, level in [("Hard", 7.5), ("Easy", 0.4), ("Middle", 3.0), ("Hindi", None), ("Also easy", 0.2)]:
        make_book(title, level=level)
    assert list(shown(signed_in(ada)).items()) == [
        ("First steps", ["Also easy", "Easy"]),
        ("Growing", ["Middle"]),
        ("Confident", ["Hard"]),
        ("More books", ["Hindi"]),
    ]


def test_a_school_sees_its_own_books_and_the_shared_ones(ada, dana, willow, harbour):
    make_book("Shared"), make_book("Willow's", school=willow), make_book("Harbour's", school=harbour)
    assert shown(signed_in(ada)) == {"First steps": ["Shared", "Willow's"]}
    assert shown(signed_in(dana)) == {"First steps": ["Harbour's", "Shared"]}


def test_empty_shelves_say_what_to_do(ada):
    assert "Ask your teacher" in signed_in(ada).get(LIBRARY).content.decode()


def test_the_latest_open_book_is_the_one_to_go_on_with(ada, ben):
    kite, boat, goat, moon = (make_book(title) for title in ("Kite", "Boat", "Goat", "Moon"))
    now = timezone.now()
    for student, book, hours, finished in [
        (ada, kite, 3, False), (ada, boat, 2, False), (ada, goat, 1, True), (ben, moon, 0, False),
    ]:  # fmt: skip
        ReadingSession.objects.create(
            student=student, book=book, word_index=300, last_active=now - timedelta(hours=hours),
            finished_at=now if finished else None,
        )  # fmt: skip
    answer = signed_in(ada).get(LIBRARY)
    assert answer.context["current"].book == boat
    assert answer.context["current"].percent == 25
    assert answer.context["current"].minutes_left == 8  # of ten
    assert "Go on reading" in answer.content.decode()


def test_nothing_to_go_on_with_at_first(ada):
    make_book("Kite")
    assert "Go on reading" not in signed_in(ada).get(LIBRARY).content.decode()


def test_a_book_that_was_taken_away_is_not_offered_to_go_on(ada, harbour):
    ReadingSession.objects.create(student=ada, book=make_book("Moved", school=harbour))
    answer = signed_in(ada).get(LIBRARY)
    assert answer.context["current"] is None and "Moved" not in answer.content.decode()


def test_a_finished_book_keeps_its_mark_while_it_is_read_again(ada):
    book = make_book("Kite")
    ReadingSession.objects.create(student=ada, book=book, word_index=1200, finished_at=timezone.now())
    [card] = signed_in(ada).get(LIBRARY).context["shelves"][0].cards
    assert (card.finished, card.started, card.percent) == (True, False, 100)
    ReadingSession.objects.create(student=ada, book=book, word_index=600)
    [card] = signed_in(ada).get(LIBRARY).context["shelves"][0].cards
    assert (card.finished, card.started, card.percent) == (True, True, 50)


def test_three_queries_however_many_books(ada, django_assert_num_queries):
    client = signed_in(ada)
    for number in range(12):
        book = make_book(f"Book {number}", cover_svg="<svg/>")
        ReadingSession.objects.create(student=ada, book=book, word_index=number)
    with django_assert_num_queries(3):
        client.get(LIBRARY)


def test_a_title_is_never_markup(ada):
    make_book("<script>alert(1)</script>")
    assert "<script>alert" not in signed_in(ada).get(LIBRARY).content.decode()


@given(st.integers(0, 10_000), st.integers(0, 5_000))
def test_the_percentage_is_one(word_index, word_count):
    percent = read_percent(ReadingSession(word_index=word_index), word_count)
    assert 0 <= percent <= 100
    assert (percent == 100) == (word_count > 0 and word_index >= word_count)


# --- Covers -------------------------------------------------------------------------


def cover_url(client: Client) -> str:
    """Return the address of the only book's cover."""
    return client.get(LIBRARY).context["shelves"][0].cards[0].cover_url


def test_a_cover_is_kept_for_ever_and_may_do_nothing(ada):
    make_book("Kite", cover_svg="<svg xmlns='http://www.w3.org/2000/svg'/>")
    client = signed_in(ada)
    answer = client.get(cover_url(client))
    assert answer.content == b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_new_art_has_a_new_address_and_the_old_one_leads_there(ada):
    book = make_book("Kite")
    client = signed_in(ada)
    old = cover_url(client)
    book.cover_svg = "<svg/>"
    book.save()
    new = cover_url(client)
    assert new != old
    assert client.get(old).url == new


def test_the_cover_of_another_school_is_not_there(ada, dana, harbour):
    make_book("Harbour's", school=harbour)
    url = cover_url(signed_in(dana))
    assert signed_in(ada).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_book_without_art_gets_a_cover_with_its_title(ada):
    make_book("Kite & <Son>")
    client = signed_in(ada)
    root = ElementTree.fromstring(client.get(cover_url(client)).content)
    assert " ".join(root.itertext()) == "Kite & <Son>"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=300)
)
def test_any_title_can_be_drawn(title):
    lines = list(ElementTree.fromstring(draw(title)).itertext())
    assert len(lines) <= 4
    assert draw(title) == draw(title)
