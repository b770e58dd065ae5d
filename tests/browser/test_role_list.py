"""The list of roles and the pages around one role: looks, keyboard, no script (look.md)."""

import re

from playwright.sync_api import Page, expect

from .looking import EACH_WAY, WAYS, look_at, share, violations

LIST = "/roles/role/"


def select(page: Page, *names: str) -> None:
    page.goto(LIST)
    for name in names:
        page.get_by_label(f"Select {name}", exact=True).press("Space")


def choose_base(page: Page, base: str, *names: str) -> None:
    select(page, *names)
    page.get_by_role("button", name="Change Base…").press("Enter")
    page.get_by_label("Base them on").select_option(label=base)
    page.get_by_role("button", name="Show What Changes").press("Enter")
    expect(page.get_by_role("status").filter(has_text="can be changed")).to_be_visible()


def role_page(page: Page, name: str, which: str, query: str = "") -> None:
    page.goto(LIST)
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/change/")
    page.goto(page.url.replace("change/", f"{which}/{query}"))


def open_menu(page: Page) -> None:
    page.goto(LIST)
    page.locator(".role-chip-menu summary").press("Enter")


def open_effects(page: Page) -> None:
    choose_base(page, "Salesperson (20)", "Director", "Manager", "Sales Rep", "Salesperson")
    for summary in page.locator(".effect summary").all():
        summary.press("Enter")


def look_at_deletion(page: Page) -> None:
    role_page(page, "Salesperson", "delete", "?move_to=sales-rep")
    page.locator(".effect summary").first.press("Enter")


STATES = {
    "list": lambda page: page.goto(LIST),
    "tree": lambda page: page.goto(f"{LIST}?view=tree"),
    "found in the tree": lambda page: page.goto(f"{LIST}?view=tree&q=regional"),
    "menu open": open_menu,
    "nothing found": lambda page: page.goto(f"{LIST}?q=nothing+at+all&kind=own"),
    "selected": lambda page: select(page, "Owner", "Director"),
    "base asked": lambda page: page.goto(f"{LIST}bases/?roles=3,999"),
    "base shown": open_effects,
    "base unknown": lambda page: page.goto(f"{LIST}bases/?roles=3&base=nobody"),
    "deletion": lambda page: role_page(page, "Salesperson", "delete"),
    "deletion looked at": look_at_deletion,
    "deletion refused": lambda page: role_page(page, "Sales Rep", "delete", "?move_to=nobody"),
    "history": lambda page: role_page(page, "Sales Rep", "history"),
    "history of none": lambda page: role_page(page, "Director", "history", "?page=7"),
    "no such clone": lambda page: page.goto("/roles/role/add/?clone=nobody"),
}


@EACH_WAY
def test_no_state_has_a_violation_or_a_console_message(sign_in, way, whole):
    page = sign_in("owner", **WAYS[way])
    look_at(page, share(STATES, way, whole=whole, always=("list",)))


def test_a_system_role_s_deletion_is_refused_on_a_page_without_a_violation(sign_in):
    page = sign_in("owner")
    role_page(page, "Guest", "delete")
    expect(page.get_by_text("cannot be deleted (D8)")).to_be_visible()
    assert violations(page) == []


def test_the_bases_of_several_roles_are_changed_with_the_keyboard_alone(sign_in):
    page = sign_in("owner")
    select(page, "Senior Sales Rep", "Support Agent", "Guest")
    expect(page.get_by_text("3 of 12 selected")).to_be_visible()
    expect(page.get_by_text("1 system role keeps its base")).to_be_visible()
    choose_base(page, "Guest (0)", "Senior Sales Rep", "Support Agent", "User")
    expect(page.get_by_text("2 of 3 can be changed.")).to_be_visible()
    page.get_by_label("Skip what cannot be changed").press("Space")
    page.get_by_role("button", name="Change Base of 2 Roles").press("Enter")
    expect(page.get_by_text("The base of 2 roles is changed. 1 role stays")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("Senior Sales Rep"))
    expect(row.get_by_role("link", name="based on Guest")).to_be_visible()
    expect(row.get_by_text("just now")).to_be_visible()
    choose_base(page, "No other role", "Senior Sales Rep", "Support Agent")
    page.get_by_role("button", name="Change Base of 2 Roles").press("Enter")
    expect(page.get_by_text("The base of 2 roles is changed.")).to_be_visible()
    assert page.problems == []


def test_the_same_without_a_script(sign_in):
    page = sign_in("owner", java_script_enabled=False)
    choose_base(page, "Guest (0)", "Support Agent")
    page.get_by_role("button", name="Change Base of 1 Role").click()
    expect(page.get_by_text("The base of 1 role is changed.")).to_be_visible()
    choose_base(page, "No other role", "Support Agent")
    page.get_by_role("button", name="Change Base of 1 Role").click()
    expect(page.get_by_text("The base of 1 role is changed.")).to_be_visible()
    page.goto(LIST)
    page.get_by_role("link", name="As a tree").click()
    nested = page.locator("li").filter(has=page.get_by_role("link", name="Salesperson", exact=True))
    expect(nested.get_by_role("link", name="Regional Salesperson").last).to_be_visible()


def test_the_action_shows_when_rows_are_selected_and_moves_nothing(sign_in):
    page = sign_in("owner")
    page.goto(LIST)
    action = page.get_by_role("button", name="Change Base…")
    expect(action).to_be_hidden()
    last = page.get_by_role("row").last
    before = last.bounding_box()
    page.get_by_label("Select Director").check()
    expect(action).to_be_visible()
    assert last.bounding_box() == before
    page.get_by_label("Select Director").uncheck()
    expect(action).to_be_hidden()


def test_the_strip_is_read_in_words(sign_in):
    page = sign_in("owner")
    page.goto(LIST)
    row = page.get_by_role("row", name=re.compile("Support Agent"))
    strip = row.get_by_role("img")
    assert re.match(r"Sales: 3 of \d+, Work: 4 of \d+", strip.get_attribute("aria-label"))


def test_a_role_is_cloned_and_built_on_from_its_row(sign_in):
    page = sign_in("owner")
    page.goto(LIST)
    page.get_by_role("link", name="Clone Support Agent").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.get_by_text("A clone of “Support Agent”")).to_be_visible()
    page.goto(LIST)
    page.get_by_role("link", name="Base a Role on Support Agent").click()
    expect(page.get_by_label("Based on", exact=True)).to_have_value("support-agent")


def test_a_role_is_deleted_after_its_people_and_roles_moved(sign_in):
    """D9, with a role made for it."""
    page = sign_in("owner")
    for name, query in (("Passing", "?clone=guest"), ("On Passing", "?base=passing")):
        page.goto(f"/roles/role/add/{query}")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Create Role").click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    role_page(page, "Passing", "delete")
    page.get_by_label("Move them to").select_option(label="Guest (0)")
    page.get_by_role("button", name="Show What Changes").press("Enter")
    expect(page.get_by_text("What moving to “Guest” changes")).to_be_visible()
    page.get_by_role("button", name="Move and Delete Role").press("Enter")
    expect(page.get_by_text("“Passing” is deleted. 1 role moved to “Guest”.")).to_be_visible()
    role_page(page, "On Passing", "delete")
    page.get_by_role("button", name="Delete Role").click()
    expect(page.get_by_text("“On Passing” is deleted.")).to_be_visible()
    assert page.problems == []
