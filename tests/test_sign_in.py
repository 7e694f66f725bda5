"""Signing in: a class code, then one's own name; nothing is said about a class before its code."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions import tickets
from sessions.views.sign_in import CLASS_COOKIE, find_classroom

SIGN_IN = reverse("sign-in")


@pytest.fixture
def tablet(db) -> Client:
    """A tablet that nobody has signed in on."""
    return Client()


@pytest.fixture
def opened(tablet, foxes, ada, ben) -> Client:
    """A tablet on which the Foxes' code has been typed."""
    tablet.post(SIGN_IN, {"code": foxes.join_code})
    return tablet


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


def test_a_tap_on_the_name_signs_in(opened, ada):
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
    opened.post(SIGN_IN, {"student": ada.pk})
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
