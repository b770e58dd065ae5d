"""The base of several roles is changed at once: many singles, all or none (R4, R25, D8)."""

import pytest
from django.db import transaction

from roles import policy
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, Role
from roles.services.bases import change_bases, plan_bases
from roles.services.loading import read_role
from roles.snapshots import load_policy
from tests.factories import fetch, give, make_role, make_user


def bases() -> dict[str, str | None]:
    return dict(Role.objects.values_list("code", "base__code"))


def roles(*codes: str) -> list[Role]:
    found = {role.code: role for role in Role.objects.select_related("base")}
    return [found[code] for code in codes]


@pytest.fixture
def three(db):
    """Sales and Lone on none, Field on Sales; Ground, on which they may come to stand."""
    make_role("ground", permissions="contacts.view contacts.export", records={"contacts": "all"})
    make_role("sales", permissions="contacts.view leads.view", privileges="app.sales")
    make_role("field", base="sales")
    make_role("lone", permissions="tasks.view")


def test_each_role_gets_the_base_and_an_entry_of_its_own(owner, three):
    """D13."""
    done = change_bases(acting_user=owner, roles=roles("sales", "lone"), base="ground")
    assert sorted(done.changed) == ["lone", "sales"]
    assert {c: b for c, b in bases().items() if b} == {
        "sales": "ground",
        "lone": "ground",
        "field": "sales",
    }
    entries = AuditEntry.objects.filter(action="role.changed").order_by("subject_name")
    assert [(e.subject_name.lower(), e.changes) for e in entries] == [
        ("lone", [{"field": "base", "old": None, "new": "ground"}]),
        ("sales", [{"field": "base", "old": None, "new": "ground"}]),
    ]


def test_several_roles_are_taken_off_their_bases(owner, three):
    change_bases(acting_user=owner, roles=roles("field", "lone"), base=None)
    assert bases()["field"] is None
    assert AuditEntry.objects.filter(action="role.changed").count() == 1


@pytest.mark.parametrize(
    ("chosen", "base", "words"),
    [
        (("lone", "user"), "ground", "D8"),
        (("lone", "sales"), "field", "itself based on this role"),
        (("lone", "field"), "field", "itself based on this role"),
        (("lone",), "owner", "based on Owner"),
        (("lone",), "nobody", "nobody"),
    ],
)
def test_where_one_cannot_be_changed_nothing_is(owner, three, chosen, base, words):
    """R25; the twins are above."""
    before = bases()
    with pytest.raises(Refused, match=words):
        change_bases(acting_user=owner, roles=roles(*chosen), base=base)
    assert bases() == before
    assert not AuditEntry.objects.filter(action="role.changed").exists()


def test_the_others_are_changed_where_the_actor_chose_to_skip(owner, three):
    done = change_bases(
        acting_user=owner, roles=roles("user", "sales", "lone"), base="field", skip_refused=True
    )
    assert done.changed == ["lone"]
    assert done.refused.keys() == {"user", "sales"}
    assert bases()["lone"] == "field"


def test_a_17th_layer_is_refused_and_a_16th_is_not(owner, db):
    """R4."""
    base = None
    for number in range(15):
        base = make_role(f"r{number}", base=base)
    make_role("low")
    make_role("high", base="low")
    with pytest.raises(Refused, match="more than 16"):
        change_bases(acting_user=owner, roles=roles("low"), base="r14")
    change_bases(acting_user=owner, roles=roles("low"), base="r13")
    assert len(load_policy().role("high").chain) == 16


def test_what_stands_on_a_chosen_role_leaves_it_first(owner, db):
    """Low and High together fit on 15 layers, whatever order they were chosen in."""
    base = None
    for number in range(15):
        base = make_role(f"r{number}", base=base)
    make_role("low")
    make_role("high", base="low")
    chosen = roles("low", "high")
    assert len(plan_bases(acting_user=owner, roles=chosen, base="r14").changed) == 2
    change_bases(acting_user=owner, roles=chosen, base="r14")
    assert bases()["high"] == bases()["low"] == "r14"


def test_bases_are_changed_by_whoever_may_edit_roles_and_covers_both(owner, three):
    """D1, D4: an administrator covers Ground; someone who may not edit roles changes none."""
    before = bases()
    with pytest.raises(Refused, match="D1"):
        change_bases(acting_user=make_user("una"), roles=roles("lone"), base="ground")
    editor = make_role("editor", level=50, permissions="roles.view roles.edit tasks.view")
    eddy = make_user("eddy", editor)
    with pytest.raises(Refused, match="“Ground” gives"):
        change_bases(acting_user=eddy, roles=roles("lone"), base="ground")
    assert bases() == before | {"editor": None}
    change_bases(acting_user=make_user("ada", "administrator"), roles=roles("lone"), base="ground")
    assert bases()["lone"] == "ground"


def test_the_plan_says_what_goes_beyond_the_actor_as_the_change_then_does(owner, three):
    """D4, R25: what they may not is refused, the rest is done where they choose to skip."""
    make_role("plain", permissions="tasks.view")
    editor = make_role("editor", level=50, permissions="roles.view roles.edit tasks.view")
    eddy, chosen = make_user("eddy", editor), roles("lone", "sales")
    make_role("high", level=50)
    chosen += roles("high")
    plan = plan_bases(acting_user=eddy, roles=chosen, base="plain")
    reasons = {step.role.code: step.because for step in plan.refused}
    assert set(reasons) == {"high"} and "D3" in reasons["high"]
    with pytest.raises(Refused, match="Nothing was saved"):
        change_bases(acting_user=eddy, roles=chosen, base="plain")
    done = change_bases(acting_user=eddy, roles=chosen, base="plain", skip_refused=True)
    assert (sorted(done.changed), set(done.refused)) == (["lone", "sales"], {"high"})


def test_what_was_seen_must_still_stand(owner, three):
    """No silent overwrite: what it would do was worked out on another policy."""
    plan = plan_bases(acting_user=owner, roles=roles("lone"), base="ground")
    make_role("other")
    with pytest.raises(Refused, match="meanwhile"):
        change_bases(acting_user=owner, roles=roles("lone"), base="ground", seen=plan.version)
    assert bases()["lone"] is None
    again = plan_bases(acting_user=owner, roles=roles("lone"), base="ground")
    change_bases(acting_user=owner, roles=roles("lone"), base="ground", seen=again.version)
    assert bases()["lone"] == "ground"


def test_a_role_that_is_gone_is_refused_by_its_name(owner, three):
    (lone,) = roles("lone")
    Role.objects.filter(code="lone").delete()
    assert (
        "does not exist"
        in plan_bases(acting_user=owner, roles=[lone], base="ground").refused[0].because
    )
    with pytest.raises(Refused, match="does not exist"):
        change_bases(acting_user=owner, roles=[lone], base="ground")


# What it would do


def test_the_plan_says_what_each_role_gains_and_loses(owner, three):
    """R4: what the base brought goes, what the new one brings comes; own grants stay."""
    plan = plan_bases(acting_user=owner, roles=roles("field", "sales"), base="ground")
    found = {step.role.code: step.marks for step in plan.changed}
    assert found["field"] == {
        ("lost", "leads.view"),
        ("lost", "app.sales"),
        ("gained", "contacts.export"),
        ("records", "contacts"),
    }
    assert found["sales"] == {("gained", "contacts.export"), ("records", "contacts")}


def test_the_plan_names_what_changes_along_and_whom_it_reaches(owner, three):
    """D6: Field is based on Sales."""
    ann = make_user("ann", "field")
    give(ann, "sales")
    make_user("ben", "field")
    make_user("cleo", "lone")
    plan = plan_bases(acting_user=owner, roles=roles("sales"), base="ground")
    assert [code for code, _marks in plan.along] == ["field"]
    assert plan.people == 2


def test_the_plan_keeps_to_what_the_change_then_does(owner, three):
    """The reasons, the roles that change and the ones that stand already are the service's."""
    make_role("on-ground", base="ground")
    chosen = roles("user", "on-ground", "ground", "sales", "field", "lone")
    for base in ("ground", "field", "sales", "owner", None):
        plan = plan_bases(acting_user=owner, roles=chosen, base=base)
        reasons = {step.role.code: step.because for step in plan.refused}
        before = {code: load_policy().role(code) for code in bases()}
        with transaction.atomic():
            done = change_bases(acting_user=owner, roles=chosen, base=base, skip_refused=True)
            gained = {
                step.role.code: load_policy().role(step.role.code).permissions.keys()
                - before[step.role.code].permissions.keys()
                for step in plan.changed
            }
            transaction.set_rollback(True)
        assert done.refused == reasons
        assert sorted(done.changed) == sorted(step.role.code for step in plan.changed)
        for step in plan.changed:
            said = {name for kind, name in step.marks if kind == "gained" and "." in name}
            assert gained[step.role.code] <= said


def test_an_unknown_base_has_no_plan(owner, three):
    with pytest.raises(Invalid, match="nobody"):
        plan_bases(acting_user=owner, roles=roles("lone"), base="nobody")


def test_looking_changes_nothing(owner, three):
    before, version = read_role(roles("lone")[0]), load_policy().version
    plan_bases(acting_user=owner, roles=roles("lone"), base="ground")
    assert (read_role(roles("lone")[0]), load_policy().version) == (before, version)


def test_a_plan_needs_no_more_queries_for_more_roles(owner, three, django_assert_num_queries):
    few, owner = roles("lone", "sales"), fetch(owner)
    assert policy.is_owner(owner)
    with django_assert_num_queries(2):
        plan_bases(acting_user=owner, roles=few, base="ground")
    many = [make_role(f"r{number}") for number in range(50)]
    load_policy()
    with django_assert_num_queries(2):
        plan_bases(acting_user=owner, roles=many, base="ground")


def test_skipping_the_refused_is_no_way_round_who_may_administer(owner, three):
    """D1: refused as a whole, not role by role; the Owner's same call goes through."""
    stranger, before = make_user("ada", "manager"), bases()
    call = {"roles": roles("sales"), "base": "ground", "skip_refused": True}
    with pytest.raises(Refused, match="D1"):
        change_bases(acting_user=stranger, **call)
    assert bases() == before
    assert change_bases(acting_user=owner, **call).changed == ["sales"]
