"""Undo on the page of the log: offered where it can be, refused in words where it may not (D13)."""

import pytest

from accounts.models import User
from roles.core.changes import RoleChanges
from roles.models import AuditEntry
from roles.services.role import change_role
from tests.factories import fetch, make_role, role_of

from .conftest import signed_in

LOG = "/roles/auditentry/"


@pytest.fixture
def entry(owner):
    """Olga gave a role one more cell."""
    make_role("rep", name="Rep", permissions="contacts.view")
    change_role(
        acting_user=fetch(User.objects.get(username="olga")),
        role=role_of("rep"),
        changes=RoleChanges(granted=frozenset({"contacts.export"})),
    )
    return AuditEntry.objects.latest("pk")


def own():
    return set(role_of("rep").grants.values_list("permission_id", flat=True))


def url_of(entry):
    return f"{LOG}{entry.pk}/undo/"


def test_a_change_is_undone_from_the_list(owner, entry):
    page = owner.get(LOG).content.decode()
    assert url_of(entry) in page
    answer = owner.post(url_of(entry), follow=True)
    assert "Undone." in answer.content.decode()
    assert own() == {"contacts.view"}
    answer = owner.post(url_of(entry), follow=True)
    assert "things have moved on" in answer.content.decode()


def test_what_has_no_opposite_has_no_button(owner, entry):
    owner.post(
        "/crm/contact/add/", {"last_name": "Lee", "owner": User.objects.get(username="olga").pk}
    )
    made = AuditEntry.objects.get(action="record.created")
    assert url_of(made) not in owner.get(LOG).content.decode()
    answer = owner.post(url_of(made), follow=True)
    assert "cannot be undone" in answer.content.decode()


def test_who_may_not_undo_is_offered_nothing_and_refused(owner, entry):
    editing = "roles.view roles.edit activities.view contacts.export"
    reader = signed_in("vic", make_role(permissions=editing, level=50).code)
    assert url_of(entry) not in reader.get(LOG).content.decode()
    assert reader.post(url_of(entry)).status_code == 403
    lacking = make_role(
        permissions="roles.view roles.edit activities.view activities.undo", level=50
    )
    answer = signed_in("ned", lacking.code).post(url_of(entry), follow=True)
    assert "do not have it yourself" in answer.content.decode()
    assert own() == {"contacts.view", "contacts.export"}


def test_undo_is_never_a_link_and_never_beyond_view(client, owner, entry):
    assert owner.get(url_of(entry)).status_code == 405
    assert client.post(url_of(entry)).status_code == 302
    blind = signed_in("ida", make_role(permissions="activities.view activities.undo").code)
    assert blind.post(url_of(entry))["Location"] == "/"
    assert own() == {"contacts.view", "contacts.export"}
