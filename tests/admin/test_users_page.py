"""A person's page: who sees what of it, what it offers to whom, and what it refuses whole."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from roles.models import AuditEntry
from tests.factories import (
    give,
    make_department,
    make_role,
    make_team,
    make_user,
    set_manager,
)

from .people import EVERYTHING, LIST, browser_of, manager_like, page_of, with_rights, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    """Ann holds User (10)."""
    return make_user("ann", "user", first_name="Ann", last_name="Lee", email="ann@x.example")


@pytest.fixture
def peer(db):
    """Pat has the rank of a manager-like one (50)."""
    return make_user("pat", "manager", first_name="Pat")


def roles_of(person) -> set[str]:
    return set(person.role_assignments.values_list("role__code", flat=True))


def identity(person, **values) -> dict[str, str]:
    """Give what the form of who they are would post."""
    named = ("username", "first_name", "last_name", "email")
    return {name: getattr(person, name) for name in named} | values


def offers(page: str) -> set[str]:
    """Give the words of the page's buttons."""
    found = re.findall(r"<button[^>]*>\s*([^<]+?)\s*</button>", page.partition('id="content"')[2])
    return set(found)


# Who sees it


def test_a_viewer_reads_it_and_is_offered_nothing(ann):
    page = with_rights("max", "users.view").get(page_of(ann))
    said = words(page)
    assert page.status_code == 200
    for shown in ("Ann Lee", "ann@x.example", "Active", "Rank 10"):
        assert shown in said
    assert offers(page.content.decode()) == set()
    assert "<input" not in page.content.decode().partition('id="content"')[2]
    assert "level 10" not in said and "What they may do" not in said


def test_roles_and_what_they_give_are_shown_to_who_may_view_roles(ann):
    """R24; each line says which role gives it (R15)."""
    role = make_role("seller", permissions="deals.view deals.edit", records={"deals": "team"})
    give(ann, role).__class__.objects.filter(role=role).update(reason="Covers for Ben")
    said = words(with_rights("max", "users.view roles.view").get(page_of(ann)))
    assert "Seller level 10" in said and "Covers for Ben" in said
    assert "View and edit : their own records and their teams’ by Seller" in said
    assert "View, create and edit : their own records by User" in said


def test_what_two_roles_give_alike_is_said_once_and_what_has_no_effect_not(ann):
    """R14: editing without seeing."""
    give(ann, make_role("second", base="user"))
    give(ann, make_role("third", permissions="targets.edit"))
    said = words(with_rights("max", "users.view roles.view").get(page_of(ann)))
    assert "by Second and User" in said or "by User and Second" in said
    assert "Targets" not in said


def test_a_suspended_person_is_said_to_have_nothing_now(ann):
    User.objects.filter(pk=ann.pk).update(state="suspended")
    said = words(with_rights("max", "users.view roles.view").get(page_of(ann)))
    assert "Suspended" in said and "Nothing, as long as their account is not active" in said


def test_a_hidden_field_is_not_on_it_and_the_name_stays_unsaid(ann):
    """R16, R23."""
    fields = {"users": {"email": "hidden", "last_name": "hidden", "manager": "hidden"}}
    set_manager(ann, make_user("boss"))
    said = words(with_rights("max", "users.view", fields=fields).get(page_of(ann)))
    assert "ann@x.example" not in said and "Lee" not in said and "Manager" not in said
    assert f"User {ann.pk}" in said and "First name Ann" in said


def test_who_is_out_or_may_not_view_people_gets_nothing(ann):
    """R1, R12, R23."""
    assert Client().get(page_of(ann)).status_code == 302
    assert with_rights("max", "contacts.view").get(page_of(ann)).status_code == 403
    client = with_rights("mia", "users.view")
    assert client.get(page_of(ann)).status_code == 200
    User.objects.filter(username="mia").update(is_active=False)
    assert "/login/" in client.get(page_of(ann)).url


def test_a_deleted_person_is_answered_as_one_who_never_was(ann, owner):
    """R26, R23."""
    gone = page_of(ann)
    User.objects.filter(pk=ann.pk).update(deleted_at=timezone.now())
    never = owner.get(f"{LIST}999999/change/")
    assert owner.get(gone).status_code == never.status_code == 302
    assert owner.get(gone).url == never.url
    for rest in ("roles/", "place/", "act/suspend/", "roles/user/take-back/", "roles/user/change/"):
        assert owner.post(page_of(ann, rest)).url == never.url
    assert roles_of(ann) == {"user"}


# What it offers


def test_an_owner_is_offered_everything(ann, owner):
    page = owner.get(page_of(ann)).content.decode()
    wanted = {"Save Changes", "Move", "Give Role", "Take Back", "Suspend", "Reset Password"}
    assert wanted <= offers(page)
    assert "/delete/" in page


def test_a_manager_is_offered_what_lies_below_them_and_no_role_above(ann):
    """D3, D5: Administrator is never among the choices; the password needs its own right."""
    make_role("low", level=5, permissions="users.view")
    page = manager_like().get(page_of(ann)).content.decode()
    assert {"Save Changes", "Move", "Give Role", "Take Back", "Suspend"} <= offers(page)
    assert "Reset Password" not in page
    assert 'value="low"' in page
    assert 'value="administrator"' not in page and 'value="owner"' not in page


def test_a_peer_is_shown_locked_with_the_reason(peer):
    """D3."""
    page = manager_like().get(page_of(peer))
    assert offers(page.content.decode()) == set()
    said = words(page)
    assert "You may view this person, not change them." in said
    assert "This person's rank 50 is not below your own (D3)" in said.replace("&#x27;", "'")


def test_one_s_own_page_offers_no_roles_and_no_state(owner):
    """D2: an Owner changes their own name, and nothing that lets them in."""
    olga = User.objects.get(username="olga")
    page = owner.get(page_of(olga))
    assert offers(page.content.decode()) == {"Save Changes", "Move"}
    assert "Nobody changes their own roles (D2)" in words(page)


def test_the_last_owner_keeps_the_role_and_says_why(owner):
    """D7: a superuser looks at the only Owner."""
    root = browser_of(make_user("root", is_superuser=True))
    olga = User.objects.get(username="olga")
    page = root.get(page_of(olga))
    assert "This is the last Owner" in words(page)
    assert not {"Suspend", "Take Back"} & offers(page.content.decode())
    make_user("otto", "owner")
    assert {"Suspend", "Take Back"} <= offers(root.get(page_of(olga)).content.decode())


def test_who_waits_is_linked_to_the_page_that_approves(owner):
    """D12."""
    will = make_user("will", "guest", state="waiting")
    link = f"/registrations/{will.pk}/"
    assert link in owner.get(page_of(will)).content.decode()
    assert owner.get(link).status_code == 200
    assert link not in with_rights("max", "users.view").get(page_of(will)).content.decode()


# Who they are


def test_a_change_is_saved_through_the_service_and_logged(ann):
    """D13."""
    client = manager_like()
    answer = client.post(page_of(ann), identity(ann, first_name="Anna"))
    assert answer.status_code == 302
    ann.refresh_from_db()
    assert ann.first_name == "Anna"
    assert AuditEntry.objects.filter(action="user.changed", subject_id=ann.pk).count() == 1
    assert "Anna Lee is saved." in words(client.get(answer.url))


@pytest.mark.parametrize(
    "forged",
    [
        {"state": "suspended"},
        {"is_superuser": "1"},
        {"is_active": ""},
        {"roles": "owner"},
        {"password": "x"},
        {"manager": "1"},
        {"deleted_at": "2020-01-01"},
        {"groups": "1"},
    ],
)
def test_a_forged_value_beside_it_refuses_the_whole(ann, owner, forged):
    """R17, threat 3; an Owner is not let either. The twin is above."""
    before = User.objects.filter(pk=ann.pk).values().get()
    answer = owner.post(page_of(ann), identity(ann, first_name="Anna", **forged))
    assert answer.status_code == 200
    said = words(answer)
    (name,) = forged
    assert f"no field “{name}”" in said or "You cannot set “" in said
    assert User.objects.filter(pk=ann.pk).values().get() == before


def test_a_read_only_field_is_shown_and_refused_by_name_and_a_hidden_one_as_no_field(ann):
    """R17, R23."""
    fields = {"users": {"email": "read_only", "last_name": "hidden"}}
    client = with_rights("mia", EVERYTHING, fields=fields)
    page = client.get(page_of(ann)).content.decode()
    assert 'name="email"' not in page and "ann@x.example" in page and 'name="last_name"' not in page
    sent = {"username": "ann", "first_name": "Anna"}
    answer = client.post(page_of(ann), sent | {"email": "evil@x.example"})
    assert "You cannot set “E-mail address” here." in words(answer)
    answer = client.post(page_of(ann), sent | {"last_name": "Evil"})
    assert "There is no field “last_name”." in words(answer)
    ann.refresh_from_db()
    assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Lee", "ann@x.example")
    assert client.post(page_of(ann), sent).status_code == 302
    ann.refresh_from_db()
    assert ann.first_name == "Anna"


@pytest.mark.parametrize("rights", ["users.view", EVERYTHING])
def test_who_may_not_edit_them_is_refused_and_nothing_is_saved(peer, rights):
    """D1 for the viewer, D3 for the peer."""
    answer = with_rights("mia", rights).post(page_of(peer), identity(peer, first_name="Evil"))
    assert answer.status_code == 403
    peer.refresh_from_db()
    assert peer.first_name == "Pat"


# Roles


def test_a_role_is_given_with_moments_and_reason_and_taken_back(ann):
    make_role("low", level=5, permissions="users.view")
    client = manager_like()
    until = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    sent = {"role": "low", "valid_from": "", "valid_until": until, "reason": "Holidays"}
    answer = client.post(page_of(ann, "roles/"), sent)
    assert answer.status_code == 302
    held = ann.role_assignments.get(role__code="low")
    assert (held.reason, held.assigned_by.username) == ("Holidays", "mia")
    assert held.valid_until.strftime("%Y-%m-%dT%H:%M") == until and held.valid_from is None
    said = words(client.get(page_of(ann)))
    assert "Ann Lee now holds “Low”." in said and "Holidays" in said
    assert client.post(page_of(ann, "roles/low/take-back/")).status_code == 302
    assert roles_of(ann) == {"user"}


@pytest.mark.parametrize("code", ["administrator", "owner", "wide", "nothing"])
def test_a_role_beyond_the_actor_is_refused_in_words_and_not_given(ann, code):
    """D5: by its level, by what it gives, or because there is none."""
    make_role("wide", level=5, permissions="deals.delete")
    answer = manager_like().post(page_of(ann, "roles/"), {"role": code})
    assert answer.status_code == 400
    assert "You cannot give this role" in words(answer)
    assert roles_of(ann) == {"user"}


def test_a_wrong_moment_and_a_role_held_already_are_said_at_their_fields(ann, owner):
    """R2."""
    sent = {"role": "guest", "valid_from": "2030-01-02T00:00", "valid_until": "2030-01-01T00:00"}
    answer = owner.post(page_of(ann, "roles/"), sent)
    assert answer.status_code == 400 and "The end must lie after the beginning" in words(answer)
    answer = owner.post(page_of(ann, "roles/"), {"role": "user"})
    assert answer.status_code == 400
    assert roles_of(ann) == {"user"}


@pytest.mark.parametrize("forged", [{"user": "1"}, {"assigned_by": "1"}, {"state": "active"}])
def test_something_else_posted_with_a_role_refuses_the_whole(ann, owner, forged):
    """Threat 3."""
    answer = owner.post(page_of(ann, "roles/"), {"role": "guest", **forged})
    assert answer.status_code == 400
    assert f"There is no field “{next(iter(forged))}”." in words(answer)
    assert roles_of(ann) == {"user"}


def test_a_peer_s_and_one_s_own_roles_cannot_be_changed_by_a_forged_post(peer, owner):
    """D2, D3."""
    make_role("low", level=5, permissions="users.view")
    client = manager_like()
    me, olga = User.objects.get(username="mia"), User.objects.get(username="olga")
    mine = roles_of(me)
    for person in (peer, me):
        answer = client.post(page_of(person, "roles/"), {"role": "low"})
        assert answer.status_code == 403 and "Nothing was changed." in words(answer)
    assert client.post(page_of(peer, "roles/manager/take-back/")).status_code == 403
    assert owner.post(page_of(olga, "roles/"), {"role": "user"}).status_code == 403
    assert owner.post(page_of(olga, "roles/owner/take-back/")).status_code == 403
    assert (roles_of(peer), roles_of(me), roles_of(olga)) == ({"manager"}, mine, {"owner"})


def test_the_terms_of_a_role_are_changed_in_place(ann):
    """R17: what stands there to the second is no change; without a script, by a link."""
    until = timezone.now() + timedelta(days=9)
    give(ann, make_role("low", level=5, permissions="users.view"), valid_until=until)
    client = manager_like()
    assert "/roles/low/change/" not in client.get(page_of(ann)).content.decode()
    page = client.get(page_of(ann), {"change": "low"}).content.decode()
    assert page_of(ann, "roles/low/change/") in page
    shown = f"{until:%Y-%m-%dT%H:%M}"
    assert f'name="valid_until" value="{shown}"' in page
    sent = {"valid_from": "", "valid_until": shown, "reason": "Holidays"}
    answer = client.post(page_of(ann, "roles/low/change/"), sent)
    assert answer.status_code == 302
    assert "“Low” is changed for Ann Lee." in words(client.get(answer.url))
    held = ann.role_assignments.get(role__code="low")
    assert (held.reason, held.valid_until) == ("Holidays", until)
    (row,) = AuditEntry.objects.get(action="role.assignment_changed").changes
    assert row["field"] == "reason"
    client.post(page_of(ann, "roles/low/change/"), {"valid_until": ""})
    held.refresh_from_db()
    assert (held.reason, held.valid_until) == ("Holidays", None)


def test_wrong_terms_are_said_at_their_field_and_forged_ones_refuse_the_whole(ann, owner):
    """R2, threat 3."""
    url = page_of(ann, "roles/user/change/")
    sent = {"valid_from": "2030-01-02T00:00", "valid_until": "2030-01-01T00:00", "reason": "x"}
    answer = owner.post(url, sent)
    assert answer.status_code == 400 and "The end must lie after the beginning" in words(answer)
    for name in ("role", "user", "assigned_by"):
        answer = owner.post(url, {"reason": "x", name: "1"})
        assert answer.status_code == 400 and f"There is no field “{name}”." in words(answer)
    held = ann.role_assignments.get()
    assert (held.valid_from, held.valid_until, held.reason) == (None, None, "")


def test_terms_are_offered_and_taken_where_the_role_could_be_given(ann, peer, owner):
    """D2, D3, D5, D7, R24."""
    give(ann, make_role("low", level=5, permissions="users.view"))
    give(ann, make_role("wide", level=5, permissions="deals.delete"))
    client = manager_like()
    page = client.get(page_of(ann)).content.decode()
    assert "?change=low" in page and "?change=wide" not in page
    assert "roles/wide/change/" not in client.get(page_of(ann), {"change": "wide"}).content.decode()
    assert "?change=" not in client.get(page_of(peer)).content.decode()
    olga, me = User.objects.get(username="olga"), User.objects.get(username="mia")
    root = browser_of(make_user("root", is_superuser=True))
    assert "?change=" not in root.get(page_of(olga)).content.decode()
    give(peer, "low")
    give(me, "low")
    blind = with_rights("max", "users.view users.edit")
    for asker, person, code in (
        (client, ann, "wide"),
        (client, peer, "low"),
        (client, me, "low"),
        (client, ann, "guest"),
        (blind, ann, "low"),
        (root, olga, "owner"),
    ):
        answer = asker.post(page_of(person, f"roles/{code}/change/"), {"reason": "x"})
        assert answer.status_code == 403 and "Nothing was changed." in words(answer), code
    assert not AuditEntry.objects.filter(action="role.assignment_changed").exists()
    assert client.post(page_of(ann, "roles/low/change/"), {"reason": "x"}).status_code == 302


def test_taking_back_a_role_that_is_not_held_or_not_seen_is_refused_alike(ann, owner):
    """R23."""
    assert owner.post(page_of(ann, "roles/manager/take-back/")).status_code == 403
    blind = with_rights("mia", "users.view users.edit")
    for code in ("user", "nothing"):
        answer = blind.post(page_of(ann, f"roles/{code}/take-back/"))
        assert answer.status_code == 403 and "They do not hold this role." in words(answer)
    assert roles_of(ann) == {"user"}


# Place


@pytest.fixture
def places(db):
    return make_department("sales"), make_team("alpha"), make_user("boss", "manager")


def test_a_person_is_moved_to_department_manager_and_teams_at_once(ann, places):
    """D6a."""
    sales, alpha, _boss = places
    sent = {"department": sales.pk, "manager": "BOSS", "teams": [alpha.pk]}
    assert manager_like().post(page_of(ann, "place/"), sent).status_code == 302
    ann.refresh_from_db()
    assert (ann.department, ann.manager.username) == (sales, "boss")
    assert list(ann.teams.all()) == [alpha]


def test_a_move_that_is_refused_in_one_part_moves_nothing(ann, places):
    """R9: a circle of managers is refused, and the department stays with it."""
    sales, _alpha, _boss = places
    low = make_user("low")
    set_manager(low, ann)
    answer = manager_like().post(page_of(ann, "place/"), {"department": sales.pk, "manager": "low"})
    assert answer.status_code == 400 and "Choose another manager" in words(answer)
    ann.refresh_from_db()
    assert ann.department is None and ann.manager is None


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ("users.view groups.manage", {"department", "teams"}),
        ("users.view users.edit", {"manager"}),
    ],
)
def test_each_right_moves_what_is_its_own_and_a_forged_rest_refuses_the_whole(
    ann, places, rights, offered
):
    """D6a: teams and departments by groups.manage, the manager by users.edit."""
    sales, alpha, _boss = places
    everything = {"department": sales.pk, "manager": "boss", "teams": [alpha.pk]}
    client = with_rights("mia", rights)
    page = client.get(page_of(ann)).content.decode()
    assert {name for name in everything if f'name="{name}"' in page} == offered
    answer = client.post(page_of(ann, "place/"), everything)
    assert answer.status_code == 400 and "You need the permission" in words(answer)
    ann.refresh_from_db()
    assert (ann.department, ann.manager, ann.teams.count()) == (None, None, 0)
    own = {name: everything[name] for name in offered}
    assert client.post(page_of(ann, "place/"), own).status_code == 302


def test_nobody_below_an_owner_moves_themselves_or_a_peer(peer, places):
    """D6a, D3."""
    sales, _alpha, _boss = places
    client = manager_like()
    for person in (User.objects.get(username="mia"), peer):
        assert client.post(page_of(person, "place/"), {"department": sales.pk}).status_code == 400
        person.refresh_from_db()
        assert person.department is None


def test_a_manager_who_is_not_there_and_one_who_is_deleted_are_refused_in_the_same_words(ann):
    """R23."""
    User.objects.filter(pk=make_user("gone").pk).update(deleted_at=timezone.now())
    client = manager_like()
    for username in ("gone", "never"):
        answer = client.post(page_of(ann, "place/"), {"manager": username, "department": ""})
        assert f"There is nobody with the username “{username}”." in words(answer)


def test_a_hidden_username_names_no_manager(ann, places):
    """R23: the field would tell it, and so would asking by it."""
    set_manager(ann, User.objects.get(username="boss"))
    fields = {"users": {"username": "hidden"}}
    client = with_rights("mia", EVERYTHING, fields=fields)
    page = client.get(page_of(ann)).content.decode()
    assert 'name="manager"' not in page and "boss" not in page
    assert client.post(page_of(ann, "place/"), {"manager": "boss"}).status_code == 400


# Their account


def test_a_person_is_suspended_and_restored(ann):
    client = manager_like()
    assert client.post(page_of(ann, "act/suspend/")).status_code == 302
    ann.refresh_from_db()
    assert ann.state == "suspended"
    assert "Restore" in offers(client.get(page_of(ann)).content.decode())
    assert client.post(page_of(ann, "act/restore/")).status_code == 302
    ann.refresh_from_db()
    assert ann.state == "active"


def test_a_password_is_reset_by_who_may(ann, owner):
    ann.set_password("demo")
    ann.save()
    assert manager_like().post(page_of(ann, "act/reset_password/")).status_code == 403
    ann.refresh_from_db()
    assert ann.has_usable_password()
    assert owner.post(page_of(ann, "act/reset_password/")).status_code == 302
    ann.refresh_from_db()
    assert not ann.has_usable_password()


@pytest.mark.parametrize("act", ["suspend", "restore", "reset_password", "promote"])
def test_what_may_not_be_done_is_refused_in_words_and_nothing_changes(peer, act):
    """D1, D3, R21."""
    for client in (manager_like(), with_rights("max", "users.view")):
        answer = client.post(page_of(peer, f"act/{act}/"))
        assert answer.status_code == 403 and "Nothing was changed." in words(answer)
    peer.refresh_from_db()
    assert peer.state == "active"


def test_nobody_suspends_or_deletes_themselves(owner):
    """D2."""
    make_user("otto", "owner")
    olga = User.objects.get(username="olga")
    assert owner.post(page_of(olga, "act/suspend/")).status_code == 403
    assert owner.post(page_of(olga, "delete/"), {"post": "yes"}).status_code == 403
    olga.refresh_from_db()
    assert olga.state == "active" and olga.deleted_at is None


def test_a_person_is_deleted_after_a_question_and_a_peer_is_not(ann, peer):
    """R26, D3."""
    client = manager_like()
    assert "Move to Trash" in words(client.get(page_of(ann, "delete/")))
    assert client.post(page_of(ann, "delete/"), {"post": "yes"}).status_code == 302
    ann.refresh_from_db()
    assert ann.deleted_at is not None
    assert client.post(page_of(peer, "delete/"), {"post": "yes"}).status_code == 403
    peer.refresh_from_db()
    assert peer.deleted_at is None


def test_what_is_done_is_done_by_post_alone(ann, owner):
    for rest in ("act/suspend/", "roles/", "roles/user/take-back/", "roles/user/change/", "place/"):
        assert owner.get(page_of(ann, rest)).status_code == 405
    ann.refresh_from_db()
    assert ann.state == "active"


# New people


def test_a_new_person_is_made_with_what_may_be_set_and_leads_to_their_page(owner):
    answer = owner.post(f"{LIST}add/", {"username": "nina", "email": "nina@x.example"})
    nina = User.objects.get(username="nina")
    assert answer.url == page_of(nina)
    assert not nina.has_usable_password() and roles_of(nina) == set()


@pytest.mark.parametrize(
    ("taken", "field"),
    [({"username": "ANN"}, "username"), ({"username": "nina", "email": "ANN@x.example"}, "email")],
)
def test_what_somebody_has_already_is_said_at_its_field_once(ann, owner, taken, field):
    """By an add and by a change alike."""
    pat = make_user("pat", email="pat@x.example")
    answer = owner.post(f"{LIST}add/", taken)
    assert answer.context["errors"] and answer.context["adminform"].form.errors.keys() == {field}
    answer = owner.post(page_of(pat), identity(pat, **{field: taken[field]}))
    assert answer.context["identity"].errors.keys() == {field}
    assert words(answer).count("already") == 1
    assert not User.objects.filter(username="nina").exists()


@pytest.mark.parametrize("forged", [{"is_superuser": "1"}, {"state": "active"}, {"manager": "1"}])
def test_a_new_person_with_more_than_that_is_refused_whole(owner, forged):
    """Threat 3."""
    answer = owner.post(f"{LIST}add/", {"username": "nina", **forged})
    assert answer.status_code == 200
    assert not User.objects.filter(username="nina").exists()


def test_who_may_not_create_makes_nobody(db):
    """D1."""
    client = with_rights("max", "users.view users.edit")
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}add/", {"username": "nina"}).status_code == 403
    assert not User.objects.filter(username="nina").exists()


# How it scales


def test_queries_do_not_grow_with_roles_and_teams(ann, owner, django_assert_max_num_queries):
    owner.get(page_of(ann))
    with CaptureQueriesContext(connection) as counted:
        owner.get(page_of(ann))
    few = len(counted)
    assert few <= 40
    for number in range(15):
        give(ann, make_role())
        make_team(f"t{number}", ann)
    cache.clear()
    owner.get(page_of(ann))
    with django_assert_max_num_queries(few):
        owner.get(page_of(ann))
