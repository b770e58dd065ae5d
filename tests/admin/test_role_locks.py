"""The role page for somebody who is no Owner: what is not theirs to give is locked (D4, D10)."""

import re

import pytest

from roles.models import Role
from roles.services.loading import read_role
from tests.factories import make_role

from .conftest import signed_in, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(db):
    """Rank 50, may administer roles, and has contacts of their team but no export of them."""
    make_role(
        "chief",
        level=50,
        permissions="roles.view roles.create roles.edit contacts.view contacts.edit tasks.comment",
        records={"contacts": "team"},
        privileges="app.crm",
    )
    return signed_in("chief", "chief")


@pytest.fixture
def rep(db):
    return make_role(
        "rep",
        permissions="contacts.view contacts.export deals.view tasks.comment",
        privileges="app.pay",
        records={"contacts": "team", "deals": "all"},
        fields={"deals": {"margin": "hidden"}},
    )


def stored(role):
    return read_role(Role.objects.get(pk=role.pk))


def cell(page, code):
    """Give the tag of a cell's checkbox, and the words that describe it."""
    tag = re.search(rf'<input type="checkbox"[^>]*value="{re.escape(code)}"[^>]*>', page).group()
    why = re.search(rf'id="why-permission-{code.replace(".", "-")}">([^<]*)<', page).group(1)
    return tag, why


def post(client, role, form_of, **changes):
    """Post what a browser would, locked cells and selects left out, with these changes."""
    data = form_of(client, role)
    page = client.get(url_of(role)).context["form"]
    data["permissions"] = [c for c in data["permissions"] if c not in page.locked]
    return client.post(url_of(role), data | changes)


def test_a_locked_cell_shows_as_it_is_and_says_why_in_words(chief, rep):
    page = chief.get(url_of(rep)).content.decode()
    tag, why = cell(page, "leads.export")
    assert "disabled" in tag and "checked" not in tag
    assert why == (
        "You cannot give Export on Leads because you do not have it yourself. Ask an Owner."
    )
    tag, why = cell(page, "contacts.export")
    assert "disabled" in tag and "checked" in tag
    assert why.startswith("You cannot take away Export on Contacts")
    for code in ("contacts.view", "contacts.edit", "tasks.comment"):
        tag, why = cell(page, code)
        assert "disabled" not in tag and why == ""


def test_an_owner_meets_no_lock(rep):
    page = signed_in("olga", "owner").get(url_of(rep))
    assert page.context["form"].locked == {}
    assert 'name="scope:deals"' in page.content.decode()


def test_a_select_of_what_is_not_theirs_is_words(chief, rep):
    page = chief.get(url_of(rep)).content.decode()
    assert 'name="scope:contacts:view"' in page
    assert 'name="field:contacts:phone"' in page
    assert 'name="scope:deals"' not in page and 'name="field:deals:margin"' not in page


def choices(page, name):
    """Give the choices of a select that can be chosen, and those that cannot."""
    select = re.search(rf'<select name="{re.escape(name)}".*?</select>', page, re.S).group()
    found = re.findall(r'<option value="([^"]*)"([^>]*)>', select)
    refused = {value for value, rest in found if "disabled" in rest}
    return {value for value, _rest in found} - refused, refused


def test_a_select_offers_no_wider_choice_than_theirs_and_says_so(chief, rep):
    page = chief.get(url_of(rep)).content.decode()
    assert choices(page, "scope:contacts:view") == (
        {"", "own", "team"},
        {"department", "reporting_line", "all"},
    )
    beyond = re.search(r'data-beyond="scope:contacts:view">([^<]*)<', page).group(1)
    assert 'name="scope:contacts"' not in page  # it would move the export too
    assert beyond == "Not yours to choose (D4): Department, Reporting line, All."
    owner = signed_in("olga", "owner").get(url_of(rep)).content.decode()
    assert choices(owner, "scope:contacts:view")[1] == set()


def test_a_field_is_offered_as_far_as_it_is_open_to_them(rep):
    make_role(
        "clerk",
        level=40,
        permissions="roles.view roles.edit contacts.view",
        records={"contacts": "all"},
        fields={"contacts": {"phone": "read_only"}},
    )
    make_role("low", permissions="contacts.view", fields={"contacts": {"phone": "hidden"}})
    role = Role.objects.get(code="low")
    page = signed_in("cleo", "clerk").get(url_of(role)).content.decode()
    assert choices(page, "field:contacts:phone") == ({"hidden", "read_only"}, {"", "editable"})
    assert choices(page, "field:contacts:title")[1] == set()


def test_what_is_typed_is_limited_to_what_they_can_give(chief, rep):
    fields = chief.get(url_of(rep)).context["form"].fields
    assert fields["level"].widget.attrs["max"] == 49 and "0–49" in fields["level"].help_text
    assert "app.crm" in fields["privileges"].help_text
    assert fields["privileges"].widget.attrs["data-keeps"] == "app.pay"
    owners = signed_in("olga", "owner").get(url_of(rep)).context["form"].fields
    assert owners["level"].widget.attrs["max"] == 100
    assert "data-keeps" not in owners["privileges"].widget.attrs


def test_the_script_is_told_what_can_still_be_chosen(chief, rep, form_of):
    """A base that brings more takes choices away, before anything is saved."""
    make_role("wide", permissions="contacts.view", records={"contacts": {"export": "all"}})
    data = form_of(chief, rep) | {"base": "wide"}
    url = url_of(rep).replace("change", "impact")
    before, after = (chief.post(url, d).json() for d in (form_of(chief, rep), data))
    assert before["controls"]["scope:contacts:view"]["refused"] == [
        "all",
        "department",
        "reporting_line",
    ]
    assert isinstance(after["bases"], list) and "wide" not in after["bases"]


def test_a_new_role_is_begun_with_no_more_than_theirs(chief):
    make_role("high", level=80, permissions="contacts.view")
    make_role("full", permissions="deals.view")
    page = chief.get(f"{url_of(None)}?base=high").context["form"]
    assert (page.initial["base"], page.initial["level"]) == ("high", 49)
    answer = chief.get(f"{url_of(None)}?base=full", follow=True)
    assert answer.context["form"].initial["base"] == ""
    assert "its base" in answer.content.decode()


@pytest.mark.parametrize(("code", "offered"), [("plain", True), ("rep", False)])
def test_only_a_role_that_is_theirs_to_give_is_offered_as_a_base(chief, rep, code, offered):
    make_role("plain", permissions="contacts.view")
    page = chief.get(url_of(Role.objects.get(code=code))).content.decode()
    assert ("Base a Role on This" in page) == offered
    bulk = chief.get(f"/roles/role/bases/?roles={rep.pk}").content.decode()
    assert (f'<option value="{code}"' in bulk) == offered


def test_a_save_keeps_every_locked_cell_and_select_as_it_was(chief, rep, form_of):
    """Interfaces, section 5: a save changes only what the page let the person change."""
    before = stored(rep)
    ticked = ["contacts.view", "contacts.edit"]  # tasks.comment unticked
    assert post(chief, rep, form_of, permissions=ticked).status_code == 302
    after = stored(rep)
    assert after == before.with_changes(
        permissions=(before.permissions | {"contacts.edit"}) - {"tasks.comment"}
    )


def test_a_page_that_is_only_sent_back_changes_nothing(chief, rep, form_of):
    before = stored(rep)
    assert post(chief, rep, form_of).status_code == 302
    assert stored(rep) == before


@pytest.mark.parametrize(
    "forged",
    [
        {"permissions": ["contacts.view", "leads.export"]},
        {"permissions": ["contacts.view", "tasks.comment", "deals.export"]},
        {"scope:deals": "own"},
        {"scope:contacts": "all"},
        {"field:deals:margin": "editable"},
        {"privileges": "app.pay, app.new"},
        {"privileges": ""},
        {"level": "50"},
        {"base": "user"},
    ],
)
def test_a_forged_post_is_refused_whole(chief, rep, form_of, forged):
    """Worked example 5; the same post is the Owner's to make."""
    before = stored(rep)
    answer = post(chief, rep, form_of, name="Renamed", **forged)
    assert answer.status_code == 200 and answer.context["form"].errors
    assert stored(rep) == before
    owner = signed_in("olga", "owner")
    assert post(owner, rep, form_of, name="Renamed", **forged).status_code == 302
    assert stored(rep).name == "Renamed"


def test_what_would_be_refused_is_said_before_it_is_saved(chief, rep, form_of):
    """The script's question and the look at the impact answer as the save does."""
    data = form_of(chief, rep) | {"scope:contacts": "all"}
    data["permissions"] = ["contacts.view", "tasks.comment"]
    answer = chief.post(url_of(rep).replace("change", "impact"), data).json()
    assert "reach is narrower" in " ".join(answer["problems"][""])
    assert answer["cells"]["contacts.export"]["kind"] == "locked"


def test_a_new_role_begins_with_nothing_that_is_not_theirs_to_give(chief, rep, form_of):
    data = form_of(chief, None) | {"name": "Mine", "permissions": ["contacts.view"]}
    refused = chief.post(url_of(None), data | {"permissions": ["contacts.export"]})
    assert refused.status_code == 200 and not Role.objects.filter(name="Mine").exists()
    assert chief.post(url_of(None), data).status_code == 302
    assert stored(Role.objects.get(name="Mine")).permissions == {"contacts.view"}


def test_only_bases_that_are_theirs_to_give_are_offered(chief, rep):
    make_role("plain", permissions="contacts.view")
    page = chief.get(url_of(rep))
    offered = {code for code, _label in page.context["form"].fields["base"].choices}
    assert "plain" in offered and not {"user", "manager", "administrator"} & offered


def test_a_role_that_is_not_below_is_shown_and_cannot_change(chief):
    """D3."""
    peer = make_role("peer", level=50, permissions="contacts.view")
    page = chief.get(url_of(peer))
    assert page.status_code == 200 and "D3" in page.context["frozen"]
    assert chief.post(url_of(peer), {"name": "Mine"}).status_code == 403
    assert stored(peer).name == "Peer"


def test_what_stands_on_a_deleted_role_is_offered_only_what_is_theirs_to_give(db):
    """D9 within D4: nobody holds the role, another one is based on it."""
    make_role("keeper", level=50, permissions="roles.view roles.edit roles.delete contacts.view")
    low = make_role("low", permissions="contacts.view")
    make_role("heir", base="low")
    make_role("plain", permissions="contacts.view")
    make_role("full", permissions="deals.view")
    url = f"/roles/role/{low.pk}/delete/"
    page = signed_in("kim", "keeper").get(url).content.decode()
    assert 'value="plain"' in page and 'value="full"' not in page
    owners = signed_in("olga", "owner").get(url).content.decode()
    assert 'value="plain"' in owners and 'value="full"' in owners
