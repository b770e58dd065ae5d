"""A row of the grid opens to whose records and which fields, with the mouse, keys, no script."""

import pytest
from playwright.sync_api import Page, expect

from . import pages
from .test_grid_script import open_role, save, settled


def opened(page: Page, module: str, label: str) -> None:
    """Open a module's details with the keyboard."""
    page.locator(f'.grid-row[data-module="{module}"] summary').press("Enter")
    expect(page.get_by_label(f"{label}: whose records for View", exact=True)).to_be_visible()


def scope(page: Page, name: str):
    return page.locator(f'select[name="{name}"]')


def also(page: Page, name: str, value: str):
    return page.locator(f'input[name="{name}"][value="{value}"]')


def says(page: Page, name: str):
    return page.locator(f'[data-says="{name}"]')


def test_several_scopes_and_levels_are_saved_and_shown_with_their_sources(sign_in):
    """R8, R10."""
    page = sign_in("owner")
    open_role(page, "Regional Salesperson")
    opened(page, "leads", "Leads")
    scope(page, "scope:leads").select_option("department")
    also(page, "scope:leads", "team").check()
    scope(page, "scope:leads:edit").select_option("own")
    page.get_by_label("Leads: field notes", exact=True).select_option("hidden")
    leads = page.locator('.grid-row[data-module="leads"]')
    expect(leads.locator(".grid-differs")).to_have_text("(1 differs)")
    expect(leads.locator(".grid-fields")).to_have_text("1 restricted")
    expect(says(page, "scope:leads:view")).to_have_text(
        "Team from this role, Department from this role"
    )
    settled(page)
    save(page, "3 changed")
    expect(scope(page, "scope:leads")).to_have_value("department")
    opened(page, "leads", "Leads")
    expect(also(page, "scope:leads", "team")).to_be_checked()
    expect(also(page, "scope:leads", "department")).not_to_be_checked()
    expect(scope(page, "scope:leads:edit")).to_have_value("own")
    also(page, "scope:leads", "team").uncheck()
    for name in ("scope:leads", "scope:leads:edit"):
        scope(page, name).select_option("")
    page.get_by_label("Leads: field notes", exact=True).select_option("")
    save(page, "3 changed")
    assert page.problems == []


def test_a_role_based_on_another_says_what_it_has_from_it(sign_in):
    page = sign_in("owner")
    page.goto("/roles/role/add/?base=support-agent")
    page.locator('.grid-row[data-module="contacts"] summary').click()
    phone = page.get_by_label("Contacts: field phone", exact=True)
    unset = phone.locator('option[value=""]')
    expect(unset).to_have_text("as the base: read-only, from Support Agent")
    expect(scope(page, "scope:contacts").locator('option[value=""]')).to_have_text(
        "as the base: All"
    )
    phone.select_option("hidden")
    expect(says(page, "field:contacts:phone")).to_have_text("read-only, from Support Agent")
    page.get_by_label("Contacts: field All other fields", exact=True).select_option("hidden")
    expect(page.get_by_label("Contacts: field title").locator('option[value=""]')).to_have_text(
        "as all other fields: hidden"
    )


def test_an_error_elsewhere_loses_nothing_and_the_first_wrong_field_has_the_focus(sign_in):
    page = sign_in("owner")
    open_role(page, "Regional Salesperson")
    opened(page, "leads", "Leads")
    scope(page, "scope:leads:view").select_option("team")
    page.get_by_role("checkbox", name="Leads: Delete", exact=True).check()
    page.get_by_label("Level", exact=True).fill("101")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("Nothing was saved: one thing needs a change.")).to_be_visible()
    expect(page.get_by_label("Level", exact=True)).to_be_focused()
    expect(scope(page, "scope:leads:view")).to_be_visible()
    expect(scope(page, "scope:leads:view")).to_have_value("team")
    changed = page.locator(".grid-cell.is-changed")
    expect(changed).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Leads: Delete", exact=True)).to_be_checked()
    page.get_by_role("link", name="Level", exact=True).click()
    expect(page.get_by_label("Level", exact=True)).to_be_focused()
    page.get_by_label("Level", exact=True).fill("30")
    scope(page, "scope:leads:view").select_option("")
    page.get_by_role("checkbox", name="Leads: Delete", exact=True).uncheck()
    expect(page.locator(".is-changed")).to_have_count(0)


def test_the_same_scopes_are_saved_without_javascript(sign_in):
    page = sign_in("owner", java_script_enabled=False)
    pages.open_role(page, "Regional Salesperson")
    page.locator('.grid-row[data-module="leads"] summary').click()
    also(page, "scope:leads", "team").check()
    page.get_by_label("Leads: field phone", exact=True).select_option("read_only")
    page.get_by_role("button", name="See impact").click()
    expect(page.locator(".impact-lines li").first).to_be_visible()
    expect(scope(page, "scope:leads")).to_have_value("team")
    save(page, "2 changed")
    page.locator('.grid-row[data-module="leads"] summary').click()
    scope(page, "scope:leads").select_option("")
    page.get_by_label("Leads: field phone", exact=True).select_option("")
    save(page, "2 changed")


@pytest.mark.parametrize("width", [1280, 640, 390])
def test_heads_and_names_stay_in_view_and_nothing_shifts(sign_in, width):
    page = sign_in("owner", viewport={"width": width, "height": 844})
    open_role(page, "Sales Rep")
    targets = page.get_by_role("checkbox", name="Targets: Import", exact=True)
    targets.focus()
    settled(page)
    before = targets.bounding_box()
    head = page.locator("thead .grid-action", has_text="Import").bounding_box()
    name = page.locator("#module-targets").bounding_box()
    bar = page.locator(".save-bar").bounding_box()
    assert head["y"] + head["height"] <= before["y"]
    assert before["y"] + before["height"] <= bar["y"]
    assert name["x"] >= 0 and name["x"] + name["width"] <= before["x"]
    page.keyboard.press("Space")
    expect(page.locator(".grid-cell.is-changed")).to_have_count(1)
    settled(page)
    assert targets.bounding_box() == before
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0
