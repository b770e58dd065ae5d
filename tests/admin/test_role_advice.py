"""Section 7: the form advises on the role as it stands, links to the place, and never refuses."""

import re

import pytest

from roles.core.vocabulary import FieldLevel
from roles.models import Role
from tests.factories import make_role, make_user

from .conftest import only_looking, url_of
from .test_role_impact import ask


def advice(client, role, data) -> dict[str, str]:
    """Give the advice on the form as it stands: the words by the place they link to."""
    given = ask(client, role, data)["advice"]
    assert all(piece["level"] == "advice" for piece in given)
    return {piece["place"]: piece["text"] for piece in given}


@pytest.fixture
def good(db) -> Role:
    """A role that leaves nothing to say."""
    make_user("ann", make_role("good", description="Sells.", permissions="contacts.view"))
    return Role.objects.get(code="good")


def test_a_role_that_is_as_it_should_be_gets_no_advice(owner, good, form_of):
    assert advice(owner, good, form_of(owner, good)) == {}
    assert owner.get(url_of(good)).context["outlook"].advice == ()


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        ({"permissions": ["deals.export"]}, "permission-deals-export", "without Deals: View"),
        ({"permissions": ["admin.view"]}, "permission-admin-view", "below level 50"),
        ({"level": "100"}, "id_level", "Level 100"),
        ({"description": " "}, "id_description", "no description"),
        ({"name": "Role 4"}, "id_name", "Sales Rep"),
        ({"privileges": "crm"}, "id_privileges", "“crm” has no dot"),
        ({"privileges": "deals.exports"}, "id_privileges", "not the system permission"),
        (
            {"permissions": ["deals.view", "deals.export"], "scope:deals": "all"},
            "permission-deals-export",
            "scope All",
        ),
        (
            {
                "permissions": ["contacts.view", "contacts.create"],
                "field:contacts:last_name": "hidden",
            },
            "permission-contacts-create",
            "“last name”",
        ),
    ],
)
def test_each_piece_names_what_it_is_about_and_links_to_it(
    owner, good, form_of, typed, place, words
):
    given = advice(owner, good, form_of(owner, good) | typed)
    assert given.keys() == {place} and words in given[place]
    assert f'id="{place}"' in owner.get(url_of(good)).content.decode()


def test_a_role_that_nobody_holds_says_so_beside_its_people(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"description": "Sells."}
    assert advice(owner, rep_role, data) == {
        "people": "Nobody holds this role or one that is based on it."
    }
    make_user("ann", make_role("heir", base="rep"))
    assert advice(owner, rep_role, data) == {}
    assert "people" not in advice(owner, None, form_of(owner, None) | {"name": "New"})


def test_advice_follows_the_base_that_is_chosen(owner, good, form_of):
    data = form_of(owner, good) | {"permissions": ["deals.export"]}
    assert advice(owner, good, data | {"base": "user"}) == {}
    assert advice(owner, good, data).keys() == {"permission-deals-export"}


def test_advice_never_stands_in_the_way_of_a_save(owner, good, form_of):
    data = form_of(owner, good) | {"name": "Role 4", "level": "100", "description": ""}
    data["permissions"] = ["deals.export", "contacts.create"]
    data["field:contacts:last_name"] = "hidden"
    assert len(advice(owner, good, data)) == 5
    assert owner.post(url_of(good), data).status_code == 302
    assert len(owner.get(url_of(good)).context["outlook"].advice) == 6


@pytest.mark.parametrize("code", ["owner", "administrator", "manager", "user", "guest"])
def test_the_built_in_roles_as_shipped_get_no_advice(owner, code):
    """Nobody needs telling what the product chose: D8 lets few of it be changed."""
    assert owner.get(url_of(Role.objects.get(code=code))).context["outlook"].advice == ()


def test_who_may_change_nothing_gets_no_advice(db, rep_role):
    viewer = only_looking("ada")
    assert viewer.get(url_of(rep_role)).context["outlook"].advice == ()


def test_a_hidden_required_field_is_told_of_a_role_as_stored(owner, form_of):
    role = make_role(
        "odd",
        description="Odd.",
        permissions="contacts.view contacts.create",
        fields={"contacts": {"*": FieldLevel.HIDDEN.code}},
    )
    make_user("ann", role)
    texts = [hint.text for hint in owner.get(url_of(role)).context["outlook"].advice]
    assert len(texts) == 1 and re.search("required field “last name”", texts[0])


# D8


def test_a_system_role_says_how_many_people_a_change_reaches(owner, form_of):
    manager = Role.objects.get(code="manager")
    assert note(owner, manager) == (
        "Manager is a system role: what you change here reaches 0 people at once."
    )
    make_user("ann", "manager")
    make_user("ben", make_role("director", base="manager"))
    assert note(owner, manager).endswith("reaches 2 people at once.")
    make_user("carl", "user")
    assert note(owner, Role.objects.get(code="user")).endswith("reaches 1 person at once.")


def test_owner_and_a_role_of_one_s_own_give_no_such_warning(owner, rep_role):
    """Owner's grants never change (D8)."""
    assert note(owner, Role.objects.get(code="owner")) == ""
    assert note(owner, rep_role) == ""


def note(client, role) -> str:
    """Give the warning as the page shows it, or ""."""
    answer = client.get(url_of(role))
    words = answer.context["system_note"]
    assert not words or answer.content.decode().count(words) == 1
    return words
