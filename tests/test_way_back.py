"""After signing in a child comes back to where it was, and never to another site."""

import pytest
from django.test import RequestFactory

from sessions.way_back import way_back, with_way_back


@pytest.mark.parametrize("path", ["/read/7/", "/my-questions/?page=2", "/"])
def test_a_page_of_ours_is_the_way_back(path):
    assert way_back(RequestFactory().get("/sign-in/", {"next": path})) == path


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "///evil.example", "javascript:alert(1)",
     "read/7/", "", "\t//evil.example"],
)  # fmt: skip
def test_another_site_is_not(elsewhere):
    assert way_back(RequestFactory().get("/sign-in/", {"next": elsewhere})) == ""


def test_the_address_says_where_to_go_on_unless_it_is_the_library():
    assert with_way_back("sign-in", "/read/7/") == "/sign-in/?next=%2Fread%2F7%2F"
    assert with_way_back("sign-in", "/") == with_way_back("sign-in", "") == "/sign-in/"
