"""What browsers are told they may do, and that the whole admin can be used under it."""

import difflib
import re
from pathlib import Path

import pytest
import unfold
from django.test import Client
from playwright.sync_api import Page, expect

from readerai import demo
from readerai.browser_policy import content_policy
from readerai.env import PROJECT
from tests.browser import browser, browser_context, browser_page  # noqa: F401

UNFOLD = Path(unfold.__file__).parent / "templates"
OURS = PROJECT / "templates"
OVERRIDES = [
    "admin/actions.html",
    "unfold/helpers/command.html",
    "unfold/helpers/search.html",
    "unfold/helpers/welcomemsg.html",
    "unfold/layouts/skeleton.html",
]


def changed_lines() -> str:
    """Return the lines by which our copies of unfold's templates differ from its own."""
    changes = []
    for name in OVERRIDES:
        theirs, ours = (
            [line.strip() for line in (folder / name).read_text().splitlines()] for folder in (UNFOLD, OURS)
        )
        changed = difflib.unified_diff(theirs, ours, n=0, lineterm="")
        changes += [f"{name}", *(line for line in list(changed)[2:] if not line.startswith("@@"))]
    return "\n".join(changes) + "\n"


def test_our_copies_of_unfolds_templates_differ_from_its_own_in_nothing_but_what_the_policy_asks_for():
    """After an upgrade of unfold: take its new templates over, and these lines into them."""
    assert changed_lines() == (PROJECT / "tests" / "unfold_templates.diff").read_text()


def test_nothing_inline_and_nothing_evaluated_is_allowed():
    for policy in (content_policy(), content_policy("n0nce", "https://narration.example")):
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy


def test_sound_may_come_from_the_bucket_and_from_nowhere_else():
    policy = content_policy("", "https://narration.example")
    assert "media-src 'self' blob: https://narration.example;" in policy
    assert "connect-src 'self' https://narration.example;" in policy
    assert policy.count("narration.example") == 2


@pytest.mark.parametrize("address", ["/sign-in/", "/no/such/page/", "/api/books/1/pages/1/", "/metrics"])
def test_every_answer_has_the_policies_and_a_nonce_only_if_it_uses_one(db, address):
    answer = Client().get(address)
    assert answer.headers["Content-Security-Policy"] == content_policy()
    assert "microphone=(self)" in answer.headers["Permissions-Policy"]
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_each_page_of_the_admin_has_a_nonce_of_its_own(principal):
    pages = [principal.get("/admin/") for _ in range(2)]
    allowed = [page.headers["Content-Security-Policy"] for page in pages]
    nonces = [re.search(r"style-src 'self' 'nonce-([\w-]{22})'", policy)[1] for policy in allowed]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        assert f'nonce="{nonce}"' in page.content.decode()


@pytest.fixture
def admin(product, browser_page) -> Page:  # noqa: F811
    """The demo's administrator, signed in to the admin."""
    browser_page.set_viewport_size({"width": 1400, "height": 900})
    browser_page.goto(f"{product.url}/admin/")
    browser_page.fill("[name=username]", demo.ADMIN.username)
    browser_page.fill("[name=password]", demo.ADMIN.password)
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url(f"{product.url}/admin/")
    return browser_page


def test_the_whole_admin_can_be_used_under_the_policy(product, admin):
    """The browser fixture fails this test at the first thing that is blocked."""
    menu = admin.locator("#nav-sidebar-apps a").evaluate_all("links => links.map((link) => link.href)")
    assert len(menu) > 6
    for address in menu:
        admin.goto(address)
        expect(admin.locator("#content")).to_be_visible()
        for add in admin.locator("#content a[href$='/add/']").evaluate_all(
            "links => links.map((link) => link.href)"
        ):
            admin.goto(add)

    admin.goto(f"{product.url}/admin/reading/book/")
    admin.get_by_role("link", name="Questions", exact=True).last.click()
    admin.wait_for_url("**/questions/")

    admin.goto(f"{product.url}/admin/reading/student/")
    admin.locator("[x-on\\:click='filterOpen = true']").first.click()
    expect(admin.locator("#changelist-filter")).to_be_visible()
    admin.keyboard.press("Escape")
    admin.reload()
    admin.locator("#action-toggle").check()
    admin.locator("select[name=action]").select_option("delete_selected")
    admin.locator("#changelist-actions button[name=index]").click()
    expect(admin.locator("#content")).to_contain_text("Are you sure")

    admin.goto(f"{product.url}/admin/reading/classroom/")
    admin.get_by_role("link", name="Foxes").first.click()
    admin.locator(".select2-selection").first.click()
    expect(admin.locator(".select2-results__option").first).to_be_visible()
    admin.keyboard.press("Escape")
    admin.locator("#tabs-items a").last.click()
    rows = admin.locator("[name=students-TOTAL_FORMS]")
    before = int(rows.input_value())
    admin.locator(".add-row:visible").first.click()
    expect(rows).to_have_value(str(before + 1))


def test_the_admins_theme_sidebar_and_search_answer(product, admin):
    admin.get_by_text("dock_to_right").first.click()
    assert admin.evaluate("localStorage.sidebarDesktopOpen") == "0"
    admin.keyboard.press("Control+e")  # whatever the system prefers, then light
    expect(admin.locator("html")).to_have_class("light")
    admin.keyboard.press("Control+e")
    expect(admin.locator("html")).to_have_class(re.compile("dark"))
    admin.keyboard.press("Control+k")
    expect(admin.locator("#search-input-command")).to_be_focused()
    admin.keyboard.type("student")
    admin.locator("#command-results-list li").first.wait_for()
