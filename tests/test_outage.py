"""A page that needs PostgreSQL while it is away says so kindly; other errors stay what they are."""

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from readerai import outage
from sessions.models import Classroom


@pytest.fixture
def failing(monkeypatch):
    """Let the sign-in page's query fail."""

    def fail_with(error: Exception) -> None:
        def fail(*_, **__):
            raise error

        monkeypatch.setattr(Classroom.objects, "filter", fail)

    return fail_with


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_child_is_told_to_try_again_and_can(client, failing, error):
    failing(error("the server has gone away"))
    response = client.post("/sign-in/?other-class", {"code": "FQXESA"})
    assert (response.status_code, response["Retry-After"]) == (503, str(outage.RETRY_SECONDS))
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert outage.MESSAGE in text
    assert 'href="/sign-in/?other-class"' in text
    assert "gone away" not in text


def test_another_error_is_no_outage(client, failing):
    failing(IntegrityError("a mistake of ours"))
    with pytest.raises(IntegrityError):
        client.post("/sign-in/", {"code": "FQXESA"})
