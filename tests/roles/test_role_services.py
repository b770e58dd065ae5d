"""Create, change and delete a role: one transaction, one log entry, one announcement (D13)."""

import pytest
from django.db import transaction

from roles import signals
from roles.core.changes import RoleChanges, difference
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import AuditEntry, CustomPrivilege, Role
from roles.services import audit
from roles.services.loading import read_role
from roles.services.role import change_role, create_role, delete_role
from tests.factories import make_role, role_of

RICH = RoleSpec(
    code="rich",
    name="Rich",
    level=20,
    description="Has something of everything.",
    base="user",
    permissions=frozenset({"leads.view", "leads.export", "tasks.comment"}),  # leads.view twice
    privileges=frozenset({"app.crm", "report.export"}),
    records={"leads": {"*": frozenset({"team", "department"}), "edit": frozenset({"own"})}},
    fields={"leads": {"phone": FieldLevel.HIDDEN, "*": FieldLevel.READ_ONLY}},
)


@pytest.fixture
def rich(owner):
    return create_role(acting_user=owner, wanted=RICH)


def last_entry():
    return AuditEntry.objects.order_by("pk").last()


def logged():
    return {row["field"]: (row["old"], row["new"]) for row in last_entry().changes}


def rows(role):
    """Give the keys of everything the role stores: a row written anew has another."""
    return {
        name: set(getattr(role, name).values_list("pk", flat=True))
        for name in ("grants", "privilege_grants", "record_access", "field_permissions")
    }


# What is stored


def test_a_created_role_is_stored_as_it_was_wanted(rich):
    assert read_role(rich) == RICH
    assert read_role(role_of("rich")) == RICH


def test_a_role_without_a_code_gets_a_slug_of_its_name(owner):
    made = create_role(acting_user=owner, wanted=RoleSpec(code="", name="Équipe des Ventes"))
    assert made.code == "equipe-des-ventes"
    again = create_role(acting_user=owner, wanted=RoleSpec(code="", name="Equipe des Ventes!"))
    assert again.code == "equipe-des-ventes-2"


def test_a_change_touches_the_rows_it_names_and_no_others(rich, owner):
    before = rows(rich)
    changes = RoleChanges(granted=frozenset({"deals.view"}), revoked=frozenset({"leads.export"}))
    change_role(acting_user=owner, role=rich, changes=changes)
    after = rows(rich)
    assert {name for name in before if before[name] != after[name]} == {"grants"}
    assert len(before["grants"] & after["grants"]) == 2
    expected = (RICH.permissions - {"leads.export"}) | {"deals.view"}
    assert read_role(rich) == RICH.with_changes(permissions=expected)


def test_a_grant_that_the_base_gives_too_survives_a_change_beside_it(rich, owner):
    """An inherited cell shows as the base's; what the role itself stores stays (interfaces 5)."""
    changes = RoleChanges(values={"description": (RICH.description, "Other.")})
    change_role(acting_user=owner, role=rich, changes=changes)
    assert "leads.view" in read_role(rich).permissions
    role_of("user").permissions.remove("leads.view")
    assert "leads.view" in read_role(rich).permissions


def test_every_kind_of_value_can_be_changed_and_changed_back(rich, owner):
    other = RICH.with_changes(
        name="Other",
        level=30,
        description="",
        base=None,
        permissions=frozenset({"deals.view"}),
        privileges=frozenset({"report.export", "app.new"}),
        records={"deals": {"*": frozenset({"all"})}},
        fields={"leads": {"phone": FieldLevel.EDITABLE}},
    )
    for before, after in ((RICH, other), (other, RICH)):
        made = change_role(acting_user=owner, role=rich, changes=difference(before, after))
        assert made == difference(before, after)
        assert read_role(role_of("rich")) == after


def test_a_change_that_is_the_case_already_writes_and_logs_nothing(rich, owner):
    count, before = AuditEntry.objects.count(), rows(rich)
    changes = RoleChanges(granted=RICH.permissions, privileges_removed=frozenset({"no.such"}))
    assert not change_role(acting_user=owner, role=rich, changes=changes)
    assert (AuditEntry.objects.count(), rows(rich)) == (count, before)


def test_a_privilege_that_no_role_names_any_more_is_gone(rich, owner):
    make_role("other", privileges="report.export")
    gone = RoleChanges(privileges_removed=RICH.privileges)
    change_role(acting_user=owner, role=rich, changes=gone)
    assert list(CustomPrivilege.objects.values_list("name", flat=True)) == ["report.export"]


# The log (D13)


def test_the_log_tells_who_created_what(rich, owner):
    entry = last_entry()
    assert (entry.actor, entry.actor_name, entry.action) == (owner, "olga", "role.created")
    assert (entry.subject_type, entry.subject_name) == ("roles.role", "Rich")
    assert AuditEntry.objects.about(rich).get() == entry
    found = logged()
    assert found["name"][1] == "Rich" and found["level"][1] == 20
    assert found["leads.view"] == (False, True)
    assert found["scope:leads:*"] == ([], ["department", "team"])
    assert found["field:leads:phone"] == (None, "hidden")
    assert "privilege:app.crm" in found and "deals.view" not in found


def test_the_log_has_each_changed_field_with_its_old_and_new_value(rich, owner):
    after = RICH.with_changes(
        name="Richer",
        base=None,
        permissions=RICH.permissions - {"leads.export"},
        records={"leads": {"edit": frozenset({"own"})}},
    )
    change_role(acting_user=owner, role=rich, changes=difference(RICH, after))
    assert last_entry().action == "role.changed"
    assert logged() == {
        "name": ("Rich", "Richer"),
        "base": ("user", None),
        "leads.export": (True, False),
        "scope:leads:*": (["department", "team"], []),
    }


def test_the_log_tells_from_which_role_another_was_cloned(rich, owner):
    """D10."""
    copy = RICH.with_changes(code="copy", name="Copy")
    create_role(acting_user=owner, wanted=copy, cloned_from="rich")
    assert last_entry().action == "role.cloned"
    assert last_entry().changes[0] == {"field": "cloned_from", "old": None, "new": "rich"}
    assert logged()["leads.export"] == (False, True)
    assert read_role(role_of("copy")) == copy and read_role(role_of("rich")) == RICH


def test_a_name_is_logged_as_it_is_stored(rich, owner):
    changes = RoleChanges(values={"name": ("Rich", " Richer ")})
    change_role(acting_user=owner, role=rich, changes=changes)
    assert role_of("rich").name == "Richer"
    assert logged() == {"name": ("Rich", "Richer")}


def test_the_log_of_a_deleted_role_keeps_what_it_gave(rich, owner):
    delete_role(acting_user=owner, role=rich)
    assert last_entry().action == "role.deleted"
    assert logged()["leads.export"] == (True, False)
    assert not Role.objects.filter(code="rich").exists()
    assert not CustomPrivilege.objects.exists()


def test_a_change_and_its_entry_stand_or_fall_together(rich, owner, monkeypatch):
    def fail(**entry):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fail)
    changes = RoleChanges(revoked=frozenset({"leads.view"}))
    for attempt in (
        lambda: change_role(acting_user=owner, role=rich, changes=changes),
        lambda: delete_role(acting_user=owner, role=rich),
        lambda: create_role(acting_user=owner, wanted=RoleSpec(code="n", name="N")),
    ):
        with pytest.raises(RuntimeError, match="full"), transaction.atomic():
            attempt()
    assert read_role(role_of("rich")) == RICH
    assert not Role.objects.filter(code="n").exists()


def test_a_rolled_back_change_leaves_no_entry(rich, owner):
    count = AuditEntry.objects.count()
    with transaction.atomic():
        change_role(
            acting_user=owner, role=rich, changes=RoleChanges(granted=frozenset({"deals.view"}))
        )
        assert AuditEntry.objects.count() == count + 1
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    entry = {"acting_user": None, "action": "role.created", "subject": make_role("rep")}
    with pytest.raises(RuntimeError, match="outside a transaction"):
        audit.record(**entry)
    with transaction.atomic():
        assert audit.record(**entry).actor_name == "the system"


# The announcement


def test_a_change_is_announced_when_it_is_committed_and_not_before(
    owner, django_capture_on_commit_callbacks
):
    heard = []

    def listen(*, role_code, action, acting_user, **kwargs):
        heard.append((role_code, action, acting_user))

    signals.role_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            role = create_role(acting_user=owner, wanted=RICH)
            with transaction.atomic():
                delete_role(acting_user=owner, role=role)
                transaction.set_rollback(True)
            assert heard == []
        for callback in callbacks:
            callback()
    finally:
        signals.role_changed.disconnect(listen)
    assert heard == [("rich", "role.created", owner)]
