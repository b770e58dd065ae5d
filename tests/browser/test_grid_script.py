"""The grid's script: filter, toggles, marks, summary and arrow keys; it saves what it says."""

import re

from playwright.sync_api import Page, expect


def open_role(page: Page, name: str) -> None:
    page.goto("/roles/role/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator(".save-summary")).to_have_text("No changes yet")


def cell(page: Page, name: str):
    return page.get_by_role("checkbox", name=name, exact=True)


def test_the_summary_counts_what_the_save_then_changes(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    cell(page, "Contacts: Delete").check()
    page.get_by_role("button", name=re.compile("^Leads: tick 3 cells")).click()
    cell(page, "Reports: Create").uncheck()
    expect(page.locator(".save-summary")).to_contain_text("4 added, 1 removed · affects")
    cell(page, "Contacts: Delete").uncheck()
    expect(page.locator(".save-summary")).to_contain_text("3 added, 1 removed")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("is saved: 3 added, 1 removed.")).to_be_visible()
    for name in ("Leads: Delete", "Leads: Export", "Leads: Import", "Reports: Create"):
        cell(page, name).set_checked(name == "Reports: Create")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("is saved: 1 added, 3 removed.")).to_be_visible()
    assert page.problems == []


def test_toggles_act_on_shown_rows_and_never_on_locked_cells(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    page.get_by_label("Filter modules").fill("o")
    page.get_by_label("Filter modules").press("Enter")
    page.get_by_label("Filter modules").fill("deals")
    page.get_by_role("button", name=re.compile("^Delete: tick 1 cells")).click()
    page.get_by_label("Filter modules").fill("")
    expect(cell(page, "Deals: Delete")).to_be_checked()
    expect(cell(page, "Contacts: Delete")).not_to_be_checked()
    page.get_by_role("button", name=re.compile("^Deals: tick 2 cells")).click()
    page.get_by_role("button", name=re.compile("^Deals: untick 3 cells")).click()
    expect(page.locator(".save-summary")).to_have_text("No changes yet")
    expect(cell(page, "Deals: View")).to_be_checked()
    expect(cell(page, "Deals: View")).to_be_disabled()


def test_only_changes_and_only_what_the_role_has(sign_in):
    page = sign_in("owner")
    open_role(page, "Marketing Coordinator")
    page.get_by_label("Only what this role has").check()
    expect(cell(page, "Leads: View")).to_be_visible()
    expect(cell(page, "Deals: View")).to_be_hidden()
    page.get_by_label("Only what this role has").uncheck()
    cell(page, "Deals: View").check()
    page.get_by_label("Only changes").check()
    expect(cell(page, "Deals: View")).to_be_visible()
    expect(cell(page, "Leads: View")).to_be_hidden()


def test_arrow_keys_walk_over_cells_locked_ones_too(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    cell(page, "Contacts: Delete").focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "Accounts: Delete")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("group", name="Accounts: Edit inherited from User")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(cell(page, "Accounts: Delete")).to_be_checked()


def test_a_row_opens_with_the_keyboard_to_its_scopes_and_fields(sign_in):
    page = sign_in("owner")
    open_role(page, "Support Agent")
    notes = page.get_by_label("Contacts: field notes")
    expect(notes).to_be_hidden()
    page.locator("summary", has_text="Contacts").press("Enter")
    expect(notes).to_have_value("hidden")
    notes.select_option("read_only")
    expect(page.locator(".save-summary")).to_contain_text("1 changed")
