"""Where a request comes from: a client says what it likes of itself, and is not believed."""

import pytest
from django.test import RequestFactory

from sessions.addresses import client_address, network_of


def request(forwarded: str | None):
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **extra)


def test_without_a_proxy_the_header_is_not_believed(settings):
    settings.BEHIND_TLS_PROXY = False
    assert client_address(request("203.0.113.9")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("203.0.113.9:4711", "10.0.0.1"),
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the client wrote the first, our proxy the last
        ("1.2.3.4,2001:db8::5", "2001:db8::5"),
    ],
)
def test_behind_our_proxy_its_own_word_is_believed(settings, forwarded, address):
    settings.BEHIND_TLS_PROXY = True
    assert client_address(request(forwarded)) == address


def test_all_addresses_of_one_ipv6_network_are_one():
    assert network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::5") != network_of("2001:db8:1:2::5")
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("") == ""
