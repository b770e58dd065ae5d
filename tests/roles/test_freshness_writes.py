"""R28: whatever is written, and by whatever road, the next request sees it."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import deserialize, serialize

from roles import policy
from roles.core.changes import RoleChanges
from roles.core.vocabulary import FieldLevel
from roles.models import (
    CustomPrivilege,
    FieldPermission,
    Module,
    RecordAccess,
    Role,
    RoleAssignment,
    RoleGrant,
    RolePrivilege,
)
from roles.services.assignment import assign_role, unassign_role
from roles.services.role import change_role
from tests.factories import fetch, give, make_role, make_user

ASKED = ("contacts.view", "leads.view", "app.crm", "app.two")
BEFORE = {"leads.view", "app.crm"}
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def rep(db):
    role = make_role("rep", permissions="leads.view", privileges="app.crm")
    make_role("other", permissions="contacts.view", privileges="app.two")
    make_role("empty")
    return role


@pytest.fixture
def ann(rep):
    return make_user("ann", rep)


def has(user):
    person = fetch(user)
    return {name for name in ASKED if person.has_perm(name)}


def role(code):
    return Role.objects.get(code=code)


def rebase(rep):
    rep.base = role("other")
    rep.save()


def save_other_permission(rep):
    grant = rep.grants.get()
    grant.permission_id = "contacts.view"
    grant.save()


def update_grants_in_bulk(rep):
    grant = rep.grants.get()
    grant.permission_id = "contacts.view"
    RoleGrant.objects.bulk_update([grant], ["permission"])


def disable_by_save(rep):
    module = Module.objects.get(code="leads")
    module.is_enabled = False
    module.save()


def take_over_by_django(rep):
    """A Django permission appears that shadows the privilege (R11)."""
    kind = ContentType.objects.create(app_label="app", model="thing")
    AuthPermission.objects.create(content_type=kind, codename="crm", name="Crm")


def load(rep):
    """Do what `loaddata` does, which calls no model's `save`."""
    rows = [RoleGrant(role=rep, permission_id="contacts.view")]
    for row in deserialize("json", serialize("json", rows)):
        row.save()


WRITES = {
    "a fixture": (load, BEFORE | {"contacts.view"}),
    "save of a grant": (
        lambda rep: RoleGrant.objects.create(role=rep, permission_id="contacts.view"),
        BEFORE | {"contacts.view"},
    ),
    "bulk_create of grants": (
        lambda rep: RoleGrant.objects.bulk_create(
            [RoleGrant(role=rep, permission_id="contacts.view")]
        ),
        BEFORE | {"contacts.view"},
    ),
    "abulk_create of grants": (
        lambda rep: async_to_sync(RoleGrant.objects.all().abulk_create)(
            [RoleGrant(role=rep, permission_id="contacts.view")]
        ),
        BEFORE | {"contacts.view"},
    ),
    "delete of a grant": (lambda rep: rep.grants.get().delete(), {"app.crm"}),
    "delete of grants": (lambda rep: RoleGrant.objects.filter(role=rep).delete(), {"app.crm"}),
    "save of another permission": (save_other_permission, {"contacts.view", "app.crm"}),
    "update of grants": (
        lambda rep: rep.grants.update(permission_id="contacts.view"),
        {"contacts.view", "app.crm"},
    ),
    "aupdate of grants": (
        lambda rep: async_to_sync(rep.grants.all().aupdate)(permission_id="contacts.view"),
        {"contacts.view", "app.crm"},
    ),
    "bulk_update of grants": (update_grants_in_bulk, {"contacts.view", "app.crm"}),
    "permissions.add": (lambda r: r.permissions.add("contacts.view"), BEFORE | {"contacts.view"}),
    "permissions.remove": (lambda rep: rep.permissions.remove("leads.view"), {"app.crm"}),
    "permissions.set": (
        lambda rep: rep.permissions.set(["contacts.view"]),
        {"contacts.view", "app.crm"},
    ),
    "permissions.clear": (lambda rep: rep.permissions.clear(), {"app.crm"}),
    "privileges.add": (lambda rep: rep.privileges.add("app.two"), BEFORE | {"app.two"}),
    "privileges.set": (lambda rep: rep.privileges.set(["app.two"]), {"leads.view", "app.two"}),
    "privileges.clear": (lambda rep: rep.privileges.clear(), {"leads.view"}),
    "the privilege's own side": (
        lambda rep: CustomPrivilege.objects.get(name="app.crm").roles.clear(),
        {"leads.view"},
    ),
    "bulk_create of privileges": (
        lambda r: RolePrivilege.objects.bulk_create(
            [RolePrivilege(role=r, privilege_id="app.two")]
        ),
        BEFORE | {"app.two"},
    ),
    "save of a base": (rebase, set(ASKED)),
    "update of a base": (
        lambda rep: Role.objects.filter(pk=rep.pk).update(base=role("other")),
        set(ASKED),
    ),
    "save of a disabled module": (disable_by_save, {"app.crm"}),
    "update of a module": (
        lambda rep: Module.objects.filter(code="leads").update(is_enabled=False),
        {"app.crm"},
    ),
    "a django permission of that name": (take_over_by_django, {"leads.view"}),
}


@pytest.mark.parametrize("road", WRITES)
def test_a_write_to_the_policy_is_seen_by_the_next_request(ann, rep, road):
    write, after = WRITES[road]
    assert has(ann) == BEFORE
    write(rep)
    assert has(ann) == after


def test_what_a_base_gains_and_loses_is_seen_by_those_who_hold_an_heir(ann, rep):
    rebase(rep)
    assert has(ann) == set(ASKED)
    role("other").permissions.clear()
    assert has(ann) == BEFORE | {"app.two"}


def test_a_shadow_that_goes_gives_the_privilege_back(ann, rep):
    take_over_by_django(rep)
    assert "app.crm" not in has(ann)
    AuthPermission.objects.get(content_type__app_label="app").delete()
    assert "app.crm" in has(ann)


def test_a_module_that_is_enabled_again_gives_its_grants_back(ann, rep):
    disable_by_save(rep)
    assert "leads.view" not in has(ann)
    Module.objects.filter(code="leads").update(is_enabled=True)
    assert "leads.view" in has(ann)


def test_record_access_and_field_levels_are_seen_too(ann, rep):
    def seen():
        found = policy.access_for(fetch(ann))
        (layer,) = found.roles
        return found.scopes_for("leads", "view"), layer.level_of_field("leads", "phone")

    assert seen() == ({"own"}, FieldLevel.EDITABLE)
    RecordAccess.objects.create(role=rep, module_id="leads", scope="all")
    FieldPermission.objects.create(role=rep, module_id="leads", field="phone", level="hidden")
    assert seen() == ({"all"}, FieldLevel.HIDDEN)
    rep.record_access.update(scope="team")
    rep.field_permissions.update(level="read_only")
    assert seen() == ({"team"}, FieldLevel.READ_ONLY)
    rep.record_access.all().delete()
    FieldPermission.objects.all().delete()
    assert seen() == ({"own"}, FieldLevel.EDITABLE)


# By the services


def changes(**named):
    return RoleChanges(**{name: frozenset(codes) for name, codes in named.items()})


def test_a_grant_and_its_revocation_by_the_service_are_seen_by_the_next_request(ann, rep, owner):
    assert has(ann) == BEFORE
    gain = RoleChanges(
        granted=frozenset({"contacts.view"}), privileges_added=frozenset({"app.two"})
    )
    change_role(acting_user=owner, role=rep, changes=gain)
    assert has(ann) == set(ASKED)
    loss = {"revoked": {"leads.view"}, "privileges_removed": {"app.crm"}}
    change_role(acting_user=owner, role=rep, changes=changes(**loss))
    assert has(ann) == {"contacts.view", "app.two"}


def test_a_role_given_and_taken_back_by_the_service_is_seen_by_the_next_request(ann, owner):
    assert has(ann) == BEFORE
    assign_role(acting_user=owner, user=ann, role=role("other"))
    assert has(ann) == set(ASKED)
    unassign_role(acting_user=owner, user=ann, role=role("other"))
    assert has(ann) == BEFORE
    assert RoleAssignment.objects.filter(user=ann).count() == 1
    give(ann, "other", valid_until=PAST)
    assert has(ann) == BEFORE
