"""What makes a role unfit to be stored: each message at its field, and nothing is stored."""

import pytest
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType

from roles import policy
from roles.core.changes import RoleChanges, difference
from roles.core.errors import Invalid
from roles.core.names import normalise
from roles.core.specs import RoleSpec
from roles.models import AuditEntry, CustomPrivilege, Permission, Role
from roles.services.loading import read_role
from roles.services.role import change_role, create_role
from tests.factories import fetch, levels, make_role, make_user, role_of, scopes

FINE = RoleSpec(
    code="fine",
    name="Fine",
    level=10,
    base="user",
    permissions=frozenset({"leads.view", "tasks.comment", "users.invite"}),
    privileges=frozenset({"report.export", "レポート.ひらく"}),
    records=scopes({"leads": {"*": "team", "export": "own all"}}),
    fields=levels({"leads": {"phone": "hidden", "*": "read_only"}}),
)

CASES = [
    # field, what is wanted, a word of the message
    ("permissions", {"permissions": {"leads.frobnicate"}}, "no such permission"),
    ("permissions", {"permissions": {"galaxies.view"}}, "no such permission"),
    ("permissions", {"permissions": {"leads"}}, "no such permission"),
    ("permissions", {"permissions": {"*"}}, "no such permission"),
    ("permissions", {"permissions": {"Leads.View"}}, "no such permission"),
    ("permissions", {"permissions": {"crm.view_lead"}}, "no such permission"),
    ("permissions", {"permissions": {"leads.invite"}}, "does not apply to Leads"),
    ("permissions", {"permissions": {"activities.delete"}}, "does not apply to Activities"),
    ("level", {"level": -1}, "0 to 100"),
    ("level", {"level": 101}, "0 to 100"),
    ("level", {"level": "10"}, "0 to 100"),
    ("level", {"level": None}, "0 to 100"),
    ("level", {"level": 9.5}, "0 to 100"),
    ("name", {"name": ""}, "Give the role a name"),
    ("name", {"name": " \u00a0"}, "Give the role a name"),
    ("name", {"name": "x" * 101}, "at most 100"),
    ("name", {"name": "MANAGER"}, "named “Manager” exists"),
    ("name", {"name": " équipe "}, "named “ÉQUIPE” exists"),
    ("base", {"base": "no-such-role"}, "no role “no-such-role”"),
    ("base", {"base": "owner"}, "based on Owner"),
    ("privileges", {"privileges": {"contacts.view"}}, "system permission"),
    ("privileges", {"privileges": {"contacts.invite"}}, "system permission"),
    ("privileges", {"privileges": {"leave.approve"}}, "system permission"),
    ("privileges", {"privileges": {"crm.view_contact"}}, "installed app"),
    ("privileges", {"privileges": {"auth.view_group"}}, "installed app"),
    ("privileges", {"privileges": {"\u0441ontacts.view"}}, "mixes letters of Cyrillic, Latin"),
    ("privileges", {"privileges": {"report export"}}, "holds “ ”"),
    ("privileges", {"privileges": {""}}, "needs a name"),
    ("privileges", {"privileges": {"x" * 101}}, "longer than 100"),
    ("records", {"records": scopes({"galaxies": "own"})}, "no record access"),
    ("records", {"records": scopes({"users": "own"})}, "no record access"),
    ("records", {"records": scopes({"leads": "galaxy"})}, "no scope “galaxy”"),
    ("records", {"records": scopes({"leads": {"frobnicate": "own"}})}, "does not apply to Leads"),
    ("records", {"records": scopes({"leads": {"invite": "own"}})}, "does not apply to Leads"),
    ("fields", {"fields": levels({"galaxies": {"phone": "hidden"}})}, "no module “galaxies”"),
    ("fields", {"fields": levels({"leads": {"frobnicate": "hidden"}})}, "no field “frobnicate”"),
    ("fields", {"fields": levels({"leads": {"created_at": "hidden"}})}, "no field “created_at”"),
    ("fields", {"fields": levels({"leads": {"id": "hidden"}})}, "no field “id”"),
]


@pytest.fixture
def owner_and_others(owner):
    make_role("equipe", name="ÉQUIPE")
    return owner


def state():
    return set(Role.objects.values_list("code", "name")), set(CustomPrivilege.objects.all())


def test_a_role_without_a_fault_is_stored(owner):
    assert read_role(create_role(acting_user=owner, wanted=FINE)) == FINE


@pytest.mark.parametrize(("field", "values", "words"), CASES)
def test_a_fault_is_named_at_its_field_and_nothing_is_stored(
    owner_and_others, field, values, words
):
    before, entries = state(), AuditEntry.objects.count()
    frozen = {k: frozenset(v) if isinstance(v, set) else v for k, v in values.items()}
    with pytest.raises(Invalid) as caught:
        create_role(acting_user=owner_and_others, wanted=FINE.with_changes(**frozen))
    assert caught.value.errors.keys() == {field}
    assert words in str(caught.value)
    assert (state(), AuditEntry.objects.count()) == (before, entries)


def test_a_change_is_held_to_the_same(owner_and_others):
    role = create_role(acting_user=owner_and_others, wanted=FINE)
    for field, values, words in CASES:
        frozen = {k: frozenset(v) if isinstance(v, set) else v for k, v in values.items()}
        wanted = difference(FINE, FINE.with_changes(**frozen))
        with pytest.raises(Invalid) as caught:
            change_role(acting_user=owner_and_others, role=role, changes=wanted)
        assert caught.value.errors.keys() == {field}, values
        assert words in str(caught.value)
        assert read_role(role_of("fine")) == FINE


def test_everything_that_is_wrong_is_said_at_once(owner):
    wanted = RoleSpec(
        code="x",
        name="",
        level=101,
        base="owner",
        permissions=frozenset({"leads.invite", "no.such", "leads.view"}),
        privileges=frozenset({"leads.view"}),
        records=scopes({"leads": "galaxy"}),
        fields=levels({"no": {"such": "hidden"}}),
    )
    with pytest.raises(Invalid) as caught:
        create_role(acting_user=owner, wanted=wanted)
    assert list(caught.value.errors) == [
        *("name", "level", "base", "permissions", "privileges", "records", "fields")
    ]
    assert len(caught.value.errors["permissions"]) == 2


def test_a_code_that_is_taken_is_refused(owner):
    with pytest.raises(Invalid) as caught:
        create_role(acting_user=owner, wanted=FINE.with_changes(code="manager"))
    assert caught.value.errors.keys() == {"code"}


def test_a_role_may_keep_its_own_name_in_another_spelling(owner):
    role = create_role(acting_user=owner, wanted=FINE)
    change_role(
        acting_user=owner, role=role, changes=RoleChanges(values={"name": ("Fine", "FINE")})
    )
    assert role_of("fine").name == "FINE"


@pytest.mark.parametrize(("base", "words"), [("top", "itself based"), ("r15", "more than 16")])
def test_a_cycle_and_a_seventeenth_layer_are_named_at_the_base(owner, base, words):
    make_role("rep")
    make_role("top", base="rep")
    for number in range(16):
        make_role(f"r{number}", base=f"r{number - 1}" if number else None)
    rebase = RoleChanges(values={"base": (None, base)})
    with pytest.raises(Invalid) as caught:
        change_role(acting_user=owner, role=role_of("rep"), changes=rebase)
    assert caught.value.errors.keys() == {"base"} and words in str(caught.value)
    assert role_of("rep").base is None
    fits = RoleChanges(values={"base": (None, "r13")})
    assert change_role(acting_user=owner, role=role_of("rep"), changes=fits)


def test_what_was_stored_before_is_not_held_against_another_change(owner):
    """A grant that vanished from the code and a privilege that became shadowed both stay."""
    Permission.objects.create(code="gone.view", kind="module", is_declared=False)
    role = make_role("rep", privileges="app.crm")
    role.permissions.add("gone.view")
    kind = ContentType.objects.create(app_label="app", model="thing")
    AuthPermission.objects.create(content_type=kind, codename="crm", name="Crm")
    change_role(
        acting_user=owner, role=role, changes=RoleChanges(granted=frozenset({"leads.view"}))
    )
    found = read_role(role_of("rep"))
    assert found.permissions == {"gone.view", "leads.view"} and found.privileges == {"app.crm"}
    take_back = RoleChanges(
        revoked=frozenset({"gone.view"}), privileges_removed=frozenset({"app.crm"})
    )
    assert change_role(acting_user=owner, role=role, changes=take_back) == take_back
    again = RoleChanges(granted=frozenset({"gone.view"}))
    with pytest.raises(Invalid, match="no such permission"):
        change_role(acting_user=owner, role=role, changes=again)


def fields_refused(actor, wanted):
    """Give the fields at which the creation is refused, none where it is stored."""
    try:
        create_role(acting_user=actor, wanted=wanted)
    except Invalid as invalid:
        return set(invalid.errors)
    return set()


@pytest.mark.parametrize("name", ["Report.Export", "\uff52\uff45.\uff45\uff58", "Contacts.Delete"])
def test_a_privilege_is_stored_folded_or_refused(owner, name):
    wanted = RoleSpec(code="p", name="P", privileges=frozenset({name}))
    if fields_refused(owner, wanted) != {"privileges"}:
        assert CustomPrivilege.objects.filter(name=normalise(name)).exists()
        assert not fetch(make_user("", "p")).has_perm("Contacts.Delete")


def test_a_name_whose_folded_form_is_long_is_stored_or_refused_and_no_accident(owner):
    """One Arabic ligature folds into eighteen letters."""
    wanted = RoleSpec(code="long", name="\ufdfa" * 100)
    if fields_refused(owner, wanted) != {"name"}:
        assert role_of("long").name == wanted.name


@pytest.mark.parametrize("name", ["a\tb", "a\thidden\nleads\tphone", "a b", "", "x" * 101])
def test_a_field_of_a_module_without_a_model_has_a_name_at_least(owner, name):
    ann = make_user("ann", "user")
    wanted = RoleSpec(code="odd", name="Odd", fields=levels({"reports": {name: "hidden"}}))
    refused = fields_refused(owner, wanted)
    assert fetch(ann).has_perm("leads.view")  # whatever is stored, everybody else goes on
    assert refused == {"fields"}


def test_a_name_that_holds_odd_characters_is_read_as_it_is(owner):
    odd = RoleSpec(code="odd", name="A\tB\n“C”\\%s", permissions=frozenset({"leads.view"}))
    ann = make_user("ann", create_role(acting_user=owner, wanted=odd))
    assert f"{odd.name} gives leads.view" in policy.check(fetch(ann), "leads.view").because
