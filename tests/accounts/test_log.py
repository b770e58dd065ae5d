"""The log of people and the organisation: in words, and for whom its own lists are (D13, R23)."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.urls import reverse

from accounts.services.invitations import invite_person, revoke_invitation
from accounts.services.organisation import create_department, create_team, delete_team
from accounts.services.placing import join_team
from accounts.services.registration import allow_domain
from roles import policy
from roles.models import AuditEntry, Module
from roles.services import audit
from roles.services.log_actions import declare_actions, declared_actions, grouped_actions
from roles.services.tokens import create_token, revoke_token
from tests.admin.people import browser_of as browse
from tests.admin.people import words
from tests.api.people import Asker
from tests.factories import fetch, give, make_role, make_user, role_of

from .happenings import let_everything_happen
from .joining import ORIGIN, accept, invite

pytestmark = pytest.mark.django_db
LOG = "/roles/auditentry/"


def reader(username, permissions="", **values):
    """Give somebody with one role, who may also see the log."""
    role = make_role(permissions=f"activities.view {permissions}", **values)
    return fetch(make_user(username, role))


def seen_by(user):
    """Give the actions that they see, which every door must agree on (R22)."""
    entries = AuditEntry.objects.accessible_by(user)
    single = {
        entry for entry in AuditEntry.objects.all() if user.has_perm("activities.view", entry)
    }
    assert set(entries) == single
    rows = Asker(user).read("activities/", page_size=100)["results"]
    assert {row["id"] for row in rows} == {entry.pk for entry in entries}
    return [row["action"] for row in reversed(rows)]


def changes_over_http(user, action):
    (row,) = Asker(user).read("activities/", action=action)["results"]
    return {change["field"]: change["new"] for change in row["changes"]}


# Words


def test_everything_that_can_happen_has_words(owner):
    """D13: nobody reads a code where a sentence should stand; nothing is declared in vain."""
    let_everything_happen(fetch(owner), make_user("ann"))
    assert set(AuditEntry.objects.values_list("action", flat=True)) == declared_actions()
    client = browse(owner)
    page = " ".join(words(client.get(LOG, {"page": n})) for n in (1, 2))
    for said in (
        "suspended the user Neil",
        "reset the password of the user Neil",
        "moved the user ann",
        "sent the invitation new@x.org again",
        "opened registration to the e-mail domain example.org",
        "State: waiting for approval → active",
        "made the API token CI for olga",
        "removed the second factor of the user ann",
        "Department: Sales",
        "Part of: Sales",
        "Role: User",
    ):
        assert said in page, said
    assert not re.search(r"\b(user|team|department|invitation|domain|token|role|record)\.\w", page)
    assert "_" not in page.partition("Today")[2]


def test_what_has_no_words_cannot_be_logged(owner):
    with pytest.raises(LookupError, match="has no words"), transaction.atomic():
        audit.record(acting_user=owner, action="user.forgotten", subject=owner)
    with pytest.raises(ValueError, match="declared already"):
        declare_actions({"user.created": "made %(subject)s"})


def test_everything_is_found_under_what_it_is(owner):
    """Each action under one chip, and behind each chip nothing else."""
    let_everything_happen(fetch(owner), make_user("ann"))
    found = [action for actions in grouped_actions().values() for action in actions]
    assert sorted(found) == sorted(declared_actions())
    client = browse(owner)
    for group, actions in grouped_actions().items():
        answer = client.get(LOG, {"what": group})
        lines = [line for day in answer.context["history"].days for line in day.lines]
        shown = AuditEntry.objects.filter(pk__in=[line.key for line in lines])
        assert set(shown.values_list("action", flat=True)) == set(actions)
    assert client.get(LOG, {"what": "other"}).status_code == 400
    with pytest.raises(ValueError, match="no group"):
        declare_actions({"user.eaten": "ate %(subject)s"}, group="eating")


# Who sees what


THINGS = {
    "team": ("users.view", ["team.created"]),
    "department": ("users.view", ["department.created"]),
    "invitation": ("users.invite", ["invitation.sent", "invitation.revoked"]),
    "domain": ("domains.manage", ["domain.allowed"]),
}


@pytest.fixture
def happened(owner):
    """Something about each thing that no module governs."""
    olga = fetch(owner)
    create_team(acting_user=olga, code="alpha", name="Alpha")
    create_department(acting_user=olga, code="sales", name="Sales")
    revoke_invitation(acting_user=olga, invitation=invite(olga).invitation)
    allow_domain(acting_user=olga, name="example.org")
    return olga


@pytest.mark.parametrize("thing", THINGS)
def test_who_may_see_the_list_of_a_thing_sees_what_happened_to_it(happened, thing):
    code, actions = THINGS[thing]
    assert [a for a in seen_by(reader("rea", code)) if a.startswith(f"{thing}.")] == actions
    others = {c for c, _actions in THINGS.values()} - {code}
    others |= {"settings.view", "roles.view", "contacts.view", "api_tokens.manage"}
    blind = reader("bli", " ".join(others))
    assert not [a for a in seen_by(blind) if a.startswith(f"{thing}.")]


def test_nobody_who_is_out_sees_anything_of_it(happened):
    """R1, R21."""
    every = " ".join(code for code, _actions in THINGS.values())
    role = make_role(permissions=f"activities.view {every}")
    for state in ("waiting", "suspended", "rejected"):
        out = make_user(state, role, state=state)
        assert not AuditEntry.objects.accessible_by(out).exists()
    assert not AuditEntry.objects.accessible_by(make_user("off", role, is_active=False)).exists()
    assert not AuditEntry.objects.accessible_by(AnonymousUser()).exists()
    assert AuditEntry.objects.accessible_by(fetch(make_user("inn", role))).exists()
    assert not fetch(make_user("un")).has_perm("activities.frobnicate", AuditEntry.objects.first())


def test_with_the_log_itself_disabled_nothing_is_seen(happened):
    """R7."""
    rea = reader("rea", "users.view")
    assert seen_by(rea)
    Module.objects.filter(pk="activities").update(is_enabled=False)
    assert not AuditEntry.objects.accessible_by(fetch(rea)).exists()


def test_what_an_invitation_s_page_does_not_name_the_log_does_not_name(owner):
    """R24, threat 8: its role and people to who may view those; the address to who may invite."""
    accept(invite(fetch(owner)))
    host, full = (
        reader("host", "users.invite"),
        reader("full", "users.invite users.view roles.view"),
    )
    unnamed = {"email": "new@x.org", "role": "no access"}
    assert changes_over_http(host, "invitation.sent") == unnamed
    assert changes_over_http(host, "invitation.accepted") == {"person": "no access"}
    assert changes_over_http(full, "invitation.sent") == unnamed | {"role": "user"}
    assert changes_over_http(full, "invitation.accepted") == {"person": "newt"}
    page = words(browse(host).get(LOG))
    assert "Role: No access" in page and "newt" not in page
    assert "Role: User" in words(browse(full).get(LOG))


# Tokens (R20a, D3)


def token_of(username, role):
    """Make somebody with a token, which was made and revoked."""
    user = fetch(make_user(username, role))
    token, _secret = create_token(acting_user=user, name=f"of {username}", limit=None)
    revoke_token(acting_user=user, token=token)
    return user


def test_a_token_s_entries_are_for_its_user_and_for_whoever_manages_them(owner):
    may = "activities.view api_tokens.manage"
    low, high = (make_role(permissions=may, level=level) for level in (10, 60))
    tom, hal = token_of("tom", low), token_of("hal", high)
    boss = fetch(make_user("boss", make_role(permissions=may, level=50)))
    both = ["token.created", "token.revoked"]
    assert seen_by(tom) == both and seen_by(hal) == both * 2
    assert seen_by(boss) == both  # of tom alone: hal is above them
    names = {row["subject"]["name"] for row in Asker(boss).read("activities/")["results"]}
    assert names == {"of tom"}
    assert {a for a in seen_by(fetch(owner)) if a.startswith("token.")} == set(both)


def test_without_the_page_of_tokens_there_are_no_entries_about_them_either():
    """Nobody sees more in the log than on the page, be it their own."""
    role = make_role(permissions="activities.view api_tokens.manage")
    tom = token_of("tom", role)
    give(tom, make_role("log", permissions="activities.view users.view"))
    tom.role_assignments.filter(role=role).delete()
    assert seen_by(fetch(tom)) == []
    assert seen_by(reader("vic", "users.view", level=90)) == []


def test_a_token_s_user_is_named_to_who_may_view_people_and_to_themselves():
    """R24."""
    may = "activities.view api_tokens.manage"
    tom = token_of("tom", make_role(permissions=may))
    boss = fetch(make_user("boss", make_role(permissions=may, level=50)))
    said = words(browse(boss).get(LOG))
    assert "made the API token of tom for somebody" in said
    (first, *_more) = Asker(boss).read("activities/")["results"]
    assert first["beside"] == {"kind": "accounts.user", "id": None, "name": "no access"}
    assert "made the API token of tom for tom" in words(browse(tom).get(LOG))


@pytest.mark.parametrize("more", ["", "api_tokens.manage"])
def test_the_history_of_a_person_says_of_tokens_what_the_log_says(more):
    """R22: on the page, over the API and in the log."""
    tom = token_of("tom", make_role(permissions="api_tokens.manage"))
    vic = reader("vic", f"users.view roles.view {more}", level=50)
    told = [action for action in seen_by(vic) if action.startswith("token.")]
    assert told == (["token.created", "token.revoked"] if more else [])
    rows = Asker(vic).read("users/tom/history/")["results"]
    assert [r["action"] for r in reversed(rows) if r["action"].startswith("token.")] == told
    page = words(browse(vic).get(reverse("admin:accounts_user_history", args=[tom.pk])))
    assert ("made the API token of tom" in page) == bool(told)


# Where entries lead


@pytest.mark.parametrize(
    ("thing", "opens"),
    [
        ("team", "users.view groups.manage"),
        ("department", "users.view groups.manage"),
        ("invitation", "users.invite"),
        ("domain", "domains.manage"),
    ],
)
def test_an_entry_opens_what_it_is_about_where_its_reader_may(happened, thing, opens):
    code, _actions = THINGS[thing]
    pages = {
        "team": reverse("team", args=["alpha"]),
        "department": reverse("department", args=["sales"]),
        "invitation": reverse("invitations"),
        "domain": reverse("domains"),
    }
    link = f'<a href="{pages[thing]}">'
    client = browse(reader("opa", opens))
    assert link in client.get(LOG).content.decode()
    assert client.get(pages[thing]).status_code == 200
    seeing = browse(reader("see", code)).get(LOG).content.decode()
    assert (link in seeing) == (code == opens)


def test_what_is_gone_is_named_and_leads_nowhere(happened):
    delete_team(acting_user=happened, team=create_team(acting_user=happened, code="b", name="Beta"))
    page = browse(reader("opa", "users.view groups.manage")).get(LOG)
    assert "deleted the team Beta" in words(page) and "/teams/b/" not in page.content.decode()


# Filters


def test_things_are_found_with_the_module_that_lists_them(happened):
    """R23: and by no one who does not see them."""
    inn = Asker(reader("inn", "users.invite domains.manage"))
    rows = inn.read("activities/", module="users")["results"]
    assert {row["action"] for row in rows} == {"invitation.sent", "invitation.revoked"}
    (row,) = inn.read("activities/", module="settings")["results"]
    assert row["action"] == "domain.allowed"
    assert len(inn.read("activities/", kind="accounts.invitation")["results"]) == 2
    for kind in ("accounts.team", "accounts.nothing"):
        assert inn.ask("GET", f"activities/?kind={kind}").status_code == 400
    viewer = Asker(reader("vic", "users.view"))
    rows = viewer.read("activities/", kind="accounts.team", subject="alpha")["results"]
    assert [row["subject"]["id"] for row in rows] == ["alpha"]
    assert browse(viewer.user).get(LOG, {"module": "users"}).status_code == 200
    assert browse(viewer.user).get(LOG, {"module": "settings"}).status_code == 400


def test_queries_do_not_grow_with_things(owner, django_assert_max_num_queries):
    olga, client = fetch(owner), browse(owner)

    def fill(number):
        for _number in range(number):
            count = AuditEntry.objects.count()
            team = create_team(acting_user=olga, code=f"t{count}", name="T")
            join_team(acting_user=olga, person=make_user(), team=team)
            invite_person(
                acting_user=olga, email=f"n{count}@x.org", role=role_of("user"), origin=ORIGIN
            )
            create_token(acting_user=olga, name=f"t{count}", limit=None)

    fill(1)
    client.get(LOG)
    with django_assert_max_num_queries(15) as few:
        client.get(LOG)
    fill(9)
    with django_assert_max_num_queries(15) as many:
        client.get(LOG)
    assert len(few) == len(many)


def test_nobody_else_manages_by_a_role_of_the_same_rank(owner):
    """D3: strictly below."""
    may = "activities.view api_tokens.manage"
    token_of("tom", make_role(permissions=may, level=50))
    assert seen_by(fetch(make_user("peer", make_role(permissions=may, level=50)))) == []
    assert policy.revocable_tokens(fetch(owner)).count() == 0  # they are revoked, and yet told of
