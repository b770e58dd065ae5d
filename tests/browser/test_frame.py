"""The frame and the site's own pages, by keyboard, without JavaScript, in every dress."""

import re

import pytest
from playwright.sync_api import Page, expect

from .looking import EACH_WAY, WAYS, look_at, share, too_wide, violations

NARROW = WAYS["narrow"]
PAGES = {
    "owner": ["/", "/search/?q=an", f"/search/?q={'z' * 200}", "/search/?q=a", "/profile/"],
    "rep": ["/crm/deal/", "/nowhere/", "/auth/password/change/", "/theme/"],
    "guest": ["/", "/search/?q=an", "/profile/"],
    "waiting": ["/", "/profile/", "/crm/contact/"],
}


def states() -> dict[str, tuple[str, str]]:
    """Give each page with who opens it, in an order in which neighbours are different people."""
    longest = max(map(len, PAGES.values()))
    pairs = [(who, urls[n]) for n in range(longest) for who, urls in PAGES.items() if n < len(urls)]
    return {f"{who} {url[:40]}": (who, url) for who, url in pairs}


@EACH_WAY
def test_no_page_of_the_site_has_a_violation_or_a_console_message(sign_in, way, whole):
    chosen = share(states(), way, whole=whole)
    for username in dict.fromkeys(who for who, _url in chosen.values()):
        urls = [url for who, url in chosen.values() if who == username]
        look_at(
            sign_in(username, **WAYS[way]),
            {url: lambda page, url=url: page.goto(url) for url in urls},
        )


@pytest.mark.parametrize("way", ["light", "dark", "narrow"])
def test_the_pages_before_signing_in_have_no_violation(browser, site, way):
    context = browser.new_context(base_url=site, **WAYS[way])
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text))
    for url in ("/auth/login/", "/auth/inactive/?because=suspended", "/auth/password/reset/"):
        page.goto(url, wait_until="networkidle")
        assert problems == [], url
        assert violations(page) == [], url
        problems.clear()  # axe adds a style, which the policy refuses, as it should
        assert too_wide(page) == [], url
    context.close()


@pytest.mark.parametrize("way", ["light", "dark", "narrow"])
def test_the_open_menu_the_drawer_and_the_search_have_no_violation(sign_in, way):
    page = sign_in("rep", **WAYS[way])
    page.goto("/crm/contact/")
    for opener in ("#user-tools > button", ".drawer-button", ".search-button"):
        button = page.locator(opener)
        if button.is_visible():
            button.click()
            assert violations(page) == [], opener
            page.keyboard.press("Escape")


SHIFTS = """
new Promise(done => {
    const found = [];
    const written = source => source.node?.outerHTML?.slice(0, 80);
    const read = entry => [entry.value, entry.sources.map(written)];
    new PerformanceObserver(list => found.push(...list.getEntries().map(read)))
        .observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => setTimeout(() => done(found)));
})
"""


@pytest.mark.parametrize("way", WAYS)
def test_nothing_moves_while_a_page_loads(sign_in, way):
    page = sign_in("owner", **WAYS[way])
    for url in ("/", "/search/?q=an", "/profile/", "/crm/contact/", "/nowhere/"):
        page.goto(url, wait_until="networkidle")
        shifts = page.evaluate(SHIFTS)
        # What is painted while the page still arrives may move by a hair as a card is filled.
        assert sum(value for value, _nodes in shifts) < 0.01, (url, shifts)


# By keyboard


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_person_s_menu_opens_closes_and_leads_on_by_keyboard_alone(sign_in):
    page = sign_in("rep")
    button = page.get_by_role("button", name="Marcus Lindqvist")
    button.focus()
    press(page, "Enter", "Tab")
    profile = page.get_by_role("link", name="Your profile")
    expect(profile).to_be_focused()
    press(page, "Escape")
    expect(profile).to_be_hidden()
    expect(button).to_be_focused()
    press(page, "Enter", "Tab", "Enter")
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
    assert page.problems == []


def test_the_drawer_opens_closes_and_leads_on_by_keyboard_alone(sign_in):
    page = sign_in("rep", **NARROW)
    page.goto("/crm/contact/")
    page.problems.clear()
    press(page, "Tab", "Tab")  # past the link to the content
    button = page.get_by_role("button", name="Modules")
    expect(button).to_be_focused()
    press(page, "Enter", "Tab")
    expect(page.locator("#sidebar").get_by_role("button", name="Close")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#sidebar")).to_be_hidden()
    expect(button).to_be_focused()
    press(page, "Enter", "Tab", "Enter")
    expect(page.locator("#sidebar")).to_be_hidden()
    expect(button).to_be_focused()
    press(page, "Enter", "Tab", "Tab")
    here = page.locator("#sidebar").get_by_role("link", name="Contacts", exact=True)
    expect(here).to_be_focused()
    expect(here).to_have_attribute("aria-current", "page")
    page.locator("#sidebar").get_by_role("link", name="Accounts", exact=True).focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
    assert page.problems == []


def test_a_slash_goes_to_the_search_and_is_a_letter_where_one_types(sign_in):
    page = sign_in("rep")
    page.goto("/crm/contact/")
    box = page.get_by_role("searchbox", name="Search all modules")
    expect(box).to_have_attribute("aria-keyshortcuts", "/")
    press(page, "/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("a/b")
    expect(box).to_have_value("a/b")
    page.locator("#searchbar").focus()
    page.keyboard.type("c/d")
    expect(page.locator("#searchbar")).to_have_value("c/d")
    box.fill("and")
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=and$"))
    page.locator("main").focus()
    press(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_on_a_narrow_screen_the_search_opens_over_the_bar(sign_in):
    page = sign_in("rep", **NARROW)
    page.goto("/crm/contact/")
    button, box = page.locator(".search-button"), page.locator("#site-search-text")
    expect(box).to_be_hidden()
    button.click()
    expect(box).to_be_focused()
    press(page, "Escape")
    expect(box).to_be_hidden()
    expect(button).to_be_focused()
    press(page, "/")
    expect(box).to_be_focused()
    page.keyboard.type("mail")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    assert page.problems == []


def test_what_was_found_leads_to_the_record_and_to_the_module_s_list(sign_in):
    page = sign_in("owner")
    page.goto("/search/?q=an")
    page.get_by_role("link", name="All 100+ in Contacts").click()
    expect(page.locator("#searchbar")).to_have_value("an")
    page.go_back()
    first = page.locator(".hits").first.get_by_role("link").first
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


# Theme


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def choose(page: Page, theme: str) -> None:
    page.locator("#user-tools > button").click()
    page.get_by_role("button", name=theme, exact=True).click()


def test_a_theme_changes_the_page_at_once_and_loses_nothing_typed(sign_in):
    page = sign_in("owner", color_scheme="light")
    page.goto("/crm/contact/add/")
    light = ground(page)
    page.get_by_label("Last name").fill("Typed")
    choose(page, "Dark")
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    dark = ground(page)
    assert dark != light
    expect(page.get_by_label("Last name")).to_have_value("Typed")
    page.reload(wait_until="commit")
    page.wait_for_selector("body")
    assert ground(page) == dark
    page.keyboard.press("Escape")
    choose(page, "System")
    assert ground(page) == light
    page.emulate_media(color_scheme="dark")
    assert ground(page) == dark
    page.get_by_role("button", name="Light", exact=True).click()
    assert ground(page) == light
    assert page.problems == []


# Without JavaScript


@pytest.mark.parametrize("way", ["light", "narrow"])
def test_everything_works_without_javascript(sign_in, way):
    page = sign_in("owner", java_script_enabled=False, **WAYS[way])
    page.goto("/crm/contact/")
    if way == "narrow":
        page.get_by_role("button", name="Modules").click()
        page.locator("#sidebar").get_by_role("link", name="Accounts", exact=True).click()
        expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
        page.locator(".search-button").click()
    page.locator("#site-search-text").fill("an")
    page.locator("#site-search-text").press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Contacts 100"))).to_be_visible()
    choose(page, "Dark")
    expect(page).to_have_url(re.compile(r"/search/\?q=an$"))
    expect(page.locator("meta[name=color-scheme]")).to_have_attribute("content", "dark")
    page.locator("#user-tools > button").click()
    page.get_by_role("link", name="Your profile").click()
    expect(page.get_by_role("heading", name="What you may do")).to_be_visible()
    page.locator("#user-tools > button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
