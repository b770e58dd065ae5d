"""axe finds nothing, with no rule and no element excluded, in any state of the main pages."""

from secrets import token_hex

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from .looking import EACH_WAY, WAYS, look_at, share, violations
from .pages import open_role


def new_role(page: Page) -> None:
    page.goto("/roles/role/add/")


def wrong_role(page: Page) -> None:
    new_role(page)
    page.get_by_label("Name", exact=True).fill("Owner")
    page.get_by_label("Level", exact=True).fill("101")
    page.locator("input[name=privileges]").fill("contacts.view")
    page.get_by_role("button", name="Create Role").click()


def open_row(page: Page) -> None:
    """Open a row of a role with a base, and leave changes, advice and their impact in view."""
    open_role(page, "Regional Salesperson")
    page.locator('.grid-row[data-module="contacts"] summary').click()
    page.get_by_role("checkbox", name="Deals: Export", exact=True).check()
    page.locator("input[name=privileges]").fill("odd, app.crm")
    page.get_by_role("button", name="See impact").click()
    page.locator("#role_form[data-asking]").wait_for(state="detached")


def first_contact(page: Page) -> None:
    page.goto("/crm/contact/")
    page.locator("#result_list tbody th a").first.click()


def user(page: Page, words: str) -> None:
    page.goto(f"/accounts/user/?q={words}")
    page.locator("#result_list tbody th a").first.click()


def wrong_role_for_user(page: Page) -> None:
    """Give no role at all, by a form whose browser does not ask for one."""
    user(page, "freya")
    page.locator("select[name=role]").evaluate("field => field.removeAttribute('required')")
    page.get_by_role("button", name="Give Role").click()


def wrong_terms(page: Page) -> None:
    """Change when somebody holds a role, with an end before its beginning."""
    user(page, "freya")
    page.get_by_role("link", name="Change ").first.click()
    page.locator("#id_held_valid_from").fill("2030-01-02T00:00")
    page.locator("#id_held_valid_until").fill("2030-01-01T00:00")
    page.get_by_role("button", name="Save ").first.click()


def several(page: Page, act: str) -> None:
    """Choose everybody on the list, among whom some cannot be changed."""
    page.goto("/accounts/user/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(act)
    page.get_by_role("button", name="Go").click()


def role_for_several(page: Page) -> None:
    several(page, "give-role")
    page.get_by_label("Role", exact=True).select_option("user")
    page.get_by_role("button", name="Show What Changes").click()


def first_of(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".joining-list tbody th a").first.click()


def history_of_contact(page: Page) -> None:
    first_contact(page)
    page.locator(".object-tools").get_by_role("link", name="History", exact=True).click()


def new_token(page: Page) -> None:
    """Leave a new token's secret, a limit and the way to revoke in view."""
    page.goto("/tokens/")
    page.get_by_label("Name", exact=True).fill(f"Nightly {token_hex(4)}")
    page.get_by_role("checkbox", name="Contacts: View", exact=True).check()
    page.get_by_role("button", name="Create Token").click()
    page.get_by_label("Secret").wait_for()
    for summary in page.locator(".token-rows li").first.locator("summary").all():
        summary.click()


def wrong_token(page: Page) -> None:
    page.goto("/tokens/")
    page.get_by_label("Name", exact=True).fill("Nothing")
    page.get_by_role("button", name="Create Token").click()
    page.get_by_role("alert").wait_for()


PAGES = {
    "home": lambda page: page.goto("/"),
    "roles": lambda page: page.goto("/roles/role/"),
    "own role": lambda page: open_role(page, "Sales Rep"),
    "derived role": lambda page: open_role(page, "Regional Salesperson"),
    "open row": open_row,
    "owner role": lambda page: open_role(page, "Owner"),
    "new role": new_role,
    "wrong role": wrong_role,
    "contacts": lambda page: page.goto("/crm/contact/"),
    "contact": first_contact,
    "history": history_of_contact,
    "users": lambda page: page.goto("/accounts/user/"),
    "no users": lambda page: page.goto("/accounts/user/?state=rejected&q=nobody"),
    "user": lambda page: user(page, "freya"),
    "oneself": lambda page: user(page, "helena"),
    "wrong role for user": wrong_role_for_user,
    "wrong terms": wrong_terms,
    "trash": lambda page: page.goto("/crm/contact/trash/"),
    "empty trash": lambda page: page.goto("/accounts/user/trash/"),
    "several users": lambda page: several(page, "suspend"),
    "role for several users": role_for_several,
    "manager for several users": lambda page: several(page, "manager"),
    "new user": lambda page: page.goto("/accounts/user/add/"),
    "teams": lambda page: page.goto("/teams/"),
    "team": lambda page: first_of(page, "/teams/"),
    "departments": lambda page: page.goto("/departments/"),
    "department": lambda page: first_of(page, "/departments/"),
    "activities": lambda page: page.goto("/roles/auditentry/"),
    "filtered activities": lambda page: page.goto("/roles/auditentry/?what=assigned&who=me"),
    "no activities": lambda page: page.goto("/roles/auditentry/?what=shared&when=today"),
    "new token": new_token,
    "wrong token": wrong_token,
}


@EACH_WAY
def test_no_page_has_a_violation_or_a_console_message(sign_in, way, whole):
    page = sign_in("owner", **WAYS[way])
    look_at(page, share(PAGES, way, whole=whole, always=("open row", "wrong role")))


@pytest.mark.parametrize("username", ["admin", "manager", "guest", "support"])
def test_every_kind_of_person_gets_pages_without_a_violation(sign_in, username):
    page = sign_in(username)
    for url in ("/", "/crm/contact/", "/roles/role/", "/accounts/user/", "/teams/"):
        page.goto(url)
        assert violations(page) == [], url


def test_the_sign_in_page_and_its_refusal_have_no_violation(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/auth/login/")
    assert violations(page) == []
    page.locator("input[name=login]").fill("rep")
    page.locator("input[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign In").click()
    assert violations(page) == []
    for _try in range(settings.AXES_FAILURE_LIMIT):
        page.goto("/auth/login/")
        page.locator("input[name=login]").fill("nobody.at.all")
        page.locator("input[name=password]").fill("wrong")
        page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    assert violations(page) == []
    context.close()
