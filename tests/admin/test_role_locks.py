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
