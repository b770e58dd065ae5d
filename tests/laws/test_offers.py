"""Nothing offers what the actor may not do: each open cell, each choice and each button.

The pages are read as they are, and what they offer is asked of the services one by one, each in a
savepoint of its own. That what may be done is offered too, the law of the doors says.
"""

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import event, given, settings
from hypothesis import strategies as st

from accounts.models import Department, Team
from roles.core import clock
from roles.core.errors import Invalid

from .administration import (
    ACTORS,
    CODES,
    NOW,
    PEOPLE,
    build,
    fetch_role,
    person_named,
    refusal_of,
    run,
    steps,
)
from .browser import Pages
from .test_doors import unshrunk

pytestmark = pytest.mark.django_db
ACTS = {"Suspend": "suspend", "Restore": "restore", "Reset Password": "password"}
ACTS |= {"Remove Second Factor": "factor off"}
CELLS = frozenset({*CODES, "roles.delete", "users.approve"})
ROLES = ("clerk", "rep", "heir", "low", "user", "mover")


def on_a_role(pages, code):
    """Give the commands that a role's page offers by its cells."""
    role = fetch_role(code)
    for form in pages.open(reverse("admin:roles_role_change", args=[role.pk])) if role else ():
        for cell in sorted(form.offers("permissions") & CELLS):
            yield "toggle", code, cell


def on_a_new_role(pages):
    """Give the new roles that the page offers, each with one cell."""
    for form in pages.open(reverse("admin:roles_role_add")):
        for cell in sorted(form.offers("permissions") & CELLS):
            yield "create", 0, frozenset({cell}), None


def on_a_person(pages, name):
    """Give the commands that a person's page offers: buttons, roles to give, and places."""
    key = person_named(name).pk
    for form in pages.open(reverse("admin:accounts_user_change", args=[key])):
        yield from ((ACTS[label], name) for label in form.buttons if label in ACTS)
        yield from (("assign", name, code, None) for code in sorted(form.offers("role") - {""}))
        if form.action.endswith("/take-back/"):
            yield "unassign", name, form.action.split("/")[-3]
        departments = Department.objects.filter(pk__in=form.offers("department") - {""})
        yield from (("department", name, one.code) for one in departments)
        if str(Team.objects.values_list("pk", flat=True).first()) in form.offers("teams"):
            yield "leave" if form.chosen("teams") else "join", name
        if form.named("email"):
            yield "email", name
    if any(
        "Move to Trash" in f.buttons for f in pages.open(_url("admin:accounts_user_delete", key))
    ):
        yield "delete", name


def on_the_other_pages(pages):
    """Give what is offered to whoever waits, of the trash, and to the team and department."""
    for form in pages.open(_url("registration", person_named("wim").pk)):
        yield from (("approve", "wim", frozenset({one})) for one in sorted(form.offers("roles")))
        decisions = {"Approve": ("approve", "wim", frozenset()), "Reject": ("reject", "wim")}
        yield from (decisions[label] for label in form.buttons if label in decisions)
    for form in pages.open(reverse("admin:accounts_user_trash")):
        yield from (("undelete", "gone") for label in form.buttons if label == "Restore gone")
    for form in pages.open(_url("team", "alpha")):
        names = form.chosen("username") if "Delete Team" not in form.buttons else []
        yield from (("leave", name) for name in names if name)
        yield from (("delete team",) for label in form.buttons if label == "Delete Team")
    for form in pages.open(_url("department", "south")):
        parents = Department.objects.filter(pk__in=form.offers("parent") - {""})
        yield from (("move department", one.code) for one in parents)


def _url(name, key):
    return reverse(name, args=[key])


def assert_may(actor, offered):
    """Do each of these alone; give what they were."""
    found = set()
    for command in offered:
        with transaction.atomic():
            refusal = refusal_of((actor, command))
            transaction.set_rollback(True)
        # What is typed beside may be wrong: here the name of a new role, which is taken.
        assert refusal is None or isinstance(refusal, Invalid), (actor, command, refusal)
        found.add(command[0])
    return found


def _everything(actor, roles, people):
    pages, found = Pages(actor), set()
    for code in roles:
        found |= assert_may(actor, list(on_a_role(pages, code)))
    for name in people:
        found |= assert_may(actor, list(on_a_person(pages, name)))
    found |= assert_may(actor, list(on_a_new_role(pages)))
    return found | assert_may(actor, list(on_the_other_pages(pages)))


@pytest.mark.parametrize(
    ("actor", "roles", "people", "offered"),
    [
        (
            "olga",
            ("user",),
            ("otto", "sid", "rep"),
            "toggle create suspend restore password delete",
        ),
        (
            "chief",
            ("clerk", "user"),
            ("chief", "otto", "low", "sid"),
            "toggle assign unassign leave",
        ),
        ("vice", ("rep", "clerk"), ("chief", "vice", "low"), "toggle create email"),
        ("clerk", ("user", "low"), ("rep", "vice"), "toggle email suspend"),
        ("odd", (), ("low", "clerk"), "assign email suspend approve reject"),
        ("mover", (), ("low", "chief"), "department join leave approve reject"),
        ("rep", ("low",), ("low",), ""),
        ("wim", ("low",), ("low",), ""),
        ("sid", ("low",), ("low",), ""),
        (None, ("low",), ("low",), ""),
    ],
)
def test_what_the_pages_offer_may_be_done(actor, roles, people, offered):
    with transaction.atomic(), clock.moment(NOW):
        build()
        found = _everything(actor, roles, people)
        assert found >= set(offered.split()) and bool(found) == bool(offered)
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(unshrunk, max_examples=60)
@given(
    st.lists(steps, min_size=3, max_size=12),
    st.sampled_from(ACTORS),
    st.sets(st.sampled_from(ROLES), min_size=1, max_size=3),
    st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=4),
)
def test_what_the_pages_offer_may_be_done_whatever_went_before(first, actor, roles, people):
    with transaction.atomic(), clock.moment(NOW):
        build()
        for step in first:
            run(step)
        if Team.objects.filter(code="alpha").exists():
            event(" ".join(sorted(_everything(actor, sorted(roles), sorted(people)))))
        transaction.set_rollback(True)
