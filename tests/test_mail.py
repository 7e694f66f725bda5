"""The mail server is one URL."""

import pytest

from readerai.mail import SCHEMES, MailServer, server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", MailServer()),
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025)),
        ("smtps://mail.example", MailServer("mail.example", 465, tls=True)),
        (
            "smtp+tls://ada%40example.org:p%2Fw@mail.example:2525",
            MailServer("mail.example", 2525, "ada@example.org", "p/w", starttls=True),
        ),
    ],
)
def test_a_url_names_host_port_user_password_and_how_it_is_kept_secret(url, expected):
    assert server(url) == expected


def test_every_scheme_has_a_port_of_its_own():
    assert len({server(f"{scheme}://mail.example").port for scheme in SCHEMES}) == len(SCHEMES)
