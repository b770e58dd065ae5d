"""A field for a person offers who fits what is typed, and works without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from .hands import Keyboard

LIST = "datalist[data-search] option"


def open_person(page: Page, name: str) -> None:
    """Open somebody's page by way of the list."""
    page.goto(f"/accounts/user/?q={name}")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")


def offered(page: Page) -> list[str]:
    """Give the user names that the list holds."""
    return page.locator(LIST).evaluate_all("options => options.map(one => one.value)")


def test_a_manager_is_found_by_name_and_chosen_with_the_keyboard(sign_in):
    page = sign_in("owner")
    open_person(page, "Freya")
    field, keys = page.get_by_label("Manager"), Keyboard(page)
    assert offered(page) == []
    keys.reach(field)
    page.keyboard.press("Control+a")
    page.keyboard.type("director")
    expect(page.get_by_role("status").filter(has_text="is found")).to_be_visible()
    assert offered(page) == ["director"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("director")
    keys.press(page.get_by_role("button", name="Move", exact=True))
    expect(page.get_by_label("Manager")).to_have_value("director")
    assert page.problems == []


def test_many_are_counted_and_the_first_twenty_offered(sign_in):
    page = sign_in("owner")
    open_person(page, "Freya")
    field, line = page.get_by_label("Manager"), page.locator(".people-found")
    field.fill("")
    field.press_sequentially("e")
    expect(line).to_have_text(re.compile(r"The first 20 of \d+ people: go on typing\."))
    assert len(offered(page)) == 20
    field.fill("nobody at all")
    expect(line).to_have_text("Nobody is found.")
    assert offered(page) == []
    field.fill("")
    expect(line).to_have_text("")
    assert page.problems == []


def test_the_newest_question_wins_and_each_word_is_asked_once(sign_in):
    page = sign_in("owner")
    open_person(page, "Freya")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/api/v1/users/" in r.url else None)
    page.get_by_label("Manager").fill("")
    page.get_by_label("Manager").press_sequentially("regional", delay=20)
    expect(page.locator(".people-found")).to_have_text(re.compile("found"))
    assert len(asked) < 8 and asked[-1].endswith("search=regional&page_size=20")
    assert "regional" in offered(page)


def test_a_search_that_is_not_answered_leaves_the_field_as_it_is(sign_in):
    page = sign_in("owner")
    open_person(page, "Freya")
    page.route("**/api/v1/users/**", lambda route: route.abort())
    page.get_by_label("Manager").fill("director")
    said = "The search does not answer. Type the whole username."
    expect(page.locator(".people-found")).to_have_text(said)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_label("Manager")).to_have_value("director")


@pytest.mark.parametrize("path", ["/crm/contact/", "/teams/"])
def test_shares_and_teams_offer_people_in_the_same_way(sign_in, path):
    page = sign_in("owner")
    page.goto(path)
    if path == "/teams/":
        page.locator("table a").first.click()
        field = page.get_by_label("Username")
    else:
        page.locator("#result_list tbody th a").first.click()
        page.get_by_role("link", name="Share", exact=True).click()
        field = page.get_by_label("Person")
    field.fill("support")
    expect(page.locator(".people-found")).to_have_text("1 person is found.")
    assert offered(page) == ["support"]
    assert page.problems == []


def test_without_script_the_field_takes_a_user_name_and_names_one_that_is_none(sign_in):
    page = sign_in("owner", java_script_enabled=False)
    open_person(page, "Freya")
    page.get_by_label("Manager").fill("nobody.here")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("There is nobody with the username “nobody.here”.")).to_be_visible()
    page.get_by_label("Manager").fill("director")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_label("Manager")).to_have_value("director")
