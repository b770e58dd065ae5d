"""Undo on the page of the log: offered where it can be, refused in words where it may not (D13)."""

import pytest

from accounts.models import User
from accounts.services.people import reset_password
from roles.core.changes import RoleChanges
from roles.models import AuditEntry
from roles.services.role import change_role
from tests.factories import fetch, make_role, make_user, role_of

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


def test_what_has_no_opposite_has_no_button_and_says_why(owner, entry):
    olga, ann = User.objects.get(username="olga"), make_user("ann")
    reset_password(acting_user=fetch(olga), person=ann, origin="https://crm.example.org/")
    reset = AuditEntry.objects.get(action="user.password_reset")
    page = owner.get(LOG).content.decode()
    assert url_of(reset) not in page and url_of(entry) in page
    answer = owner.post(url_of(reset), follow=True)
    assert "A password that was reset cannot be brought back." in answer.content.decode()


def test_an_undo_says_that_it_is_one_and_can_be_undone_itself(owner, entry):
    owner.post(url_of(entry))
    made = AuditEntry.objects.latest("pk")
    page = owner.get(LOG).content.decode()
    assert f'<a href="{LOG}{entry.pk}/change/">undoing an earlier change</a>' in page
    assert url_of(made) in page
    owner.post(url_of(made))
    assert own() == {"contacts.view", "contacts.export"}
    history = owner.get(f"/roles/role/{role_of('rep').pk}/history/").content.decode()
    assert "undoing an earlier change" in history and f"{LOG}{entry.pk}" not in history


def test_one_comes_back_to_what_one_was_looking_at(owner, entry):
    page = owner.get(LOG, {"what": "changed", "page": 1})
    back = f"{url_of(entry)}?what=changed&amp;page=1"
    assert f'action="{back}"' in page.content.decode()
    answer = owner.post(url_of(entry) + "?what=changed&page=1", follow=True)
    assert answer.redirect_chain == [(f"{LOG}?what=changed&page=1", 302)]
    assert "Undone." in answer.content.decode()
    assert f'action="{url_of(entry)}"' in owner.get(LOG).content.decode()
    assert owner.post(f"{url_of(entry)}?next=//evil.example", follow=True).status_code == 400


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
