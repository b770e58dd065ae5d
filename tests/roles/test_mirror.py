"""The mirror of the catalogue after `migrate`: repeatable, and it undoes nothing."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.core.checks import run_checks
from django.core.management import call_command
from django.db.models.signals import post_migrate

from roles.core.specs import Feature, Module
from roles.models import Module as ModuleRow
from roles.models import Permission, PolicyVersion, RecordAccess, Role, RoleGrant
from roles.registry import BuiltinRole, registry
from roles.services.installation import is_as_shipped, mirror_catalogue
from roles.services.loading import read_role
from tests.factories import fetch, give, make_role, make_user, role_of
from tests.laws.catalogue import BUILT_IN_ROLES, MODULES, RECORD_MODULES, SYSTEM_PERMISSIONS

from .catalogues import another_release, installed

pytestmark = pytest.mark.django_db

INVOICES = Module(
    "invoices",
    "Invoices",
    "Sales",
    ("view", "create"),
    has_record_access=True,
    owner_field="owner",
    implies={"view": ("accounts.view",)},
)


def stored():
    """Give everything that the mirror writes, and what hangs on it."""
    return {
        "modules": set(ModuleRow.objects.values_list("code", "is_enabled", "is_declared")),
        "permissions": set(
            Permission.objects.values_list("code", "module_id", "action", "kind", "is_declared")
        ),
        "roles": {role.pk: read_role(role) for role in Role.objects.all()},
        "rows": set(RoleGrant.objects.values_list("pk", flat=True))
        | set(RecordAccess.objects.values_list("pk", flat=True)),
    }


def messages():
    found = run_checks(databases=["default"])
    return [message.msg for message in found if message.id == "roles.W003"]


# What is shipped


def test_the_rows_are_what_the_catalogue_says():
    assert {(code, True, True) for code in MODULES} == stored()["modules"]
    assert {row[0] for row in stored()["permissions"]} == set(SYSTEM_PERMISSIONS)
    kinds = dict(Permission.objects.values_list("code", "kind"))
    assert (kinds["leads.view"], kinds["leads.import"]) == ("module", "operation")
    assert kinds["users.invite"] == kinds["tasks.comment"] == "feature"
    assert Permission.objects.get(code="tasks.comment").module_id == "tasks"
    assert Permission.objects.get(code="profile.view").module_id is None


@pytest.mark.parametrize("code", [code for code in BUILT_IN_ROLES if code != "owner"])
def test_each_built_in_role_has_its_shipped_grants_level_and_scopes(code):
    role, law = read_role(role_of(code)), BUILT_IN_ROLES[code]
    assert role.permissions == set(law["permissions"])
    assert (role.name, role.level, role.base) == (law["name"], law["level"], None)
    assert role.is_system and not role.privileges and not role.fields
    for module in RECORD_MODULES:
        if f"{module}.view" in role.permissions:
            assert role.records[module] == {"*": set(law["records"][module])}


def test_owner_stores_nothing_and_gives_everything():
    role = read_role(role_of("owner"))
    assert not (role.permissions or role.privileges or role.records or role.fields)
    found = fetch(make_user("", "owner"))
    assert all(found.has_perm(code) for code in SYSTEM_PERMISSIONS)


# Again and again


def test_a_second_run_changes_nothing():
    before, version = stored(), PolicyVersion.objects.get().token
    mirror_catalogue()
    assert stored() == before
    assert PolicyVersion.objects.get().token != version  # a new release may mean other things


def test_what_an_administrator_changed_stays_through_another_migrate():
    user = role_of("user")
    user.permissions.remove("leads.edit")
    user.permissions.add("reports.export")
    user.record_access.filter(module_id="leads").update(scope="team")
    Role.objects.filter(pk=user.pk).update(description="Ours.")
    ModuleRow.objects.filter(code="forms").update(is_enabled=False)
    make_role("own", permissions="leads.view", base="user")
    before = stored()
    call_command("migrate", verbosity=0)
    mirror_catalogue()
    assert stored() == before
    assert not is_as_shipped(read_role(role_of("user")))
    assert is_as_shipped(read_role(role_of("manager")))


def test_rows_that_were_lost_come_back():
    Permission.objects.filter(code="webchat.manage").delete()
    ModuleRow.objects.filter(code="admin").update(is_declared=False)
    call_command("migrate", verbosity=0)
    assert Permission.objects.filter(code="webchat.manage").exists()
    assert ModuleRow.objects.get(code="admin").is_declared


# A new release


def test_a_new_module_arrives_ungranted_except_to_owner():
    people = {code: make_user("", code) for code in BUILT_IN_ROLES}
    with installed(another_release(modules=[INVOICES], shares=[("manager", ["invoices.view"])])):
        mirror_catalogue()
        assert Permission.objects.filter(module_id="invoices").count() == 2
        assert not RoleGrant.objects.filter(permission__module_id="invoices").exists()
        may = {code for code, user in people.items() if fetch(user).has_perm("invoices.view")}
        assert may == {"owner"}
        give(people["guest"], make_role("biller", permissions="invoices.view"))
        assert fetch(people["guest"]).has_perm("invoices.view")
        assert fetch(people["guest"]).has_perm("accounts.view")  # R5: what it implies


def test_a_new_action_and_a_new_feature_arrive_ungranted_except_to_owner():
    people = {code: make_user("", code) for code in BUILT_IN_ROLES}
    games = registry.module("gamification")
    wider = replace(games, actions=(*games.actions, "export"))
    praise = Feature("praise.give", "praise", "Personal")
    with installed(another_release(modules=[wider], features=[praise])):
        mirror_catalogue()
        for name in ("gamification.export", "praise.give"):
            may = {code for code, user in people.items() if fetch(user).has_perm(name)}
            assert may == {"owner"}, name
        assert fetch(people["user"]).has_perm("gamification.view")


def test_a_new_built_in_role_arrives_with_its_grants_and_the_others_stay():
    role_of("user").permissions.remove("leads.edit")
    auditor = BuiltinRole("auditor", "Auditor", 40)
    shares = [("auditor", ["activities.view", "leads.view"], ["all"])]
    before = stored()["roles"]
    with installed(another_release(roles=[auditor], shares=shares)):
        mirror_catalogue()
        mirror_catalogue()
    made = read_role(role_of("auditor"))
    assert made.permissions == {"activities.view", "leads.view"}
    assert made.records == {"leads": {"*": {"all"}}} and made.is_system and made.level == 40
    after = stored()["roles"]
    assert {pk: spec for pk, spec in after.items() if pk in before} == before


def test_a_vanished_module_is_marked_flagged_and_kept_and_gives_nothing():
    user = make_user("", "user", "owner")
    grants = RoleGrant.objects.filter(permission__module_id="forms").count()
    assert grants and messages() == []
    with installed(another_release(without=["forms"])):
        mirror_catalogue()
        assert not ModuleRow.objects.get(code="forms").is_declared
        assert not Permission.objects.filter(module_id="forms", is_declared=True).exists()
        assert RoleGrant.objects.filter(permission__module_id="forms").count() == grants
        assert not fetch(user).has_perm("forms.view")
        assert len(messages()) == 1 and "'forms'" in messages()[0]
    mirror_catalogue()
    assert ModuleRow.objects.get(code="forms").is_declared and messages() == []
    assert fetch(user).has_perm("forms.view")


def test_a_vanished_action_is_flagged_and_its_grants_return_with_it():
    user = make_user("", make_role("rep", permissions="gamification.edit"))
    games = registry.module("gamification")
    with installed(another_release(modules=[replace(games, actions=("view",))])):
        mirror_catalogue()
        assert not fetch(user).has_perm("gamification.edit")
        assert {m.split("'")[1] for m in messages()} == {
            *("gamification.create", "gamification.edit", "gamification.delete")
        }
    mirror_catalogue()
    assert fetch(user).has_perm("gamification.edit") and messages() == []


def test_a_django_permission_that_migrate_makes_shadows_from_the_next_request_on():
    """`migrate` makes them in bulk, which sends no signal, app by app in INSTALLED_APPS' order."""
    user = make_user("", make_role("rep", privileges="app.crm app.two"))
    kind = ContentType.objects.create(app_label="app", model="thing")
    assert fetch(user).has_perm("app.crm")
    made = AuthPermission(content_type=kind, codename="crm", name="Crm")
    AuthPermission.objects.bulk_create([made])
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    told = {"app_config": last, "using": "default", "apps": apps, "plan": []}
    post_migrate.send(sender=last, verbosity=0, interactive=False, **told)
    assert fetch(user).has_perm("app.two")
    assert not fetch(user).has_perm("app.crm")
