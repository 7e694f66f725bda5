"""Grown-ups come in through their school's sign-in, and nobody else does."""

import time

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from sessions.models import StaffIdentity
from tests.scripted_oidc import CLIENT_ID, CLIENT_SECRET, FOREIGN_KEY, ScriptedProvider

ADDRESS = "rivera@willow.example"
UNKNOWN = "Your school has no account for you yet"
FAILED = "This sign-in cannot be used, or no longer"


@pytest.fixture
def provider(settings):
    """The school's sign-in, configured."""
    with ScriptedProvider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Willow ID"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield provider


@pytest.fixture
def rivera(foxes) -> User:
    """Ms Rivera, whose mail address the school knows."""
    user = User.objects.get(username="rivera")
    user.email = "Rivera@Willow.example"
    user.save()
    return user


def sent_back(client: Client, query: str = "") -> str:
    """Go to the provider; returns the address it sends the browser back to."""
    asked = client.get(reverse("staff-sign-in") + query)
    return requests.get(asked["Location"], allow_redirects=False, timeout=5).headers["Location"]


def sign_in(client: Client, query: str = ""):
    """Go to the provider and come back; returns the answer."""
    return client.get(sent_back(client, query))


def signed_in(client: Client) -> str:
    """Return the id of who is signed in."""
    return client.session.get("_auth_user_id", "")


def test_a_teacher_comes_in_by_the_address_once_and_then_by_the_identity(client, provider, rivera):
    assert sign_in(client).url == reverse("admin:index")
    assert signed_in(client) == str(rivera.pk)
    assert client.get(reverse("admin:index")).status_code == 200
    noted = StaffIdentity.objects.get()
    assert (noted.user, noted.issuer, noted.subject) == (rivera, provider.issuer, "4711")
    provider.person |= {"email": "rivera-lund@willow.example", "email_verified": False}
    again = Client()
    sign_in(again)
    assert signed_in(again) == str(rivera.pk)


def test_whoever_was_on_the_way_to_a_page_gets_there_and_nowhere_else(client, provider, rivera):
    page = reverse("admin:reading_student_changelist")
    assert sign_in(client, f"?next={page}").url == page
    assert sign_in(Client(), "?next=https://elsewhere.example/").url == reverse("admin:index")


def test_the_button_is_there_where_a_school_has_a_sign_in(client, db, provider, settings):
    page = reverse("admin:reading_student_changelist")
    shown = client.get(reverse("admin:login"), {"next": page}).content.decode()
    assert "Sign in with Willow ID" in shown
    assert f"{reverse('staff-sign-in')}?next=%2Fadmin%2Freading%2Fstudent%2F" in shown
    settings.OIDC_ISSUER = ""
    assert "Sign in with" not in client.get(reverse("admin:login")).content.decode()
    assert client.get(reverse("staff-sign-in")).status_code == 404
    assert client.get(reverse("staff-sign-in-back")).status_code == 404


def test_whoever_comes_to_the_sign_in_itself_gets_to_the_start_by_password_too(client, foxes):
    answer = client.post(reverse("admin:login"), {"username": "rivera", "password": "chalk-and-cheese"})
    assert answer.url == reverse("admin:index")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-product"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "of another visit"},
        {"exp": int(time.time()) - 3600},
        {"sub": None},
    ],
    ids=["audience", "issuer", "nonce", "expired", "nobody"],
)
def test_a_token_that_is_not_for_us_and_now_is_refused(client, provider, rivera, claims):
    provider.claims = claims
    answer = sign_in(client)
    assert (answer.status_code, signed_in(client)) == (403, "")
    assert FAILED in answer.content.decode()
    assert not StaffIdentity.objects.exists()


def test_a_token_signed_with_a_foreign_key_is_refused(client, provider, rivera):
    provider.key = FOREIGN_KEY
    assert FAILED in sign_in(client).content.decode()
    assert signed_in(client) == ""


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(client, provider, rivera):
    address = sent_back(client)
    assert FAILED in Client().get(address).content.decode()
    assert client.get(address).status_code == 302
    client.logout()
    assert FAILED in client.get(address).content.decode()
    assert signed_in(client) == ""


@pytest.mark.parametrize(
    "person",
    [
        {"email": ADDRESS, "email_verified": False},
        {"email": ADDRESS, "email_verified": "yes"},
        {"email": "stranger@willow.example"},
        {"email": ""},
    ],
)
def test_an_address_nobody_vouches_for_or_nobody_has_opens_nothing(client, provider, rivera, person):
    provider.person |= person
    answer = sign_in(client)
    assert UNKNOWN in answer.content.decode()
    assert (signed_in(client), User.objects.count()) == ("", 1)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"is_superuser": True}])
def test_only_an_active_grown_up_who_is_no_superuser_is_found_by_the_address(
    client, provider, rivera, change
):
    User.objects.filter(pk=rivera.pk).update(**change)
    assert UNKNOWN in sign_in(client).content.decode()
    assert not StaffIdentity.objects.exists()


def test_who_was_known_and_has_left_does_not_come_in(client, provider, rivera):
    sign_in(client)
    User.objects.filter(pk=rivera.pk).update(is_active=False)
    again = Client()
    assert UNKNOWN in sign_in(again).content.decode()
    assert signed_in(again) == ""


def test_an_address_of_two_accounts_opens_neither(client, provider, rivera):
    User.objects.create_user("other", email=ADDRESS, is_staff=True)
    assert UNKNOWN in sign_in(client).content.decode()


def test_an_address_that_changed_hands_does_not_open_the_account_of_its_former_owner(
    client, provider, rivera
):
    sign_in(client)
    provider.person["sub"] = "somebody new"
    again = Client()
    assert UNKNOWN in sign_in(again).content.decode()
    assert StaffIdentity.objects.get().subject == "4711"


def test_a_superuser_may_be_named_by_hand(principal, provider):
    user = User.objects.get(username="principal")
    StaffIdentity.objects.create(user=user, issuer=provider.issuer, subject="4711")
    client = Client()
    sign_in(client)
    assert signed_in(client) == str(user.pk)


def test_who_cancels_is_told_so(client, provider, rivera):
    provider.refuses = "access_denied"
    answer = sign_in(client)
    assert answer.status_code == 403
    assert "left before its end" in answer.content.decode()


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_provider_that_fails_on_the_way_back_is_told_kindly(client, provider, rivera, path):
    provider.broken.add(path)
    answer = sign_in(client)
    assert (answer.status_code, signed_in(client)) == (503, "")
    assert "does not answer" in answer.content.decode()


def test_a_provider_that_is_away_is_told_kindly_and_back_when_it_is(client, provider, rivera):
    provider.broken.add("/.well-known/openid-configuration")
    answer = client.get(reverse("staff-sign-in"))
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    provider.broken.clear()
    assert sign_in(client).status_code == 302


def test_a_provider_may_change_its_keys(client, provider, rivera):
    sign_in(client)
    provider.change_keys()
    again = Client()
    sign_in(again)
    assert signed_in(again) == str(rivera.pk)


def test_no_address_and_no_code_reaches_a_log_line(client, provider, rivera, caplog):
    caplog.set_level("INFO")
    sign_in(client)
    provider.person |= {"email": "stranger@willow.example", "sub": "0815"}
    sign_in(Client())
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("sessions")]
    assert lines == ["single sign-on failed: no account"]
    assert not any(told in caplog.text for told in (ADDRESS, "stranger", "4711", "0815"))
