"""Approving and rejecting whoever waits: who may, with which roles, what the log tells (D12)."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.services.approval import approve_person, reject_person
from roles.core.errors import Refused
from roles.models import AuditEntry
from tests.factories import fetch, give, make_role, make_user, role_of

from .test_invitation_pages import browse, words

pytestmark = pytest.mark.django_db
HOST = "users.approve users.view profile.view contacts.view"
DECISIONS = [approve_person, reject_person]


@pytest.fixture
def wes(db):
    return make_user("wes", "guest", state="waiting", email="wes@x.org", first_name="Wesley")


def approve(actor, person, *roles):
    chosen = [role_of(role) for role in roles]
    return approve_person(acting_user=actor, user=person, roles=chosen)


def held(person):
    return set(person.role_assignments.values_list("role__code", flat=True))


def state_of(person):
    return User.objects.get(pk=person.pk).state


def test_whoever_is_approved_has_the_chosen_roles_at_once(owner, wes):
    assert not fetch(wes).has_perm("contacts.view")
    approve(owner, wes, "user", "manager", "user", "guest")
    assert state_of(wes) == "active" and held(wes) == {"guest", "user", "manager"}
    assert fetch(wes).has_perm("contacts.view")


def test_without_roles_they_come_in_as_they_are(owner, wes):
    approve(owner, wes)
    assert state_of(wes) == "active" and held(wes) == {"guest"}


def test_whoever_is_rejected_is_out(owner, wes):
    reject_person(acting_user=owner, user=wes)
    assert state_of(wes) == "rejected" and fetch(wes) is None


@pytest.mark.parametrize("decide", DECISIONS)
def test_without_the_permission_nobody_decides(wes, decide):
    sam = make_user("sam", make_role("host", level=60, permissions="users.view users.edit"))
    with pytest.raises(Refused):
        decide(acting_user=fetch(sam), user=wes)
    assert state_of(wes) == "waiting"


@pytest.mark.parametrize("decide", DECISIONS)
def test_whoever_may_decides_on_people_below_them(wes, decide):
    sam = make_user("sam", make_role("host", level=50, permissions=HOST))
    decide(acting_user=fetch(sam), user=wes)
    assert state_of(wes) in ("active", "rejected")


@pytest.mark.parametrize("decide", DECISIONS)
@pytest.mark.parametrize("moments", [{}, {"valid_from": datetime.now(UTC) + timedelta(days=7)}])
def test_nobody_decides_on_people_of_their_own_rank_or_above(owner, wes, decide, moments):
    """D3: a role that begins next week counts."""
    sam = make_user("sam", make_role("host", level=50, permissions=HOST))
    give(wes, make_role("peer", level=50), **moments)
    with pytest.raises(Refused):
        decide(acting_user=fetch(sam), user=wes)
    assert state_of(wes) == "waiting"
    decide(acting_user=owner, user=wes)


@pytest.mark.parametrize("role", ["owner", "manager", "user"])
def test_nobody_approves_into_a_role_that_they_could_not_give(owner, wes, role):
    """D5; nothing of it is done."""
    make_role("reader", permissions="contacts.view")
    sam = make_user("sam", make_role("host", level=50, permissions=HOST))
    with pytest.raises(Refused):
        approve(fetch(sam), wes, "reader", role)
    assert state_of(wes) == "waiting" and held(wes) == {"guest"}
    approve(fetch(sam), wes, "reader")
    assert held(wes) == {"guest", "reader"}


def test_the_page_offers_only_roles_that_one_may_give_and_a_forged_one_is_refused(wes):
    make_role("reader", permissions="contacts.view")
    client = browse(make_user("sam", make_role("host", level=50, permissions=HOST)))
    url = f"/registrations/{wes.pk}/"
    page = words(client.get(url))
    assert 'value="reader"' in page and 'value="manager"' not in page
    answer = client.post(url, {"decision": "approve", "roles": ["manager"]})
    assert "Select a valid choice" in words(answer) and state_of(wes) == "waiting"


def test_the_page_of_somebody_above_says_why_it_decides_nothing(wes):
    give(wes, "administrator")
    client = browse(make_user("sam", make_role("host", level=50, permissions=HOST)))
    page = words(client.get(f"/registrations/{wes.pk}/"))
    assert "is not below your own (D3)" in page and 'value="approve"' not in page
    client.post(f"/registrations/{wes.pk}/", {"decision": "approve"})
    assert state_of(wes) == "waiting"


@pytest.mark.parametrize("decide", DECISIONS)
def test_nobody_decides_on_themselves(owner, decide):
    """D2: whoever waits may do nothing anyway, and a superuser who waits is no exception."""
    with pytest.raises(Refused):
        decide(acting_user=owner, user=owner)
    root = make_user("root", "owner", is_superuser=True, state="waiting")
    with pytest.raises(Refused):
        decide(acting_user=root, user=root)
    assert state_of(root) == "waiting"


@pytest.mark.parametrize("decide", DECISIONS)
@pytest.mark.parametrize("state", ["active", "suspended", "rejected"])
def test_only_who_waits_can_be_decided_on(owner, wes, decide, state):
    User.objects.filter(pk=wes.pk).update(state=state)
    with pytest.raises(Refused, match="waits no longer"):
        decide(acting_user=owner, user=wes)
    assert state_of(wes) == state


def test_the_log_tells_who_let_whom_in_and_with_what(owner, wes):
    approve(owner, wes, "user")
    entry = AuditEntry.objects.get(action="user.approved")
    assert (entry.actor, entry.subject_id) == (owner, str(wes.pk))
    assert entry.changes == [
        {"field": "state", "old": "waiting", "new": "active"},
        {"field": "roles", "old": [], "new": [role_of("user").pk]},
    ]
    given = AuditEntry.objects.get(
        action="role.assigned", beside_id=str(wes.pk), subject_name="User"
    )
    assert given.actor == owner


def test_the_log_tells_who_rejected_whom(owner, wes):
    reject_person(acting_user=owner, user=wes)
    assert AuditEntry.objects.get(action="user.rejected").actor == owner


# The pages


def test_the_queue_leads_to_the_person_and_the_decision(owner, wes):
    client = browse(owner)
    assert "Wesley" in words(client.get("/registrations/"))
    page = words(client.get(f"/registrations/{wes.pk}/"))
    assert "wes@x.org" in page and 'name="roles" value="user"' in page
    client.post(f"/registrations/{wes.pk}/", {"decision": "approve", "roles": ["user"]})
    assert state_of(wes) == "active" and held(wes) == {"guest", "user"}
    assert "Nobody waits" in words(client.get("/registrations/"))
    assert client.get(f"/registrations/{wes.pk}/").status_code == 404


def test_the_page_rejects(owner, wes):
    answer = browse(owner).post(
        f"/registrations/{wes.pk}/", {"decision": "reject", "roles": ["user"]}, follow=True
    )
    assert "is rejected" in words(answer)
    assert state_of(wes) == "rejected" and held(wes) == {"guest"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "approve or reject"),
        ({"decision": "delete"}, "approve or reject"),
        ({"decision": "approve", "roles": ["nothing"]}, "Select a valid choice"),
    ],
)
def test_what_is_no_decision_changes_nothing(owner, wes, data, said):
    answer = browse(owner).post(f"/registrations/{wes.pk}/", data)
    assert said in words(answer) and state_of(wes) == "waiting"


def test_opening_the_page_decides_nothing(owner, wes):
    browse(owner).get(f"/registrations/{wes.pk}/?decision=approve")
    assert state_of(wes) == "waiting"


def test_without_the_permission_there_is_no_queue(wes):
    client = browse(make_user("sam", make_role("host", level=60, permissions="users.view")))
    assert client.get("/registrations/").status_code == 403
    assert client.post(f"/registrations/{wes.pk}/", {"decision": "approve"}).status_code == 403
    assert state_of(wes) == "waiting"


def test_whoever_may_not_see_people_finds_nobody_in_the_queue(wes):
    """R14: a feature on a person asks for the person's view too."""
    client = browse(make_user("sam", make_role("host", level=60, permissions="users.approve")))
    assert "Nobody waits whom you may see" in words(client.get("/registrations/"))
    assert client.get(f"/registrations/{wes.pk}/").status_code == 404


def test_a_hidden_field_is_not_in_the_queue(wes):
    """R16."""
    role = make_role(
        "host",
        level=60,
        permissions="users.approve users.view",
        fields={"users": {"email": "hidden"}},
    )
    client = browse(make_user("sam", role))
    for url in ("/registrations/", f"/registrations/{wes.pk}/"):
        assert "wes@x.org" not in words(client.get(url))
    open_role = make_role("guide", level=60, permissions="users.approve users.view")
    assert "wes@x.org" in words(browse(make_user("mia", open_role)).get("/registrations/"))


def test_of_roles_out_of_view_no_name_is_shown(owner, wes):
    """R24."""
    host = make_role("host", level=60, permissions="users.approve users.view")
    page = words(browse(make_user("sam", host)).get(f"/registrations/{wes.pk}/"))
    assert "No access" in page and "Guest" not in page
    assert "Guest" in words(browse(owner).get(f"/registrations/{wes.pk}/"))


def test_the_queue_asks_as_much_for_many_as_for_one(owner, wes, django_assert_max_num_queries):
    client = browse(owner)
    client.get("/registrations/")
    for number in range(30):
        make_user(f"w{number}", "guest", state="waiting")
    with django_assert_max_num_queries(10):
        assert "31 people wait" in words(client.get("/registrations/"))


def test_a_role_that_is_not_among_the_choices_is_refused_in_words_where_there_are_none(wes):
    client = browse(
        make_user("sam", make_role("host", level=1, permissions="users.approve users.view"))
    )
    give(wes, make_role("low", level=0))
    answer = client.post(f"/registrations/{wes.pk}/", {"decision": "approve", "roles": ["user"]})
    assert "is not one of the available choices" in words(answer)
    assert state_of(wes) == "waiting"
