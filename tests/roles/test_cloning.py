"""A clone begins with what its maker may give of the source, and no more (D3, D4, D10)."""

import pytest

from roles.services.cloning import clone_for
from roles.services.role import create_role
from tests.factories import fetch, make_role, make_user

pytestmark = pytest.mark.django_db
SOURCE = "contacts.view contacts.edit admin.view tasks.comment"


@pytest.fixture
def source(db):
    make_role("floor", permissions="deals.view")
    return make_role(
        "source",
        level=60,
        base="floor",
        permissions=SOURCE,
        privileges=["app.crm"],
        records={"contacts": "all"},
    )


def maker(permissions, **values):
    """Give somebody at level 50 who makes roles and has these permissions."""
    role = make_role(permissions=f"roles.create roles.view {permissions}", level=50, **values)
    return fetch(make_user("max", role))


def test_an_owner_leaves_out_nothing(source):
    start = clone_for(fetch(make_user("olga", "owner")), source)
    assert start.left_out == ()
    assert (start.spec.level, start.spec.base, start.spec.privileges) == (60, "floor", {"app.crm"})


def test_what_is_not_covered_is_left_out_and_named(source):
    """D4: a narrower scope covers no wider one; what implies goes with what it implies."""
    start = clone_for(maker("contacts.view contacts.edit tasks.comment"), source)
    left = ("level", "base", "admin.view", "contacts.edit", "contacts.view", "app.crm")
    assert start.left_out == left
    assert start.spec.permissions == {"tasks.comment"}
    assert (start.spec.level, start.spec.base, start.spec.privileges) == (49, None, frozenset())


def test_what_is_covered_stays(source):
    start = clone_for(
        maker(
            "contacts.view contacts.edit deals.view privileges.define",
            records={"contacts": "all"},
        ),
        source,
    )
    assert start.left_out == ("level", "admin.view", "tasks.comment")
    assert (start.spec.base, start.spec.privileges) == ("floor", {"app.crm"})


@pytest.mark.parametrize("permissions", ["", "contacts.view", SOURCE + " deals.view"])
def test_whatever_a_clone_begins_with_can_be_saved(source, permissions):
    max_ = maker(permissions, records={"contacts": "all"})
    start = clone_for(max_, source)
    role = create_role(acting_user=max_, wanted=start.spec.with_changes(name="Copy"))
    assert role.level < 50
