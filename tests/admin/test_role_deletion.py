"""A role is deleted, and who and what stands on it moves in the same step (D8, D9)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from roles.core.specs import RoleSpec
from roles.models import Role, RoleAssignment
from roles.services.deletion import plan_deletion
from roles.services.installation import install_role
from roles.snapshots import load_policy
from tests.factories import give, make_role, make_user

from .conftest import only_looking, signed_in


def page_of(role: Role) -> str:
    return f"/roles/role/{role.pk}/delete/"


def holders_of(code: str) -> list[str]:
    held = RoleAssignment.objects.filter(role__code=code)
    return sorted(held.values_list("user__username", flat=True))


@pytest.fixture
def in_use(rep_role) -> Role:
    """Rita holds Rep, Rosa holds Rep and User, Lara from next week on; On Rep is based on it."""
    give(make_user("rita"), "rep")
    give(make_user("rosa", "user"), "rep")
    give(make_user("lara"), "rep", valid_from=timezone.now() + timedelta(days=7))
    install_role(RoleSpec(code="on-rep", name="On Rep", base="rep"))
    return rep_role


def test_the_page_says_who_and_which_roles_would_move(owner, in_use):
    page = owner.get(page_of(in_use)).content.decode()
    assert "3 people hold it, 1 of them from a later day on" in page
    for name in ("rita", "rosa", "lara", "On Rep"):
        assert name in page
    assert "1 role is based on it" in page
    assert "Move and Delete Role" in page


def test_more_than_ten_are_counted(owner, rep_role):
    for number in range(13):
        give(make_user(f"p{number:02}"), "rep")
    page = owner.get(page_of(rep_role)).content.decode()
    assert "13 people hold it" in page and "and 3 more" in page
    assert "<li>p09" in page and "<li>p10" not in page


def test_people_and_roles_move_and_the_role_is_gone(owner, in_use):
    """D9, in one step and one transaction; assignments that begin later count as well."""
    done = owner.post(page_of(in_use), {"move_to": "user"}, follow=True)
    assert "3 people and 1 role moved to “User”." in done.content.decode()
    assert not Role.objects.filter(code="rep").exists()
    assert Role.objects.get(code="on-rep").base.code == "user"
    assert holders_of("user") == ["lara", "rita", "rosa"]
    later = RoleAssignment.objects.get(user__username="lara")
    assert later.valid_from > timezone.now()


def test_looking_shows_what_moving_changes_and_moves_nothing(owner, in_use):
    data = {"move_to": "guest", "look": "1"}
    for answer in (owner.post(page_of(in_use), data), owner.get(page_of(in_use), data)):
        page = answer.content.decode()
        assert "What moving to “Guest” changes" in page
        rep, guest = (load_policy().role(code).permissions.keys() for code in ("rep", "guest"))
        assert f"loses {len(rep - guest) + 1} permissions" in page  # its privilege is one
    assert holders_of("rep") == ["lara", "rita", "rosa"]


def test_what_is_shown_is_what_the_deletion_then_does(owner, in_use):
    target = make_role("other", permissions="deals.export", base="rep")
    plan = plan_deletion(role=in_use, target=target)
    before = {code: load_policy().role(code).permissions.keys() for code in ("on-rep", "rep")}
    owner.post(page_of(in_use), {"move_to": "other"})
    after = load_policy().role("other").permissions.keys()
    assert Role.objects.get(code="other").base.code == "user"
    gained = {name for kind, name in plan.people if kind == "gained"}
    lost = {name for kind, name in plan.people if kind == "lost"} - {"app.crm"}
    assert (gained, lost) == (after - before["rep"], before["rep"] - after)
    of_derived = dict(plan.derived)["on-rep"]
    now = load_policy().role("on-rep").permissions.keys()
    assert {n for kind, n in of_derived if kind == "gained"} == now - before["on-rep"]


def test_moving_below_a_role_that_moves_is_refused_before_and_after(owner, in_use):
    """R4: On Rep cannot stand on a role that is based on it."""
    make_role("far", base="on-rep")
    page = owner.post(page_of(in_use), {"move_to": "far", "look": "1"}).content.decode()
    assert "“Far” is itself based on this role" in page
    answer = owner.post(page_of(in_use), {"move_to": "far"})
    assert "“Far” is itself based on this role" in answer.context["refusal"]
    assert holders_of("rep") == ["lara", "rita", "rosa"]


@pytest.mark.parametrize("target", ["", "owner", "rep", "nobody", "Rep'--"])
@pytest.mark.parametrize("more", [{}, {"look": "1"}])
def test_nothing_moves_where_it_cannot(owner, in_use, target, more):
    answer = owner.post(page_of(in_use), {"move_to": target} | more)
    assert answer.status_code == 200
    assert answer.context["refusal"]
    assert holders_of("rep") == ["lara", "rita", "rosa"]


def test_only_a_later_assignment_still_holds_the_role(owner, rep_role):
    give(make_user("lara"), "rep", valid_from=timezone.now() + timedelta(days=7))
    assert (
        "1 person holds it, 1 of them from a later day"
        in owner.get(page_of(rep_role)).content.decode()
    )
    assert "in use" in owner.post(page_of(rep_role)).context["refusal"]
    assert Role.objects.filter(code="rep").exists()


def test_an_ended_assignment_is_in_nobody_s_way(owner, rep_role):
    past = timezone.now() - timedelta(days=7)
    give(make_user("ed"), "rep", valid_until=past)
    assert "Nobody holds “Rep”" in owner.get(page_of(rep_role)).content.decode()
    done = owner.post(page_of(rep_role), follow=True).content.decode()
    assert "“Rep” is deleted." in done and "moved" not in done


def test_a_get_deletes_nothing(owner, rep_role):
    for query in ({}, {"move_to": "user"}, {"move_to": "nobody"}, {"post": "yes"}):
        assert owner.get(page_of(rep_role), query).status_code == 200
    assert Role.objects.filter(code="rep").exists()


@pytest.mark.parametrize("code", ["guest", "owner"])
def test_system_roles_are_never_deleted_and_say_why(owner, db, code):
    """D8."""
    role = Role.objects.get(code=code)
    for answer in (owner.get(page_of(role)), owner.post(page_of(role), {"move_to": "user"})):
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "came with the product and cannot be deleted (D8)" in page
        assert "Delete Role</button>" not in page
    assert Role.objects.filter(code=code).exists()


def test_who_deletes_a_role_cannot_move_themselves(db, rep_role):
    """D2: an Owner who holds the role asks another Owner, and is told before they try."""
    olga = signed_in("olga", "owner", "rep")
    assert "nobody changes their own roles (D2)" in olga.get(page_of(rep_role)).content.decode()
    answer = olga.post(page_of(rep_role), {"move_to": "user"})
    assert "D2" in answer.context["refusal"]
    assert User.objects.get(username="olga").role_assignments.count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_delete_roles_gets_the_page(db, rep_role, method):
    """R1, D1; the twins are above."""
    data = {"move_to": "user"}
    assert getattr(Client(), method)(page_of(rep_role), data).status_code == 302
    for client in (signed_in("uma", "user"), only_looking("ada")):
        assert getattr(client, method)(page_of(rep_role), data).status_code == 403
    assert Role.objects.filter(code="rep").exists()


def test_a_role_that_is_not_there_leads_away(owner, db):
    assert owner.get("/roles/role/999999/delete/").status_code == 302
    assert owner.post("/roles/role/x/delete/").status_code == 302


@pytest.mark.parametrize("look", [{}, {"move_to": "guest"}])
def test_queries_do_not_grow_with_people_and_roles(owner, in_use, look, django_assert_num_queries):
    owner.get(page_of(in_use), look)
    expected = 16 if look else 13
    with django_assert_num_queries(expected):
        owner.get(page_of(in_use), look)
    for number in range(30):
        give(make_user(f"p{number}"), "rep")
        make_role(f"d{number}", base="rep")
    load_policy()
    with django_assert_num_queries(expected):
        owner.get(page_of(in_use), look)
