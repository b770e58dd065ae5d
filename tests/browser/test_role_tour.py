"""From nothing to a family of roles, as an administrator makes it: by mouse, keys, without script.

After every save the role is read back through the policy file, and what changed there has to be
what the page's summary said before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from . import serving
from .hands import Keyboard, Mouse
from .pages import open_role

WIDE = {"viewport": {"width": 1280, "height": 900}}
DARK = {"color_scheme": "dark"}
NARROW = {"viewport": {"width": 390, "height": 844}}
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
NO_SCRIPT = {"java_script_enabled": False}
TOURS = {
    "mouse, light": (Mouse, WIDE),
    "keyboard, dark, 200 %": (Keyboard, ZOOMED | DARK),
    "mouse, without script": (Mouse, WIDE | NO_SCRIPT),
    "mouse, dark": (Mouse, WIDE | DARK),
    "mouse, 390 px": (Mouse, NARROW),
    "mouse, 200 %": (Mouse, ZOOMED),
    "keyboard, light": (Keyboard, WIDE),
    "keyboard, dark": (Keyboard, WIDE | DARK),
    "keyboard, 390 px": (Keyboard, NARROW),
    "keyboard, without script": (Keyboard, WIDE | NO_SCRIPT),
}
IN_EVERY_RUN = 3
WAYS = [
    pytest.param(name, marks=() if number < IN_EVERY_RUN else pytest.mark.slow)
    for number, name in enumerate(TOURS)
]


@dataclass
class Tour:
    """One way to use the page, and the role as it was last stored."""

    page: Page
    hand: Mouse | Keyboard
    exporter: serving.Exporter
    name: str
    scripted: bool
    stored: dict = field(default_factory=dict)

    def cell(self, label: str) -> Locator:
        return self.page.get_by_role("checkbox", name=label, exact=True)

    def control(self, name: str) -> Locator:
        return self.page.locator(f'select[name="{name}"]')

    def write(self, label: str, text: str) -> None:
        self.hand.write(self.page.get_by_label(label, exact=True), text)

    def press(self, name: str, role: str = "button") -> None:
        self.hand.press(self.page.get_by_role(role, name=name, exact=True))

    def toggle(self, words: str, codes: list[str]) -> None:
        """Press a toggle; without script there is none, and the cells are ticked one by one."""
        if self.scripted:
            self.press(words)
        else:
            for label in codes:
                self.hand.tick(self.cell(label))

    def open_row(self, module: str) -> None:
        self.hand.press(self.page.locator(f'.grid-row[data-module="{module}"] summary'))

    def save(self, button: str, words: str, *, counted: str) -> dict:
        """Save what the summary announces, and give the role as it is stored afterwards."""
        if self.scripted:
            expect(self.page.locator("#role_form[data-asking]")).to_have_count(0)
            expect(self.page.locator(".save-summary")).to_contain_text(counted)
        self.press(button)
        expect(self.page.get_by_text(words)).to_contain_text(counted)
        expect(self.page.locator(".messagelist")).not_to_contain_text("Nothing")
        return self.read()

    def read(self) -> dict:
        code = self.name_of_page().lower().replace(" ", "-")
        [self.stored] = yaml.safe_load(self.exporter.export(code))["roles"]
        return self.stored

    def name_of_page(self) -> str:
        return self.page.get_by_label("Name", exact=True).input_value()


@pytest.fixture(params=WAYS)
def tour(request, sign_in, database_url) -> Iterator[Tour]:
    hand, options = TOURS[request.param]
    page = sign_in("owner", **options)
    scripted = options.get("java_script_enabled", True)
    number = list(TOURS).index(request.param) + 1
    exporter = serving.Exporter(database_url)
    yield Tour(page, hand(page), exporter, f"Tour {number}", scripted)
    exporter.close()


def test_an_administrator_makes_a_family_of_roles(tour):
    page = tour.page
    make_from_scratch(tour)
    mend_an_error(tour)
    clone_and_adjust(tour)
    base_another_on_it(tour)
    open_records_and_fields(tour)
    trace_an_inherited_cell(tour)
    assert page.problems == []


def make_from_scratch(tour: Tour) -> None:
    """A column and a row at once, and a single cell."""
    tour.page.goto("/roles/role/")
    tour.hand.press(tour.page.locator("#content").get_by_role("link", name="Add Role"))
    tour.page.wait_for_url("**/add/")
    tour.write("Name", tour.name)
    tour.write("Description", "Made on a tour.")
    leads = ["View", "Create", "Edit", "Delete", "Export", "Import"]
    tour.toggle("Tick 6 cells: Leads", [f"Leads: {action}" for action in leads])
    tour.toggle("Tick 1 cell: Invite", ["Users: Invite"])
    tour.hand.tick(tour.cell("Contacts: View"))
    stored = tour.save("Create Role", "is created", counted="8 added")
    assert sorted(stored["permissions"]) == sorted(
        [*(f"leads.{action.lower()}" for action in leads), "users.invite", "contacts.view"]
    )


def mend_an_error(tour: Tour) -> None:
    """What was typed beside the error is still there, and is saved with the mended value."""
    tour.write("Level", "101")
    tour.hand.tick(tour.cell("Contacts: Edit"))
    tour.hand.tick(tour.cell("Users: Invite"), False)
    tour.press("Save Changes")
    expect(tour.page.get_by_text("Nothing was saved")).to_be_visible()
    expect(tour.cell("Contacts: Edit")).to_be_checked()
    expect(tour.cell("Users: Invite")).not_to_be_checked()
    tour.write("Level", "15")
    stored = tour.save("Save Changes", "is saved", counted="1 added, 1 removed, 1 changed")
    assert stored["level"] == 15
    assert "contacts.edit" in stored["permissions"]
    assert "users.invite" not in stored["permissions"]


def clone_and_adjust(tour: Tour) -> None:
    """D10: everything is filled in but the name, and nothing of the source changes."""
    source = tour.stored
    tour.press("Clone Role", "link")
    tour.page.wait_for_url("**/add/?clone=*")
    tour.write("Name", f"{tour.name} Clone")
    tour.hand.tick(tour.cell("Deals: View"))
    tour.hand.tick(tour.cell("Leads: Import"), False)
    stored = tour.save("Create Role", "is created", counted="8 added")
    wanted = {*source["permissions"], "deals.view"} - {"leads.import"}
    assert set(stored["permissions"]) == wanted
    assert stored["level"] == source["level"]
    open_role(tour.page, tour.name)
    assert tour.read() == source


def base_another_on_it(tour: Tour) -> None:
    """R4: with script the inherited marks stand before anything is saved."""
    tour.press("Base a Role on This", "link")
    tour.page.wait_for_url("**/add/?base=*")
    tour.write("Name", f"{tour.name} Based")
    expect(tour.cell("Leads: View")).to_be_disabled()
    if tour.scripted:
        tour.hand.choose(tour.page.get_by_label("Based on", exact=True), "user")
        expect(tour.cell("Leads: Import")).to_be_enabled()
        code = tour.name.lower().replace(" ", "-")
        tour.hand.choose(tour.page.get_by_label("Based on", exact=True), code)
        expect(tour.cell("Leads: Import")).to_be_disabled()
    tour.hand.tick(tour.cell("Contacts: Create"))
    stored = tour.save("Create Role", "is created", counted="1 added")
    assert stored["permissions"] == ["contacts.create"]
    assert stored["base"] == tour.name.lower().replace(" ", "-")


def open_records_and_fields(tour: Tour) -> None:
    """R8, R10: for all actions, for one, and a field."""
    tour.hand.choose(tour.control("scope:contacts"), "team")
    tour.open_row("contacts")
    expect(tour.control("scope:contacts:edit")).to_be_visible()
    tour.hand.choose(tour.control("scope:contacts:edit"), "own")
    tour.hand.choose(tour.control("field:contacts:phone"), "read_only")
    stored = tour.save("Save Changes", "is saved", counted="3 changed")
    assert stored["records"] == {"contacts": {"*": "team", "edit": "own"}}
    assert stored["fields"] == {"contacts": {"phone": "read_only"}}


def trace_an_inherited_cell(tour: Tour) -> None:
    """Its source stands in words where the focus is, for eyes and for a screen reader."""
    cell = tour.cell("Leads: Export")
    expect(cell).to_be_checked()
    expect(cell).to_have_accessible_description(f"inherited from {tour.name}")
    group = tour.page.get_by_role("group", name=f"Leads: Export inherited from {tour.name}")
    if isinstance(tour.hand, Keyboard):
        tour.hand.reach(group)
    else:
        group.hover()
    expect(tour.page.get_by_text(f"inherited from {tour.name}").first).to_be_visible()


def test_enter_in_a_field_saves(sign_in):
    page = sign_in("owner")
    page.goto("/roles/role/add/")
    page.get_by_label("Name", exact=True).fill("Made with Enter")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("“Made with Enter” is created")).to_be_visible()
