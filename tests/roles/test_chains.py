"""R3, R4: a cycle, a 17th layer and Owner as a base are refused by any road that saves."""

from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from roles.models import Role
from roles.models.role import free_code
from tests.factories import fetch, make_role, make_user, role_of

pytestmark = pytest.mark.django_db


def chain(length, prefix="r"):
    """Store a chain, the bottom first."""
    roles = []
    for number in range(length):
        roles.append(make_role(f"{prefix}{number}", base=roles[-1] if roles else None))
    return roles


def refused(role, base, kind):
    """Expect that saving `role` on `base` is refused as `kind`, and that nothing is stored."""
    stored = Role.objects.filter(pk=role.pk).values_list("base_id", flat=True).first()
    role.base = base
    with pytest.raises(ValidationError) as caught:
        role.save()
    assert caught.value.error_dict["base"][0].message
    assert caught.value.message_dict.keys() == {"base"}
    assert kind in str(caught.value)
    assert Role.objects.filter(pk=role.pk).values_list("base_id", flat=True).first() == stored


@pytest.mark.parametrize("length", [1, 2, 3, 16])
def test_a_cycle_of_any_length_is_refused(length):
    roles = chain(length)
    refused(roles[0], roles[-1], "is itself based on this role")


def test_a_base_that_leads_into_another_branch_is_no_cycle():
    low, left, right = make_role("low"), make_role("left", base="low"), make_role("right")
    right.base = left
    right.save()
    assert [r.base_id for r in (low, left, right)] == [None, low.pk, left.pk]


def test_a_seventeenth_layer_on_top_is_refused_and_the_sixteenth_is_not():
    roles = chain(15)
    sixteenth = Role(name="Sixteenth", base=roles[-1])
    sixteenth.save()
    seventeenth = Role(name="Seventeenth", base=sixteenth)
    refused(seventeenth, sixteenth, "more than 16")
    assert not Role.objects.filter(name="Seventeenth").exists()


def test_a_seventeenth_layer_from_below_is_refused_and_the_sixteenth_is_not():
    roles = chain(15)
    roles[0].base = make_role("ground")
    roles[0].save()
    refused(role_of("ground"), make_role("deeper"), "more than 16")


@pytest.mark.parametrize(("above", "below", "fits"), [(8, 8, True), (8, 9, False), (1, 16, False)])
def test_two_chains_are_joined_only_where_both_together_have_sixteen(above, below, fits):
    upper, lower = chain(above, "up"), chain(below, "low")
    if not fits:
        refused(upper[0], lower[-1], "more than 16")
        return
    upper[0].base = lower[-1]
    upper[0].save()
    assert Role.objects.get(pk=upper[0].pk).base_id == lower[-1].pk


def test_the_longest_branch_above_counts():
    roles = chain(10)
    for number in range(5):
        make_role(f"twig{number}", base=roles[0])
    ground = chain(6, "ground")
    roles[0].base = ground[-1]
    roles[0].save()
    refused(ground[0], make_role("cellar"), "more than 16")


def test_no_role_is_based_on_owner_directly_or_by_way_of_another():
    """R3: Owner itself has no base, and what would stand on it is refused."""
    refused(make_role("rep"), role_of("owner"), "based on Owner")
    refused(Role(name="New"), role_of("owner"), "based on Owner")
    role = make_role("on-user", base="user")
    assert role.base == role_of("user")


def test_a_role_can_be_given_no_base_again():
    _low, high = chain(2)
    high.base = None
    high.save()
    assert Role.objects.get(pk=high.pk).base_id is None


def test_a_cycle_that_was_stored_past_save_hurts_nobody():
    """R4: nobody refuses a bulk `update`; what is stored then ends where it began."""
    roles = [make_role(code, permissions=f"{code}.view") for code in ("leads", "deals", "tasks")]
    user = make_user("ann", "leads")
    for one, two in pairwise([*roles, roles[0]]):
        Role.objects.filter(pk=one.pk).update(base=two)
    found = fetch(user)
    assert found.get_all_permissions() >= {"leads.view", "deals.view", "tasks.view"}
    assert not found.has_perm("contacts.view")
    fourth = Role(name="Fourth", base=roles[0])
    fourth.save()
    roles[0].refresh_from_db()
    roles[0].base = None
    roles[0].save()
    assert Role.objects.get(code="leads").base_id is None


# Codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Sales Rep", "sales-rep"),
        ("Équipe", "equipe"),
        ("営業", "営業"),
        ("Отдел", "отдел"),
        ("!!!", "role"),
        ("x" * 100, "x" * 95),
    ],
)
def test_a_code_is_a_slug_of_the_first_name_and_free(name, code):
    assert free_code(name) == code
    role = Role(name=name)
    role.save()
    assert role.code == code
    assert free_code(name) == f"{code}-2"
    role.name = "Renamed"
    role.save()
    assert Role.objects.get(pk=role.pk).code == code


def test_codes_that_begin_alike_do_not_block_each_other():
    for code in ("rep", "rep-3", "report"):
        make_role(code)
    assert free_code("Rep") == "rep-2"
    make_role("rep-2", name="Second")
    assert free_code("Rep") == "rep-4"
