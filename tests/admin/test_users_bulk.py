"""One thing done to several people: each is asked about, and nothing is dropped (R25)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.bulk import change_people
from accounts.services.people import suspend_person
from roles.core.errors import Refused
from roles.models import AuditEntry
from tests.factories import fetch, give, make_department, make_role, make_user, set_manager

from .people import LIST, browser_of, manager_like, with_rights, words

pytestmark = pytest.mark.django_db
ACTS = {"suspend", "restore", "give-role", "take-role-back", "department", "manager", "delete"}


def at(act: str) -> str:
    return f"{LIST}bulk/{act}/"


def ids(*people) -> str:
    return ",".join(str(person.pk) for person in people)


def do(client, act, *people, **values):
    return client.post(at(act), {"people": ids(*people), **values})


def look(client, act, *people, **values):
    return client.get(at(act), {"people": ids(*people), **values})


def states(*people) -> list[str]:
    return [User.objects.get(pk=person.pk).state for person in people]


def offered(client) -> set[str]:
    page = client.get(LIST)
    form = page.context.get("action_form")
    return {code for code, _label in form.fields["action"].choices if code} if form else set()


def roles_of(person) -> set[str]:
    return set(person.role_assignments.values_list("role__code", flat=True))


@pytest.fixture
def ann(db):
    return make_user("ann", "user", first_name="Ann", last_name="Lee")


@pytest.fixture
def ben(db):
    return make_user("ben", "user")


@pytest.fixture
def peer(db):
    return make_user("pat", "manager", first_name="Pat")


# From the list to the page


def test_the_list_offers_what_one_may_do_to_somebody_at_all(owner, ann):
    """R12, D1, D3: by permission, by rank, and by what it would have to name (R23, R24)."""
    assert offered(owner) == ACTS
    manager = manager_like()
    assert offered(manager) == ACTS - {"give-role"}  # there is none that they could give (D5)
    make_role("low", level=5, permissions="users.view")
    assert offered(manager) == ACTS
    assert offered(with_rights("a", "users.view users.edit")) == {"suspend", "restore", "manager"}
    assert offered(with_rights("b", "users.view groups.manage")) == {"department"}
    assert offered(with_rights("c", "users.view users.delete")) == {"delete"}
    hidden = {"users": {"username": "hidden", "department": "hidden"}}
    rights = "users.view users.edit groups.manage"
    assert offered(with_rights("d", rights, fields=hidden)) == {"suspend", "restore"}
    assert offered(with_rights("e", "users.view users.edit users.delete", level=0)) == set()
    viewer = with_rights("f", "users.view")
    assert offered(viewer) == set()
    assert "action-select" not in viewer.get(LIST).content.decode()


def test_choosing_in_the_list_leads_to_the_page(owner, ann, ben):
    data = {"action": "suspend", "_selected_action": [ann.pk, ben.pk], "index": "0"}
    answer = owner.post(LIST, data)
    assert answer.url.startswith(f"{at('suspend')}?people=") and states(ann, ben) == ["active"] * 2
    said = words(owner.get(answer.url))
    assert "Suspend: 2 people" in said and "You can do this to 2 of 2 people." in said


def test_a_forged_row_of_the_list_refuses_the_whole(owner, ann):
    """Threat 7: what is not there is not left out in silence."""
    data = {"action": "suspend", "_selected_action": [ann.pk, 999999], "index": "0"}
    assert "one of the chosen rows is not there" in words(owner.post(LIST, data, follow=True))
    for action in ("promote", "delete_selected"):
        answer = owner.post(LIST, data | {"action": action, "_selected_action": [ann.pk]})
        assert "bulk" not in getattr(answer, "url", "")
    assert not User.objects.get(pk=ann.pk).deleted_at and states(ann) == ["active"]


# What it does


def test_people_are_suspended_restored_and_moved_to_the_trash(ann, ben):
    """D13: an entry each."""
    client = manager_like()
    assert do(client, "suspend", ann, ben).status_code == 302
    assert states(ann, ben) == ["suspended"] * 2
    assert do(client, "restore", ann, ben).status_code == 302
    assert states(ann, ben) == ["active"] * 2
    said = words(client.post(at("delete"), {"people": ids(ann, ben)}, follow=True))
    assert "2 people are in the trash." in said
    assert User.objects.filter(pk__in=[ann.pk, ben.pk], deleted_at=None).count() == 0
    for action in ("user.suspended", "user.restored", "user.deleted"):
        assert AuditEntry.objects.filter(action=action, actor__username="mia").count() == 2


def test_a_role_is_given_with_its_moments_and_taken_back(ann, ben):
    make_role("low", level=5, permissions="users.view")
    client = manager_like()
    give(ben, "low")
    values = {"role": "low", "valid_from": "", "valid_until": "2126-01-01T00:00", "reason": "Fair"}
    said = words(look(client, "give-role", ann, ben, **values))
    assert "You can do this to 1 of 2 people." in said and "They hold it already." in said
    assert do(client, "give-role", ann, ben, **values).status_code == 302
    held = ann.role_assignments.get(role__code="low")
    assert (held.reason, held.valid_until.year, held.assigned_by.username) == ("Fair", 2126, "mia")
    assert ben.role_assignments.get(role__code="low").valid_until is None
    offered = look(client, "take-role-back", ann, ben).context["batch"].form.fields["role"]
    assert set(offered.queryset.values_list("code", flat=True)) == {"low", "user"}
    assert do(client, "take-role-back", ann, ben, role="low").status_code == 302
    assert roles_of(ann) == roles_of(ben) == {"user"}


def test_people_are_moved_to_a_department_and_to_a_manager(ann, ben):
    """D6a."""
    sales, boss, client = make_department("sales"), make_user("boss", "manager"), manager_like()
    assert do(client, "department", ann, ben, department=sales.pk).status_code == 302
    assert do(client, "manager", ann, ben, manager="BOSS").status_code == 302
    for person in (ann, ben):
        person.refresh_from_db()
        assert (person.department, person.manager) == (sales, boss)
    assert "They are there already." in words(look(client, "department", ann, department=sales.pk))
    assert do(client, "department", ann, ben, department="").status_code == 302
    assert User.objects.filter(department=sales).count() == 0


# Whom it cannot be done to


def test_who_cannot_be_changed_is_named_with_the_reason_and_nobody_is_changed(ann, peer):
    """D2, D3."""
    client = manager_like()
    mia = User.objects.get(username="mia")
    said = words(look(client, "suspend", ann, peer, mia)).replace("&#x27;", "'")
    assert (
        "You can do this to 1 of 3 people." in said and "Skip those 2 and change the rest" in said
    )
    assert "Pat This person's rank 50 is not below your own (D3)" in said
    assert "mia Nobody suspends themselves (D2)" in said
    answer = do(client, "suspend", ann, peer, mia)
    assert answer.status_code == 403
    assert "Nothing was saved: 2 of 3 people cannot be changed (R25)." in words(answer)
    assert states(ann, peer, mia) == ["active"] * 3
    assert not AuditEntry.objects.filter(action="user.suspended").exists()


def test_whoever_chose_to_skip_them_changes_the_rest(ann, peer):
    client = manager_like()
    answer = client.post(at("suspend"), {"people": ids(ann, peer), "skip": "1"}, follow=True)
    assert "1 person is suspended. 1 person stays as they were." in words(answer)
    assert states(ann, peer) == ["suspended", "active"]


def test_looking_changes_nothing_and_is_remembered_by_nobody(owner, ann, ben):
    entries = AuditEntry.objects.count()
    for act, values in (
        ("suspend", {}),
        ("delete", {}),
        ("give-role", {"role": "guest"}),
        ("take-role-back", {"role": "user"}),
    ):
        assert "2 of 2 people" in words(look(owner, act, ann, ben, **values)), act
    assert AuditEntry.objects.count() == entries
    assert states(ann, ben) == ["active"] * 2 and roles_of(ann) == {"user"}
    assert fetch(ann).has_perm("contacts.view")


def test_of_all_owners_together_one_stays(owner):
    """D7: asked of the batch as a whole, which each one by one would pass."""
    olga, otto = User.objects.get(username="olga"), make_user("otto", "owner")
    root = browser_of(make_user("root", is_superuser=True))
    for act, values in (("suspend", {}), ("delete", {}), ("take-role-back", {"role": "owner"})):
        said = words(look(root, act, olga, otto, **values))
        assert "You can do this to 1 of 2 people." in said and "This is the last Owner" in said, act
        assert do(root, act, olga, otto, **values).status_code == 403
        assert states(olga, otto) == ["active"] * 2
    assert do(root, "suspend", olga, otto, skip="1").status_code == 302
    assert sorted(states(olga, otto)) == ["active", "suspended"]


def test_of_several_the_new_manager_does_not_report_to_themselves(owner, ann, ben):
    """R9."""
    said = words(look(owner, "manager", ann, ben, manager="ben"))
    assert "You can do this to 1 of 2 people." in said
    assert "Nobody reports to themselves (R9). Choose another manager." in said
    assert do(owner, "manager", ann, ben, manager="ben", skip="1").status_code == 302
    ann.refresh_from_db()
    assert ann.manager == ben


def test_a_move_asks_about_those_who_move_along(ann, peer):
    """D6a, D3: somebody above the actor reports to Ann."""
    set_manager(peer, ann)
    boss, client = make_user("boss", "manager"), manager_like()
    assert "0 of 1 person" in words(look(client, "manager", ann, manager=boss.username))
    assert do(client, "manager", ann, manager="boss").status_code == 403
    ann.refresh_from_db()
    assert ann.manager is None


# Forged


@pytest.mark.parametrize(
    "people", ["", "x", "1,x", "999999", "-1", "1;2", ",", "٣", "1_0", "9" * 30]
)
def test_ids_that_are_none_refuse_the_whole(owner, ann, people):
    for chosen in (people, f"{ann.pk},{people}"):
        answer = owner.post(at("suspend"), {"people": chosen})
        assert (answer.status_code, answer.url) == (302, LIST)
    assert states(ann) == ["active"]


def test_who_is_in_the_trash_is_as_if_they_never_were(owner, ann, ben):
    """R23, R26."""
    User.objects.filter(pk=ben.pk).update(deleted_at="2026-01-01T00:00Z")
    assert do(owner, "suspend", ann, ben).url == do(owner, "suspend", ann, User(pk=999999)).url
    assert states(ann) == ["active"]


@pytest.mark.parametrize("code", ["administrator", "owner", "wide", "nothing", ""])
def test_a_role_that_is_not_offered_is_refused_and_given_to_nobody(ann, ben, code):
    """D5."""
    make_role("wide", level=5, permissions="deals.delete")
    make_role("low", level=5, permissions="users.view")
    client = manager_like()
    assert do(client, "give-role", ann, ben, role=code, skip="1").status_code == 400
    assert roles_of(ann) == roles_of(ben) == {"user"}


def test_something_else_posted_with_it_refuses_the_whole(owner, ann):
    """Threat 3."""
    assert do(owner, "suspend", ann, state="active").status_code == 400
    assert do(owner, "give-role", ann, role="guest", user="1").status_code == 400
    assert states(ann) == ["active"] and roles_of(ann) == {"user"}


def test_what_is_not_offered_is_refused_by_post_and_an_unknown_act_is_no_page(owner, ann):
    """D1, R21; the twins are above."""
    client = with_rights("max", "users.view users.edit")
    for act, values in (("delete", {}), ("give-role", {"role": "user"}), ("department", {})):
        assert do(client, act, ann, **values).status_code == 403
        assert look(client, act, ann, **values).status_code == 403
    assert do(owner, "promote", ann).status_code == 404
    low = with_rights("low", "users.view users.edit", level=0)
    assert do(low, "suspend", ann).status_code == 403
    assert states(ann) == ["active"] and not User.objects.get(pk=ann.pk).deleted_at


def test_who_is_out_gets_nothing(ann):
    """R1."""
    assert do(Client(), "suspend", ann).status_code == 302
    client = manager_like()
    User.objects.filter(username="mia").update(state="suspended")
    assert "/login/" in do(client, "suspend", ann).url
    assert states(ann) == ["active"]


def test_who_may_not_view_people_is_told_so_before_anything_else(ann):
    """R23: whether there is such an act, or such a person, is not for them to learn."""
    client = with_rights("nora", "users.edit")
    for act in ("suspend", "promote"):
        for answer in (do(client, act, ann), look(client, act, ann)):
            assert answer.status_code == 403 and "Users: View" in words(answer)
    assert states(ann) == ["active"]


def test_a_hidden_name_is_not_told(ann, peer):
    """R16."""
    fields = {"users": {"last_name": "hidden"}}
    client = with_rights("mia", "users.view users.edit", fields=fields)
    said = words(look(client, "suspend", ann, peer))
    assert f"User {ann.pk}" in said and "Lee" not in said


# How it scales


def test_the_service_asks_about_each_and_stops_whole(owner, ann, ben):
    olga = fetch(User.objects.get(username="olga"))
    with pytest.raises(Refused, match="1 of 3"):
        change_people(acting_user=olga, people=[ann, olga, ben], change=suspend_person)
    assert states(ann, ben) == ["active"] * 2
    done = change_people(
        acting_user=olga, people=[ann, olga, ben], change=suspend_person, skip_refused=True
    )
    assert done.changed == [ann, ben] and [step.person for step in done.refused] == [olga]


def test_what_was_begun_with_a_refused_one_is_taken_back(owner, ann, ben):
    """R25: who is skipped is as they were, however far the change had come."""

    def change(*, acting_user, person):
        User.objects.filter(pk=person.pk).update(first_name="Changed")
        if person == ann:
            raise Refused("Not her.")

    olga = fetch(User.objects.get(username="olga"))
    change_people(acting_user=olga, people=[ann, ben], change=change, skip_refused=True)
    assert [User.objects.get(pk=one.pk).first_name for one in (ann, ben)] == ["Ann", "Changed"]


def test_more_than_two_hundred_are_not_taken_at_once(owner):
    people = User.objects.bulk_create(User(username=f"p{n}") for n in range(201))
    data = {"action": "suspend", "_selected_action": [p.pk for p in people], "index": "0"}
    assert "Choose at most 200 people at once." in words(owner.post(LIST, data, follow=True))
    assert do(owner, "suspend", *people).status_code == 302
    assert not User.objects.filter(state="suspended").exists()


def test_each_person_costs_a_bounded_number_of_queries(owner):
    """A hundred people cost a hundred times what one does, and nothing that grows with them."""
    people = [make_user(f"p{number}", "user") for number in range(12)]
    cost = {}
    for count in (2, 12):
        look(owner, "suspend", *people[:count])
        with CaptureQueriesContext(connection) as counted:
            look(owner, "suspend", *people[:count])
        cost[count] = len(counted)
    assert (cost[12] - cost[2]) / 10 <= 9, cost
