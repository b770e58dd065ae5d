"""The role page's script: what it marks, counts, filters and toggles is what a save changes."""

import re

from playwright.sync_api import Page, expect

from . import pages


def open_role(page: Page, name: str) -> None:
    pages.open_role(page, name)
    expect(page.locator(".save-summary")).to_have_text("No changes yet")


def cell(page: Page, name: str):
    return page.get_by_role("checkbox", name=name, exact=True)


def button(page: Page, name: str):
    return page.get_by_role("button", name=re.compile(f"^{name}$"))


def settled(page: Page) -> None:
    """Wait until the server has answered for the form as it stands."""
    expect(page.locator("#role_form[data-asking]")).to_have_count(0)


def save(page: Page, words: str) -> None:
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text(f"is saved: {words}")).to_be_visible()


def test_the_summary_counts_what_the_save_then_changes(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    cell(page, "Contacts: Delete").check()
    button(page, "Tick 3 cells: Leads").click()
    cell(page, "Reports: Create").uncheck()
    expect(page.locator(".save-summary")).to_contain_text("4 added, 1 removed · ")
    cell(page, "Contacts: Delete").uncheck()
    expect(page.locator(".save-summary")).to_contain_text("3 added, 1 removed · ")
    save(page, "3 added, 1 removed")
    for name in ("Leads: Delete", "Leads: Export", "Leads: Import", "Reports: Create"):
        cell(page, name).set_checked(name == "Reports: Create")
    save(page, "1 added, 3 removed")
    assert page.problems == []


def test_toggles_act_on_shown_rows_and_never_on_locked_cells(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    page.get_by_label("Filter modules").fill("deals")
    page.get_by_label("Filter modules").press("Enter")
    button(page, "Tick 1 cell: Delete").click()
    expect(button(page, "Untick 1 cell: Delete")).to_have_attribute("data-state", "all")
    page.get_by_label("Filter modules").fill("")
    expect(cell(page, "Deals: Delete")).to_be_checked()
    expect(cell(page, "Contacts: Delete")).not_to_be_checked()
    button(page, "Tick 2 cells: Deals").click()
    button(page, "Untick 3 cells: Deals").click()
    expect(page.locator(".save-summary")).to_have_text("No changes yet")
    expect(cell(page, "Deals: View")).to_be_checked()
    expect(cell(page, "Deals: View")).to_be_disabled()


def test_a_group_toggle_ticks_the_free_cells_of_its_modules_only(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    button(page, "Tick 15 cells: Sales").click()
    expect(page.locator(".grid-cell.is-changed")).to_have_count(15)
    expect(cell(page, "Tasks: Delete")).not_to_be_checked()
    settled(page)


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


def test_a_filter_that_finds_nothing_says_so_and_can_be_cleared(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    page.get_by_label("Filter modules").fill("nothing like it")
    expect(page.get_by_text("No module matches.")).to_be_visible()
    page.get_by_role("button", name="Show all modules").click()
    expect(cell(page, "Deals: Delete")).to_be_visible()
    expect(page.get_by_label("Filter modules")).to_be_focused()


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
    page.keyboard.press("End")
    expect(cell(page, "Accounts: Import")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("group", name="Accounts: View inherited from User")).to_be_focused()


def test_a_locked_cell_says_why_on_focus_and_escape_dismisses_it(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    tip = page.locator(".role-tip")
    cell(page, "Targets: Create").focus()
    expect(tip).to_be_hidden()
    page.get_by_role("group", name="Contacts: View inherited from User").focus()
    expect(tip).to_have_text("inherited from User")
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    button(page, r"Tick \d+ cells: Delete").hover()
    expect(tip).to_contain_text("move to the trash")


def test_another_base_changes_the_marks_before_anything_is_saved(sign_in):
    """R4: and a tick of one's own that the base gave meanwhile comes back with the old base."""
    page = sign_in("owner")
    open_role(page, "Marketing Coordinator")
    cell(page, "Deals: View").check()
    base = page.get_by_label("Based on", exact=True)
    base.select_option(label="User (10)")
    expect(cell(page, "Deals: View")).to_be_disabled()
    expect(cell(page, "Tasks: Create")).to_be_checked()
    expect(cell(page, "Tasks: Create")).to_have_accessible_description("inherited from User")
    expect(page.locator("#role-brings")).to_contain_text("permissions from User")
    base.select_option(label="No other role")
    expect(cell(page, "Deals: View")).to_be_enabled()
    expect(cell(page, "Deals: View")).to_be_checked()
    expect(cell(page, "Tasks: Create")).not_to_be_checked()
    expect(page.locator(".save-summary")).to_contain_text("1 added · ")
    assert page.problems == []


def test_without_the_server_s_answer_the_page_still_counts_and_saves(sign_in):
    page = sign_in("owner")
    page.route("**/impact/", lambda route: route.abort())
    pages.open_role(page, "Marketing Coordinator")
    cell(page, "Tasks: View").check()
    settled(page)
    expect(page.locator(".save-summary")).to_have_text("1 added")
    save(page, "1 added")
    cell(page, "Tasks: View").uncheck()
    save(page, "1 removed")


def test_impact_opens_in_place_and_names_who_gains_what(sign_in):
    page = sign_in("owner")
    open_role(page, "Salesperson")
    cell(page, "Contacts: Export").check()
    settled(page)
    address = page.url
    page.get_by_role("button", name="See impact").click()
    expect(page.locator(".impact-lines li").first).to_contain_text("gain Contacts: Export")
    assert page.url == address


def test_leaving_with_changes_asks_and_without_does_not(sign_in):
    page = sign_in("owner")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    open_role(page, "Salesperson")
    page.reload()
    assert asked == []
    cell(page, "Contacts: Export").check()
    page.reload()
    assert asked == ["beforeunload"]
    cell(page, "Contacts: Export").check()
    page.get_by_role("link", name="Discard").click()
    expect(cell(page, "Contacts: Export")).not_to_be_checked()
    assert asked == ["beforeunload"]


def test_privileges_show_as_chips_with_what_they_collide_with(sign_in):
    """R11: the text field stays what is posted."""
    page = sign_in("owner")
    open_role(page, "Marketing Coordinator")
    field = page.locator("input[name=privileges]")
    chips = page.get_by_role("list", name="Privileges entered").get_by_role("listitem")
    expect(chips).to_have_count(2)
    field.fill("app.newsletter report.export, contacts.view")
    expect(chips).to_have_count(3)
    expect(chips.nth(2)).to_contain_text("system permission")
    page.get_by_role("button", name="Remove contacts.view").click()
    expect(field).to_have_value("app.newsletter, report.export")
    expect(page.locator(".save-summary")).to_have_text("No changes yet")


def test_the_tiers_set_the_level_and_the_section_in_view_is_marked(sign_in):
    page = sign_in("owner")
    open_role(page, "Marketing Coordinator")
    current = page.get_by_label("Sections").locator("[aria-current]")
    expect(current).to_have_text("Identity")
    page.get_by_role("button", name="Manager 50").click()
    expect(page.get_by_label("Level", exact=True)).to_have_value("50")
    expect(page.locator(".save-summary")).to_contain_text("1 changed")
    page.get_by_label("Sections").get_by_role("link", name="Features").click()
    expect(current).to_have_text("Features")
