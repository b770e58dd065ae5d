"""The pages by which people come in: nothing for axe to find, and all of it without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from .looking import EACH_WAY, WAYS, look_at, share

PASSWORD = "a long one, Xy9!"


def invite(page: Page, address: str, role: str = "user") -> str:
    """Invite somebody, and give the link that is shown."""
    page.goto("/invitations/")
    page.get_by_label("E-mail address").fill(address)
    page.locator("select[name=role]").select_option(role)
    page.get_by_role("button", name="Send Invitation").click()
    return page.get_by_label("Link", exact=True).input_value()


def wrong_invitation(page: Page) -> None:
    page.goto("/invitations/")
    page.get_by_label("E-mail address").fill("nobody@nowhere")
    page.locator("select[name=role]").select_option("user")
    page.get_by_role("button", name="Send Invitation").click()


def one_who_waits(page: Page) -> None:
    page.goto("/registrations/")
    page.get_by_role("link", name="Peter Novak").click()


def fill_in(page: Page, username: str) -> None:
    for label, text in (("First name", "Nora"), ("Last name", "Newman"), ("Username", username)):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Make Account").click()


STATES = {
    "invitations": lambda page: page.goto("/invitations/"),
    "wrong invitation": wrong_invitation,
    "registrations": lambda page: page.goto("/registrations/"),
    "one who waits": one_who_waits,
    "domains": lambda page: page.goto("/domains/"),
}


@EACH_WAY
def test_no_page_that_looks_after_joining_has_a_violation(sign_in, way, whole):
    page = sign_in("owner", **WAYS[way])
    address = f"{way}-{whole}@example.net"
    look_at(page, {"sent": lambda page: invite(page, address)})
    look_at(page, share(STATES, way, whole=whole, always=("one who waits",)))


@pytest.mark.parametrize("way", WAYS)
def test_no_page_of_the_way_in_has_a_violation(sign_in, browser, site, way):
    address = f"somebody.with.a.rather.long.address.{way}@a.subdomain.of.a.company.example.net"
    link = invite(sign_in("owner"), address)
    context = browser.new_context(base_url=site, **WAYS[way])
    page = context.new_page()
    page.problems = []

    def wrong(page: Page) -> None:
        page.goto(link)
        page.get_by_label("Password", exact=True).fill("short")
        page.get_by_label("Password, once more").fill("other")
        page.locator("form.entry-form").evaluate("form => form.noValidate = true")
        page.get_by_role("button", name="Make Account").click()

    states = {
        "form": lambda page: page.goto(link),
        "wrong": wrong,
        "over": lambda page: page.goto("/auth/join/made-up:link/"),
        "closed": lambda page: page.goto("/auth/signup/"),
        "sent": lambda page: page.goto("/auth/signup/sent/"),
    }
    look_at(page, states)
    context.close()


def test_somebody_is_invited_and_comes_in_without_javascript(sign_in, browser, site):
    link = invite(sign_in("owner", java_script_enabled=False), "plain@example.net", "sales-rep")
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(link)
    expect(page).to_have_url(f"{site}/auth/join/")
    fill_in(page, "nora")
    expect(page).to_have_url(f"{site}/auth/login/")
    page.get_by_label("E-mail or username").fill("nora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()
    expect(page).not_to_have_url(f"{site}/auth/login/")
    page.goto("/crm/contact/")
    expect(page.get_by_role("heading", name=re.compile("contacts", re.I)).first).to_be_visible()
    page.goto(link)
    context.close()


def test_somebody_registers_no_further_than_the_list_of_domains_lets_them(sign_in, browser, site):
    owner = sign_in("owner", java_script_enabled=False)
    owner.goto("/domains/")
    owner.get_by_role("textbox", name="Domain").fill("listed.example")
    owner.get_by_role("button", name="Add Domain").click()
    expect(owner.get_by_role("button", name="Remove listed.example")).to_be_visible()
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.problems = []

    def refused(page: Page) -> None:
        page.goto("/auth/login/")
        page.get_by_role("link", name="Register").click()
        page.get_by_label("E-mail address").fill("ann@other.example")
        page.get_by_role("button", name="Send Link").click()
        expect(page.get_by_text("cannot register alone")).to_be_visible()

    look_at(page, {"register": lambda page: page.goto("/auth/signup/"), "refused": refused})
    page.get_by_label("E-mail address").fill("ann@listed.example")
    page.get_by_role("button", name="Send Link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    owner.goto("/domains/")
    owner.get_by_role("button", name="Remove listed.example").click()
    expect(owner.get_by_text("The list is empty")).to_be_visible()
    context.close()
