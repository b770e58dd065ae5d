"""What the services let through when the caller is not the admin's form (R11, R17, D8, D9, D13)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Contact
from roles import policy
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused
from roles.core.names import Shadows, find_problem, normalise
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import AuditEntry, FieldPermission, Role, RoleGrant
from roles.services.assignment import assign_role
from roles.services.records import change_record
from roles.services.role import change_role, create_role, delete_role
from tests.factories import fetch, make_role, make_user

from .conftest import agent, owner, person, signed_in

pytestmark = pytest.mark.django_db
PHONE_READ_ONLY = {"contacts": {"phone": FieldLevel.READ_ONLY}}


def make(acting_user, name: str, **values) -> Role:
    return create_role(acting_user=acting_user, wanted=RoleSpec(code="", name=name, **values))


def test_a_privilege_that_is_not_normalised_gives_no_second_spelling_of_a_code():
    """R11: has_perm says yes and policy.check no (R22); “CONTACTS.VIEW” is the system's."""
    olga, ann = owner(), person("ann")
    try:
        role = make(olga, "Odd", level=1, privileges=frozenset({"CONTACTS.VIEW"}))
    except Invalid:
        return
    assign_role(acting_user=olga, user=ann, role=role)
    assert not User.objects.get(pk=ann.pk).has_perm("CONTACTS.VIEW")


def test_nobody_makes_a_system_role():
    """Threat 3: it could never be deleted, renamed or given another level (D8)."""
    assert not make(owner(), "Mine for ever", level=1, is_system=True).is_system


def test_nothing_of_owner_s_changes():
    """D8; without effect today, but logged, exported and shown as a change of Owner."""
    changes = RoleChanges(fields={("contacts", "phone"): (None, FieldLevel.HIDDEN)})
    with pytest.raises(Refused):
        change_role(acting_user=owner(), role=Role.objects.get(code="owner"), changes=changes)


def test_a_save_writes_only_what_was_changed_on_the_page():
    """Between reading and locking somebody changed the phone, which Abe may not write."""
    agent("contacts.view", "contacts.edit", fields=PHONE_READ_ONLY)
    contact = Contact.objects.create(last_name="Doe", phone="old")
    read_before = Contact.objects.get(pk=contact.pk)
    Contact.objects.filter(pk=contact.pk).update(phone="new")
    read_before.last_name = "Roe"
    abe = User.objects.get(username="abe")
    change_record(acting_user=abe, record=read_before, sent=["last_name"])
    contact.refresh_from_db()
    assert (contact.last_name, contact.phone) == ("Roe", "new")


def test_the_service_refuses_a_field_that_may_only_be_read():
    """R17, also for a door that does not ask first."""
    agent("contacts.view", "contacts.edit", fields=PHONE_READ_ONLY)
    contact = Contact.objects.create(last_name="Doe", phone="old")
    contact.phone = "new"
    with pytest.raises(Refused):
        change_record(acting_user=User.objects.get(username="abe"), record=contact)


def test_every_entry_fits_its_columns():
    """PostgreSQL refuses the entry, and with it the change: such a person has no roles for ever,
    and an Owner of a long name can do nothing at all."""
    olga = owner()
    User.objects.filter(pk=olga.pk).update(first_name="f" * 150, last_name="l" * 150)
    olga = User.objects.get(pk=olga.pk)
    try:
        role = make(olga, "r" * 100, level=1)
        assign_role(acting_user=olga, user=person("u" * 150), role=role)
    except Exception as error:  # PostgreSQL says DataError
        pytest.fail(repr(error))
    for entry in AuditEntry.objects.all():
        assert len(entry.actor_name) <= 200 and len(entry.beside_name) <= 250


def test_moving_a_role_s_people_takes_nothing_from_anyone():
    """D9. Ann held the target once; she is moved to nothing, and cannot be given it again."""
    olga, ann, now = owner(), person("ann"), timezone.now()
    old, new = make(olga, "Old", level=1), make(olga, "New", level=1)
    assign_role(acting_user=olga, user=ann, role=old)
    ended = {"valid_from": now - timedelta(days=2), "valid_until": now - timedelta(days=1)}
    assign_role(acting_user=olga, user=ann, role=new, **ended)
    delete_role(acting_user=olga, role=old, move_to=new)
    assert policy.current_assignments().filter(user=ann, role=new).exists()


def test_moving_a_role_s_people_touches_nobody_else():
    """D13. Ben, who once held the target and never the deleted role, loses the row of it."""
    olga, ben, now = owner(), person("ben"), timezone.now()
    old, new = make(olga, "Old", level=1), make(olga, "New", level=1)
    ended = {"valid_from": now - timedelta(days=2), "valid_until": now - timedelta(days=1)}
    assign_role(acting_user=olga, user=ben, role=new, **ended)
    delete_role(acting_user=olga, role=old, move_to=new)
    logged = AuditEntry.objects.about(ben).filter(action="role.unassigned")
    assert ben.role_assignments.exists() or logged.exists()


def test_the_log_names_no_source_that_never_was():
    """D13: what the entry says is checked, not copied from the address."""
    client = signed_in("olga", "owner")
    client.post("/roles/role/add/?clone=owner%20approved%20by%20the%20board", {"name": "Mine"})
    assert not AuditEntry.objects.filter(action="role.cloned").exists()


@pytest.mark.parametrize("foreign", [True, False])
def test_a_foreign_or_altered_token_is_refused(foreign):
    """Without a token there is no comparison with what the page showed: all grants go."""
    client = signed_in("olga", "owner")
    user, manager = (Role.objects.get(code=code) for code in ("user", "manager"))
    page = client.get(f"/roles/role/{user.pk}/change/")
    token = page.context["form"]["seen"].value() if foreign else "altered"
    client.post(f"/roles/role/{manager.pk}/change/", {"seen": token})
    assert RoleGrant.objects.filter(role=manager).exists()


@pytest.mark.parametrize("name", ["\u1160", "한\u1160글", "\u3164"], ids=ascii)
def test_a_privilege_s_letters_can_be_seen(name):
    assert find_problem(normalise(name), Shadows()) is not None


# Attacks that fail


def test_an_older_page_overwrites_nothing():
    """The token of an older state, replayed after somebody else's change."""
    client = signed_in("olga", "owner")
    role = make(owner("otto"), "Rep", level=1, permissions=frozenset({"reports.view"}))
    url = f"/roles/role/{role.pk}/change/"
    token = client.get(url).context["form"]["seen"].value()
    client.post(url, {"seen": token, "permissions": []})
    answer = client.post(url, {"seen": token, "permissions": ["reports.view", "contacts.export"]})
    assert answer.status_code == 200 and not RoleGrant.objects.filter(role=role).exists()


def test_every_right_on_roles_is_no_way_up():
    """D3, D4: by the role one holds, by a new one, by a clone of Owner."""
    codes = frozenset(f"roles.{a}" for a in ("view", "create", "edit", "delete", "import"))
    role = make(owner("otto"), "Boss", level=99, permissions=codes | {"privileges.define"})
    client = signed_in("eve", role.code)
    before = set(Role.objects.values_list("code", "level", "name"))
    urls = ["/roles/role/add/", "/roles/role/add/?clone=owner"]
    urls += [f"/roles/role/{role.pk}/{verb}/" for verb in ("change", "delete")]
    for url in urls:
        data = {"name": "X", "level": "100", "move_to": "guest", "permissions": ["users.edit"]}
        assert client.post(url, data).status_code in (200, 403)
    assert set(Role.objects.values_list("code", "level", "name")) == before
    assert not FieldPermission.objects.exists()


def test_a_bulk_deletion_that_holds_one_forbidden_record_deletes_none():
    records = {"contacts": {"*": frozenset({"all"}), "delete": frozenset({"own"})}}
    client = agent("contacts.view", "contacts.delete", records=records)
    mine = Contact.objects.create(last_name="Mine", owner=client.user)
    Contact.objects.create(last_name="Others")
    data = {"action": "delete_selected", "_selected_action": [mine.pk], "post": "yes"}
    assert client.post("/crm/contact/", data | {"select_across": "1"}).status_code == 403
    mine.refresh_from_db()
    assert mine.deleted_at is None


def test_whoever_stands_at_level_0_manages_nobody_not_even_who_holds_nothing():
    """D3: nobody is below 0, in the list as in the single answer; from level 1 on somebody is."""
    nobody = make_user("nobody")
    for level, may in ((0, False), (1, True)):
        role = make_role(level=level, permissions="users.view users.edit")
        actor = fetch(make_user("", role))
        assert bool(policy.check(actor, "users.edit", nobody)) is may
        assert (nobody in policy.accessible(User.objects.all(), actor, "edit")) is may
