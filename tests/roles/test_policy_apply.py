"""`policy apply`: all of a file or nothing, one log entry for each role, and no second time."""

from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from roles import signals
from roles.core import clock
from roles.core.vocabulary import CHAIN_MAX
from roles.models import AuditEntry, Module, Permission, Role, RoleGrant
from roles.services.installation import load_role, switch_modules
from roles.services.loading import read_role
from tests.factories import give, levels, make_role, make_user, role_of, scopes, words

from .policy_files import apply, changes_anything, diff, document, export

pytestmark = pytest.mark.django_db

RICH = {
    "code": "rich",
    "description": "Says: “hello”\n# no comment",
    "level": 20,
    "base": "user",
    "second_factor": True,
    "permissions": ["leads.view", "leads.export", "tasks.comment"],
    "privileges": ["Report.Export", "app.crm"],
    "records": {"leads": {"*": ["department", "team"], "edit": "own"}, "contacts": "all"},
    "fields": {"leads": {"phone": "hidden", "*": "read_only"}},
}


def logged():
    entries = AuditEntry.objects.order_by("pk")
    return [(entry.action, entry.actor_name, entry.subject_name) for entry in entries]


def bases():
    return dict(Role.objects.filter(is_system=False).values_list("code", "base__code"))


def refused(written, *arguments):
    """Give what the command says against a file, of which nothing may have been saved."""
    before, entries = export(), AuditEntry.objects.count()
    with pytest.raises(CommandError) as caught:
        apply(written, *arguments)
    assert (export(), AuditEntry.objects.count()) == (before, entries)
    return str(caught.value)


# What is stored


def test_a_role_of_a_file_is_stored_as_it_is_written():
    apply(document(RICH))
    stored = read_role(role_of("rich"))
    assert (stored.name, stored.description, stored.level) == ("Rich", RICH["description"], 20)
    assert (stored.base, stored.second_factor) == ("user", True)
    assert stored.permissions == words("leads.view leads.export tasks.comment")
    assert stored.privileges == {"report.export", "app.crm"}
    assert stored.records == scopes(
        {"leads": {"*": "team department", "edit": "own"}, "contacts": "all"}
    )
    assert stored.fields == levels({"leads": {"phone": "hidden", "*": "read_only"}})


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_what_is_exported_and_applied_elsewhere_exports_as_the_same_bytes(tmp_path, suffix):
    apply(document(RICH, {"code": "heir", "base": "rich"}, {"code": "guest", "name": "Guest"}))
    path, again = tmp_path / f"policy.{suffix}", tmp_path / f"again.{suffix}"
    call_command("policy", "export", "--output", str(path))
    Role.objects.update(base=None)
    Role.objects.filter(is_system=False).delete()
    role_of("guest").permissions.add("profile.view")
    call_command("policy", "apply", str(path), stdout=StringIO())
    call_command("policy", "export", "--output", str(again))
    assert again.read_bytes() == path.read_bytes()
    assert "guest" in path.read_text() and "heir" in path.read_text()


def test_a_file_comes_by_standard_input_too(monkeypatch):
    apply(document(RICH))
    written = export()
    Role.objects.filter(is_system=False).delete()
    monkeypatch.setattr("sys.stdin", StringIO(written))
    call_command("policy", "apply", "-", stdout=StringIO())
    assert export() == written


def test_the_second_time_nothing_changes_and_nothing_is_logged():
    written = document(RICH, {"code": "heir", "base": "rich"})
    assert diff(written)[0] == 1
    assert "rich: created" in apply(written)
    entries = AuditEntry.objects.count()
    rows = set(RoleGrant.objects.values_list("pk", flat=True))
    assert diff(written) == (0, "No changes.\n")
    assert apply(written) == "No changes.\n"
    assert AuditEntry.objects.count() == entries
    assert set(RoleGrant.objects.values_list("pk", flat=True)) == rows


def test_a_disabled_module_keeps_what_a_file_says_of_it():
    """R7: it gives nothing meanwhile, and returns."""
    switch_modules(["leads"], enabled=False)
    apply(document(RICH))
    assert not changes_anything(document(RICH))
    assert "leads.view" in read_role(role_of("rich")).permissions


def test_what_no_app_declares_any_more_is_in_no_file_and_stays():
    """It returns with its app; meanwhile no file could be read that names it."""
    Module.objects.create(code="fax", is_declared=False)
    Permission.objects.create(code="fax.view", module_id="fax", action="view", is_declared=False)
    role = make_role("rep", permissions="leads.view")
    role.permissions.add("fax.view")
    role.record_access.create(module_id="fax", scope="all")
    assert "fax" not in export()
    apply(document({"code": "rep", "level": 10, "permissions": ["deals.view"]}))
    stored = read_role(role_of("rep"))
    assert stored.permissions == {"deals.view", "fax.view"}
    assert stored.records == scopes({"fax": "all"})


# In whichever order the file has them


def test_a_role_may_stand_before_its_base():
    apply(document({"code": "c", "base": "b"}, {"code": "b", "base": "a"}, {"code": "a"}))
    assert bases() == {"a": None, "b": "a", "c": "b"}


def test_two_roles_may_change_places_and_names():
    """Each step by itself would make a cycle, or give a name twice (R4)."""
    apply(document({"code": "a", "name": "One"}, {"code": "b", "name": "Two", "base": "a"}))
    apply(document({"code": "a", "name": "Two", "base": "b"}, {"code": "b", "name": "One"}))
    assert bases() == {"a": "b", "b": None}
    assert (role_of("a").name, role_of("b").name) == ("Two", "One")
    assert not Role.objects.filter(name_key__startswith=" ").exists()


def test_the_longest_chain_may_be_turned_upside_down():
    codes = [f"r{number}" for number in range(CHAIN_MAX)]
    pairs = pairwise([None, *codes])
    apply(document(*({"code": code, "base": base} for base, code in pairs)))
    turned = [*pairwise(codes), (codes[-1], None)]
    apply(document(*({"code": code, "base": base} for code, base in turned)))
    assert bases() == dict(turned)


def test_the_name_of_a_role_that_goes_is_free_in_the_same_file():
    make_role("old", name="Rep")
    make_role("older", base="old")
    apply(document({"code": "rep"}), "--prune")
    assert bases() == {"rep": None}
    assert logged()[-3:] == [
        ("role.deleted", "the system", "Rep"),
        ("role.deleted", "the system", "Older"),
        ("role.created", "the system", "Rep"),
    ]


def test_a_chain_that_a_role_beside_the_file_makes_too_long_is_refused():
    """R4: what stands on a role of the file moves along."""
    make_role("b")
    make_role("a", base="b")
    make_role("beside", base="a")
    codes = [f"r{number}" for number in range(CHAIN_MAX - 2)]
    chain = [{"code": code, "base": base} for base, code in pairwise([None, *codes])]
    fits = document(*chain[:-1], {"code": "b", "level": 10, "base": codes[-2]}, _row("a"))
    long = document(*chain, {"code": "b", "level": 10, "base": codes[-1]}, _row("a"))
    assert "roles[14].base (b): This makes a chain of more than 16 roles (R4)." in refused(long)
    assert refused(long).count("(R4)") == diff(long)[1].count("(R4)") == 1
    apply(fits)
    assert bases()["b"] == codes[-2]


def _row(code):
    role = role_of(code)
    return {"code": code, "level": role.level, "base": role.base and role.base.code}


# What the file does not name


def test_a_role_that_is_not_in_the_file_is_left_alone():
    make_role("rep", permissions="leads.view")
    apply(document(RICH))
    assert read_role(role_of("rep")).permissions == {"leads.view"}


def test_pruning_deletes_roles_that_are_not_in_the_file_and_no_built_in():
    make_role("low")
    make_role("rep", base="low")
    give(make_user("ann"), "rep", valid_until=clock.now() - timedelta(1))
    apply(document(RICH), "--prune")
    assert set(Role.objects.values_list("code", flat=True)) == {
        "rich",
        *Role.objects.filter(is_system=True).values_list("code", flat=True),
    }
    assert not changes_anything(document(RICH), "--prune")


@pytest.mark.parametrize("later", [False, True])
def test_pruning_keeps_a_role_in_use_and_says_so_by_name(later):
    """D9."""
    make_role("rep", name="Sales Rep")
    give(make_user("ann"), "rep", valid_from=clock.now() + timedelta(1) if later else None)
    make_role("free")
    said = refused(document(RICH), "--prune")
    assert "- rep: “Sales Rep” is in use: 1 person holds it, 0 roles are based on it." in said
    assert "free" not in said


def test_pruning_a_base_whose_heirs_the_file_moves_elsewhere_is_fine():
    make_role("low")
    make_role("rep", base="low")
    apply(document({"code": "rep", "level": 10}), "--prune")
    assert bases() == {"rep": None}


# The log (D13)


def test_each_role_that_changes_has_one_entry_and_is_announced_once(
    django_capture_on_commit_callbacks,
):
    make_role("rep", permissions="leads.view")
    make_role("same")
    make_role("gone")
    heard = []

    def hear(role_code, action, **_rest):
        heard.append((action, role_code))

    signals.role_changed.connect(hear)
    before = AuditEntry.objects.count()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            apply(
                document(
                    {"code": "rep", "level": 10, "permissions": ["deals.view"]},
                    {"code": "same", "level": 10},
                    {"code": "new"},
                ),
                "--prune",
            )
    finally:
        signals.role_changed.disconnect(hear)
    assert sorted(heard) == [
        ("role.changed", "rep"),
        ("role.created", "new"),
        ("role.deleted", "gone"),
    ]
    assert AuditEntry.objects.count() == before + 3
    entry = AuditEntry.objects.get(action="role.changed")
    assert [(r["field"], r["old"], r["new"]) for r in entry.changes] == [
        ("deals.view", False, True),
        ("leads.view", True, False),
    ]


def test_the_log_names_who_acts_and_else_the_system():
    olga = make_user("olga", "owner")
    apply(document({"code": "one"}), "--as", "olga")
    apply(document({"code": "two"}))
    actors = AuditEntry.objects.filter(action="role.created").order_by("pk")
    assert list(actors.values_list("actor", "actor_name")) == [
        (olga.pk, "olga"),
        (None, "the system"),
    ]


# What nobody may, and the place where the file says it


NOBODY_MAY = {
    "owner's grants": (
        {"code": "owner", "level": 100, "permissions": ["leads.view"]},
        "- roles[0] (owner): Owner holds everything, always; its grants cannot change (D8).",
    ),
    "a system role's level": (
        {"code": "user", "level": 11},
        "- roles[0].level (user): A system role keeps its level (D8).",
    ),
    "a system role's name": (
        {"code": "user", "name": "Person", "level": 10},
        "- roles[0].name (user): A system role keeps its name (D8).",
    ),
    "a system role's base": (
        {"code": "user", "level": 10, "base": "guest"},
        "roles[0].base: The built-in role 'user' keeps its place without a base (D8)",
    ),
    "owner as a base": (
        {"code": "a", "base": "owner"},
        "roles[0].base: No role is based on Owner (R3)",
    ),
    "a base beside the file": (
        {"code": "a", "base": "beside"},
        "roles[0].base: The base 'beside' is neither a built-in role nor a role of this file.",
    ),
    "a cycle": ({"code": "a", "base": "a"}, "roles[0].base: The bases form a cycle, a -> a (R4)"),
    "a name that another role has": (
        {"code": "a", "name": "BESIDE"},
        "- roles[0].name (a): A role named “Beside” exists already.",
    ),
    "a permission that is none": (
        {"code": "a", "permissions": ["leads.fly"]},
        "roles[0].permissions[0]: The module 'leads' has no action 'fly'.",
    ),
    "a cell that does not apply": (
        {"code": "a", "permissions": ["leads.invite"]},
        "roles[0].permissions[0]: The action 'invite' does not apply",
    ),
    "a shadowed privilege": (
        {"code": "a", "privileges": ["crm.view_contact"]},
        "- roles[0].privileges (a): “crm.view_contact” is a permission of an installed app;",
    ),
    "an unknown field": (
        {"code": "a", "fields": {"leads": {"shoe_size": "hidden"}}},
        "- roles[0].fields (a): Leads has no field “shoe_size” (R21).",
    ),
    "an unknown scope": (
        {"code": "a", "records": {"leads": "galaxy"}},
        "roles[0].records.leads: There is no scope 'galaxy'.",
    ),
}


@pytest.mark.parametrize("by", ["the operator", "an owner"])
@pytest.mark.parametrize("what", NOBODY_MAY)
def test_what_nobody_may_is_refused_at_its_place(what, by):
    make_user("olga", "owner")
    make_role("beside")
    row, words_of_it = NOBODY_MAY[what]
    arguments = ["--as", "olga"] if by == "an owner" else []
    assert words_of_it in refused(document(row, {"code": "fine"}), *arguments)


def test_built_in_roles_take_changed_grants():
    apply(document({"code": "user", "level": 10, "permissions": ["leads.view"]}))
    assert read_role(role_of("user")).permissions == {"leads.view"}


def test_a_privilege_that_became_shadowed_stays_and_is_applied_again():
    """R11: it is flagged elsewhere; a file that was exported since can still be read."""
    shadowed = {"privileges": words("crm.view_contact"), "level": 10}
    load_role(read_role(make_role("rep")).with_changes(code="old", name="Old", **shadowed))
    written = document({"code": "old", "level": 10, "privileges": ["crm.view_contact"]})
    assert not changes_anything(written)
    assert "crm.view_contact" in export()


def test_all_that_stands_against_a_file_is_said_at_once():
    make_role("rep")
    give(make_user("ann"), "rep")
    said = refused(
        document(
            {"code": "user", "level": 11},
            {"code": "fine"},
            {"code": "a", "privileges": ["crm.view_contact"], "name": "guest"},
        ),
        "--prune",
    )
    places = [line.partition(":")[0] for line in said.splitlines()[1:]]
    assert places == [
        "- roles[0].level (user)",
        "- roles[2].name (a)",
        "- roles[2].privileges (a)",
        "- rep",
    ]


def test_a_refusal_by_the_database_takes_everything_back(monkeypatch):
    """All or nothing, whatever goes wrong midway."""
    make_role("rep", name="Rep")
    before = export()
    monkeypatch.setattr("roles.services.applying.log", _fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        apply(document({"code": "rep", "name": "Other", "level": 10}, RICH), "--prune")
    assert export() == before
    assert role_of("rep").name_key == "rep"


def _fail(**_said):
    raise RuntimeError("The disk is full.")


@pytest.mark.parametrize("name", ["nowhere.yaml", "/"])
def test_a_file_that_cannot_be_read_is_named(name):
    with pytest.raises(CommandError, match=f"{name} cannot be read"):
        call_command("policy", "apply", name)
