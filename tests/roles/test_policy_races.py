"""Policy files at once with each other and with other changes: one after the other (decision 4)."""

from contextlib import suppress

import pytest
from django.core.management import CommandError

from accounts.models import User
from roles.core.changes import RoleChanges
from roles.models import AuditEntry, Role
from roles.services.assignment import assign_role
from roles.services.loading import read_role
from roles.services.role import change_role
from tests.factories import make_role, make_user, role_of

from .policy_files import apply, document
from .together import refusals, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ADMIN = "roles.view roles.create roles.edit roles.delete leads.view"


@pytest.fixture
def owner(transactional_db):
    return make_user("olga", "owner")


def _three(permission, turned):
    """Give three roles on each other, one way up or the other."""
    codes = ["a", "b", "c"][:: -1 if turned else 1]
    bases = [None, *codes]
    rows = (
        {"code": code, "level": 5, "base": base, "permissions": [permission]}
        for base, code in zip(bases, codes, strict=False)
    )
    return document(*rows)


def _stand():
    return {code: read_role(role_of(code)) for code in ("a", "b", "c")}


def test_the_same_file_twice_at_once_is_applied_once(owner):
    written = _three("leads.view", False)
    for _round in range(3):
        Role.objects.update(base=None)
        Role.objects.filter(is_system=False).delete()
        before = AuditEntry.objects.count()
        results = run_together(lambda: apply(written), lambda: apply(written, "--as", "olga"))
        assert refusals(results) == []
        assert sorted(result == "No changes.\n" for result in results) == [False, True]
        assert AuditEntry.objects.count() == before + 3


def test_of_two_files_at_once_one_stands_as_a_whole(owner):
    """R4: bases the one way up and the other, which mixed would be a cycle."""
    files = [_three("leads.view", False), _three("deals.view", True)]
    ends = []
    for written in files:
        apply(written)
        ends.append(_stand())
    for _round in range(5):
        results = run_together(*(lambda written=written: apply(written) for written in files))
        assert refusals(results) == []
        assert _stand() in ends


def test_an_actor_whose_right_is_taken_back_at_the_same_time_is_asked_as_they_are(owner):
    """Either the file came first and stands, or the actor had lost the right, and nothing does."""
    chief = make_role("chief", level=50, permissions=ADMIN)
    make_user("ann", chief)
    new = document({"code": "new", "level": 5, "permissions": ["leads.view"]})
    for _round in range(5):
        chief.permissions.add("leads.view")
        Role.objects.filter(code="new").delete()
        mark = AuditEntry.objects.latest("pk").pk if AuditEntry.objects.exists() else 0
        results = run_together(lambda: apply(new, "--as", "ann"), lambda: _take_back(owner))
        (refused,) = refusals(results, CommandError) or (None,)
        assert Role.objects.filter(code="new").exists() == (refused is None)
        said = list(AuditEntry.objects.filter(pk__gt=mark).order_by("pk"))
        actions = [entry.action for entry in said]
        if refused is None:
            assert actions == ["role.created", "role.changed"]
        else:
            assert actions == ["role.changed"]
            assert "You cannot give View on Leads" in str(refused)


def _take_back(owner):
    changes = RoleChanges(revoked=frozenset({"leads.view"}))
    change_role(acting_user=owner, role=role_of("chief"), changes=changes)


def test_a_role_is_not_pruned_while_it_is_being_given(owner):
    """D9."""
    for _round in range(5):
        role = make_role("rep")
        ann = User.objects.filter(username="ann").first() or make_user("ann")
        results = run_together(
            lambda: apply(document(), "--prune"),
            lambda ann=ann, role=role: assign_role(acting_user=owner, user=ann, role=role),
        )
        errors = [result for result in results if isinstance(result, Exception)]
        assert len(errors) == 1
        there = Role.objects.filter(code="rep").exists()
        assert ann.role_assignments.exists() == there
        with suppress(Role.DoesNotExist):
            ann.role_assignments.all().delete()
            role_of("rep").delete()
