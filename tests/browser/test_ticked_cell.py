"""The main job: a ticked cell is a `has_perm` that says yes, at once and everywhere (R28)."""

from playwright.sync_api import Page, expect

from . import serving
from .pages import open_role, role_link

SETUP = """
from django.contrib.auth.hashers import make_password
from accounts.models import User
from crm.models import Contact
from roles.models import Role
from roles.services.installation import install_assignment
user, made = User.objects.get_or_create(
    username="deep", defaults={"password": make_password("demo")}
)
if made:
    install_assignment(user=user, role=Role.objects.get(code="layer-three"))
    Contact.objects.bulk_create(Contact(last_name=f"Deep {n}", owner=user) for n in range(3))
"""


def first_contact(page: Page) -> None:
    """Open the page of the first contact in the person's list."""
    page.goto("/crm/contact/")
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_label("Last name")).to_be_visible()


def set_cell(page: Page, role: str, cell: str, ticked: bool) -> None:
    """Tick or untick a cell of a role's grid and save."""
    open_role(page, role)
    page.get_by_role("checkbox", name=cell, exact=True).set_checked(ticked)
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("is saved")).to_be_visible()


def delete_link(page: Page):
    return page.get_by_role("link", name="Delete", exact=True)


def tick_and_untick(owner: Page, person: Page, asker, *, username: str, role: str) -> None:
    """Follow one cell from the owner's tick to the person's page and another process, and back."""
    assert asker.has_perm(username, "contacts.delete") is False
    first_contact(person)
    expect(delete_link(person)).to_have_count(0)
    set_cell(owner, role, "Contacts: Delete", True)
    assert asker.has_perm(username, "contacts.delete") is True
    assert asker.has_perm(username, "crm.delete_contact") is True
    person.reload()
    name = person.get_by_label("Last name").input_value()
    delete_link(person).click()
    person.get_by_role("button", name="Move to Trash").click()
    expect(person.get_by_text("was deleted successfully")).to_be_visible()
    assert name
    first_contact(person)
    expect(delete_link(person)).to_be_visible()
    set_cell(owner, role, "Contacts: Delete", False)
    assert asker.has_perm(username, "contacts.delete") is False
    person.reload()
    expect(delete_link(person)).to_have_count(0)
    answer = person.request.get(person.url.replace("/change/", "/delete/"))
    assert answer.status == 403


def test_a_ticked_cell_reaches_a_signed_in_person_and_a_running_process(sign_in, asker):
    owner, rep = sign_in("owner"), sign_in("rep")
    tick_and_untick(owner, rep, asker, username="rep", role="Sales Rep")
    assert owner.problems == []


def test_the_same_without_javascript(sign_in, asker):
    owner = sign_in("owner", java_script_enabled=False)
    rep = sign_in("rep", java_script_enabled=False)
    tick_and_untick(owner, rep, asker, username="rep", role="Sales Rep")


def test_the_same_through_a_base_three_layers_up(sign_in, asker, database_url):
    owner = sign_in("owner")
    base = ""
    for name in ("Ground", "Layer One", "Layer Two", "Layer Three"):
        owner.goto("/roles/role/")
        if role_link(owner, name).count() == 0:
            create_role(owner, name, base)
        base = name
    serving.manage(database_url, "shell", "-v0", "-c", SETUP)
    deep = sign_in("deep")
    tick_and_untick(owner, deep, asker, username="deep", role="Ground")


def create_role(owner: Page, name: str, base: str) -> None:
    """Make a role from the list's own link, on another or with three cells of its own."""
    owner.locator("#content").get_by_role("link", name="Add Role").click()
    owner.get_by_label("Name", exact=True).fill(name)
    if base:
        owner.get_by_label("Based on", exact=True).select_option(label=f"{base} (10)")
    else:
        for action in ("View", "Edit"):
            owner.get_by_role("checkbox", name=f"Contacts: {action}", exact=True).check()
    owner.get_by_role("button", name="Create Role").click()
    expect(owner.get_by_text("is created")).to_be_visible()


def test_inherited_cells_of_three_layers_say_where_they_come_from(sign_in):
    owner = sign_in("owner")
    open_role(owner, "Regional Salesperson")
    cell = owner.get_by_role("checkbox", name="Contacts: View", exact=True)
    expect(cell).to_be_checked()
    expect(cell).to_be_disabled()
    expect(cell).to_have_accessible_description("inherited from User")
    expect(
        owner.get_by_role("checkbox", name="Targets: View", exact=True)
    ).to_have_accessible_description("inherited from Salesperson")
    focus = owner.get_by_role("group", name="Contacts: View inherited from User")
    focus.focus()
    expect(owner.get_by_text("inherited from User").first).to_be_visible()
    assert owner.problems == []
