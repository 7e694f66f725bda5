"""Signing in: a class code, one's own name, three pictures; nothing is said about a class before its code."""

import pytest
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from sessions import throttle, tickets
from sessions.models import SignIn
from sessions.views.sign_in import CLASS_COOKIE, find_classroom
from tests.setting_up import flush_redis

SIGN_IN = reverse("sign-in")
RIGHT, WRONG = ["apple", "boat", "star"], ["boat", "apple", "star"]


@pytest.fixture
def tablet(db) -> Client:
    """A tablet that nobody has signed in on, and nobody has tried to."""
    flush_redis()
    return Client()


@pytest.fixture
def opened(tablet, foxes, ada, ben) -> Client:
    """A tablet on which the Foxes' code has been typed."""
    tablet.post(SIGN_IN, {"code": foxes.join_code})
    return tablet


@pytest.fixture
def trusting(foxes):
    """The Foxes, where the name is enough."""
    foxes.sign_in = SignIn.NAME
    foxes.save()
    return foxes


@pytest.mark.parametrize(
    "typed", ["FQXESA", "fqxesa", " fqx-esa ", "FQX ESA", "ＦＱＸＥＳＡ", "f0xes4", "FOXE5A"]
)
def test_a_code_is_found_however_a_child_types_it(foxes, typed):
    assert find_classroom(typed) == foxes


def test_a_code_that_is_there_as_typed_wins_over_a_look_alike(foxes, hares):
    hares.join_code = "FOXESA"
    hares.save()
    assert find_classroom("foxesa") == hares
    assert find_classroom("fqxesa") == foxes


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the letters"),
        ("---", "Type the letters"),
        ("FQXE", "2 more to go"),
        ("FQXESAB", "a bit too long"),
        ("ZZZZZZ", "No class has that code"),
        ("\x00" * 6, "Type the letters"),
        ("A" * 100_000, "a bit too long"),
    ],
)
def test_a_wrong_code_is_told_kindly(tablet, foxes, ada, typed, said):
    answer = tablet.post(SIGN_IN, {"code": typed})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page and 'role="alert"' in page
    assert "Ada" not in page and "Foxes" not in page
    assert CLASS_COOKIE not in answer.cookies


def test_what_was_typed_is_shown_again_and_never_as_markup(tablet, db):
    page = tablet.post(SIGN_IN, {"code": '"><script>'}).content.decode()
    assert "&quot;&gt;&lt;script&gt;" in page and '"><script>' not in page


def test_names_are_shown_only_after_the_code(tablet, foxes, ada, ben, chidi):
    assert "Ada" not in tablet.get(SIGN_IN).content.decode()
    page = tablet.post(SIGN_IN, {"code": "FQXESA"}, follow=True).content.decode()
    assert "Ada" in page and "Ben" in page and "animals/fox" in page
    assert "Chidi" not in page


def test_the_code_is_not_in_the_address(tablet, foxes):
    answer = tablet.post(SIGN_IN, {"code": "FQXESA"})
    assert (answer.status_code, answer.url) == (302, SIGN_IN)


def test_where_the_name_is_enough_a_tap_on_it_signs_in(trusting, opened, ada):
    answer = opened.post(SIGN_IN, {"student": ada.pk})
    assert (answer.status_code, answer.url) == (302, reverse("library"))
    ticket = tickets.read(opened.cookies[tickets.COOKIE].value)
    assert ticket == tickets.Ticket(ada.pk, ada.classroom_id, ada.classroom.school_id, "Ada", "fox")
    assert "Hello, Ada!" in opened.get(reverse("library")).content.decode()


def test_a_child_of_another_class_cannot_be_taken(opened, chidi, dana):
    for child in (chidi, dana):
        answer = opened.post(SIGN_IN, {"student": child.pk})
        assert (answer.status_code, answer.url) == (302, SIGN_IN)
        assert tickets.COOKIE not in answer.cookies


@pytest.mark.parametrize("student", ["", "0", "-1", "x", "9" * 30, "²"])
def test_a_student_that_is_none_brings_the_names_back(opened, student):
    answer = opened.post(SIGN_IN, {"student": student}, follow=True)
    assert answer.status_code == 200 and "Who are you?" in answer.content.decode()


def test_without_a_code_nobody_is_signed_in(tablet, ada):
    answer = tablet.post(SIGN_IN, {"student": ada.pk})
    assert answer.status_code == 400 and tickets.COOKIE not in answer.cookies


def test_a_forged_class_cookie_opens_nothing(tablet, foxes, ada):
    tablet.cookies[CLASS_COOKIE] = foxes.join_code
    assert "Ada" not in tablet.get(SIGN_IN).content.decode()


def test_a_changed_code_closes_the_class_on_every_tablet(opened, foxes):
    foxes.join_code = "NEWQXE"
    foxes.save()
    assert "Ada" not in opened.get(SIGN_IN).content.decode()


def test_another_class_can_be_opened_instead(opened, hares, chidi):
    assert 'name="code"' in opened.get(SIGN_IN, {"other-class": ""}).content.decode()
    page = opened.post(SIGN_IN, {"code": "HARESB"}, follow=True).content.decode()
    assert "Chidi" in page and "Ada" not in page


def test_signing_out_brings_the_names_back_for_the_next_child(opened, ada):
    opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT})
    assert opened.get(SIGN_IN).url == reverse("library")  # already signed in
    answer = opened.post(reverse("sign-out"), follow=True)
    assert "Who are you?" in answer.content.decode()
    assert opened.get(reverse("library")).url == SIGN_IN


def test_signing_out_needs_a_post(opened):
    assert opened.get(reverse("sign-out")).status_code == 405


def test_a_form_from_elsewhere_is_refused(foxes, ada):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(SIGN_IN, {"code": "FQXESA"})
    assert answer.status_code == 403 and "Once more" in answer.content.decode()


def test_an_empty_class_says_what_to_do(tablet, foxes):
    page = tablet.post(SIGN_IN, {"code": "FQXESA"}, follow=True).content.decode()
    assert "Ask your teacher" in page


def test_only_a_demo_offers_its_code(tablet, foxes, settings):
    settings.DEMO_CLASS_CODE = ""
    assert "FQXESA" not in tablet.get(SIGN_IN).content.decode()
    settings.DEMO_CLASS_CODE = foxes.join_code
    assert 'value="FQXESA"' in tablet.get(SIGN_IN).content.decode()


def test_a_demo_does_not_tell_the_code_of_a_real_class(tablet, foxes, settings):
    settings.DEMO = True
    settings.DEMO_CLASS_CODE = "READER"
    assert "FQXESA" not in tablet.get(SIGN_IN).content.decode()


def test_an_animal_without_a_picture_becomes_an_owl(opened, ada):
    ada.animal = "../../unicorn"
    ada.save()
    page = opened.get(SIGN_IN).content.decode()
    assert "unicorn" not in page and "animals/owl" in page


def test_after_the_name_come_the_pictures(opened, ada):
    page = opened.post(SIGN_IN, {"student": ada.pk}).content.decode()
    assert "Hello, Ada!" in page and "pictures/umbrella" in page
    assert tickets.COOKIE not in opened.cookies
    assert "Hello, Ada!" in opened.get(SIGN_IN, {"student": ada.pk}).content.decode()


def test_three_right_pictures_in_order_sign_in(opened, ada):
    answer = opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT})
    assert (answer.status_code, answer.url) == (302, reverse("library"))
    assert tickets.read(opened.cookies[tickets.COOKIE].value).student_id == ada.pk


def test_without_scripts_each_tap_is_a_page_that_remembers_the_taps_before(opened, ada):
    page = opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT[:2]}).content.decode()
    assert page.count('type="hidden" name="picture"') == 2 and page.count(" disabled>") == 2
    assert 'value="boat"' in page and tickets.COOKIE not in opened.cookies


@pytest.mark.parametrize("picked", [WRONG, ["apple", "boat", "moon"], [*RIGHT, "moon"], ["apple"] * 3])
def test_wrong_pictures_are_told_kindly_and_do_not_sign_in(opened, ada, picked):
    answer = opened.post(SIGN_IN, {"student": ada.pk, "picture": picked})
    assert answer.status_code == 400 and "Have another go" in answer.content.decode()
    assert tickets.COOKIE not in answer.cookies


def test_pictures_that_are_none_are_not_taken(opened, ada):
    answer = opened.post(SIGN_IN, {"student": ada.pk, "picture": ["apple", "boat", '"><script>']})
    assert answer.status_code == 200 and "><script>" not in answer.content.decode()


def test_nobody_is_shown_which_pictures_are_right(opened, ada, foxes, settings):
    shown = opened.get(SIGN_IN, {"student": ada.pk}).content.decode()
    assert "apple, then boat, then star" not in shown
    settings.DEMO_CLASS_CODE = foxes.join_code
    shown = opened.get(SIGN_IN, {"student": ada.pk}).content.decode()
    assert "apple, then boat, then star" in shown


def test_the_pictures_of_another_class_are_not_asked_for(opened, chidi):
    page = opened.get(SIGN_IN, {"student": chidi.pk}).content.decode()
    assert "Who are you?" in page and "Chidi" not in page


def guesses(tablet: Client, student, times: int) -> list[int]:
    """Guess wrong again and again; return the statuses."""
    return [tablet.post(SIGN_IN, {"student": student.pk, "picture": WRONG}).status_code for _ in range(times)]


def test_after_five_wrong_tries_a_child_takes_a_little_break(opened, ada, ben):
    assert guesses(opened, ada, 5) == [400] * 5
    answer = opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    page = answer.content.decode()
    assert "take a little break" in page and "30 seconds, or ask your teacher" in page
    assert tickets.COOKIE not in answer.cookies
    assert opened.post(SIGN_IN, {"student": ben.pk, "picture": ben.pictures.split()}).status_code == 302


def test_a_right_try_forgets_the_wrong_ones(opened, ada):
    for _ in range(3):
        assert guesses(opened, ada, 4) == [400] * 4
        assert opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT}).status_code == 302


def test_a_class_whose_children_are_tried_in_turn_takes_a_break(opened, ada, ben, monkeypatch):
    monkeypatch.setattr(throttle, "CLASSROOM", throttle.CLASSROOM._replace(free=4))
    assert guesses(opened, ada, 2) + guesses(opened, ben, 3) == [400] * 4 + [429]


def test_an_address_that_tries_codes_takes_a_break(tablet, foxes, monkeypatch):
    monkeypatch.setattr(throttle, "ADDRESS", throttle.ADDRESS._replace(free=3))
    codes = ["ZZZZZZ", "ZZZZZY", "ZZZZZX", foxes.join_code]
    answers = [tablet.post(SIGN_IN, {"code": code}) for code in codes]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert CLASS_COOKIE not in answers[-1].cookies
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert other.post(SIGN_IN, {"code": foxes.join_code}).status_code == 302


def test_a_whole_school_that_gets_it_right_at_nine_is_no_attack(tablet, foxes, monkeypatch):
    monkeypatch.setattr(throttle, "ADDRESS", throttle.ADDRESS._replace(free=3))
    assert {tablet.post(SIGN_IN, {"code": "FQXESA"}).status_code for _ in range(10)} == {302}


def test_with_redis_away_nobody_gets_in_and_is_told_so_kindly(opened, ada, monkeypatch):
    def away(coroutine):
        coroutine.close()
        raise RedisAway

    monkeypatch.setattr(throttle, "run", away)
    answer = opened.post(SIGN_IN, {"student": ada.pk, "picture": RIGHT})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "in a moment" in answer.content.decode() and tickets.COOKIE not in answer.cookies


def test_a_child_who_had_to_sign_in_again_comes_back_to_its_book(tablet, foxes, ada):
    start = f"{SIGN_IN}?next=%2Fread%2F7%2F"
    page = tablet.post(start, {"code": "FQXESA"}, follow=True).content.decode()
    assert f'action="{start}"' in page
    assert f'action="{start}"' in tablet.post(start, {"student": ada.pk}).content.decode()
    assert tablet.post(start, {"student": ada.pk, "picture": RIGHT}).url == "/read/7/"
    assert tablet.get(start).url == "/read/7/"  # already signed in


def test_nobody_is_led_to_another_site(opened, ada):
    answer = opened.post(f"{SIGN_IN}?next=//evil.example/", {"student": ada.pk, "picture": RIGHT})
    assert answer.url == reverse("library")
