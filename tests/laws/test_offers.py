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
from roles.core.vocabulary import FieldLevel

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
CHOSEN = frozenset({"scope", "field", "base", "level", "second factor", "delete role"})
SCOPES = {"contacts": "*", "contacts:view": "view", "contacts:edit": "edit"}
FIELDS = {"contacts:*": "*", "contacts:notes": "notes", "contacts:owner": "owner"}
ROLES = ("clerk", "rep", "heir", "low", "user", "mover")


def on_a_role(pages, code):
    """Give the commands that a role's page offers by its cells."""
    role = fetch_role(code)
    for form in pages.open(reverse("admin:roles_role_change", args=[role.pk])) if role else ():
        for cell in sorted(form.offers("permissions") & CELLS):
            yield "toggle", code, cell
        for control in form.controls:
            yield from _chosen_by(form, control, code)
    for form in pages.open(reverse("admin:roles_role_delete", args=[role.pk])) if role else ():
        yield from (("delete role", code, to) for to in sorted(form.offers("move_to") - {""}))
        yield from (("delete role", code, None) for one in form.buttons if one == "Delete Role")


def _chosen_by(form, control, code):
    """Give what each choice of a control by itself would change of a role."""
    kind, _colon, place = control.name.partition(":")
    choices = () if control.is_fixed else sorted(control.choices)
    if control.name in ("base", "second_factor"):
        made = {"base": lambda one: one or None, "second_factor": lambda one: one == "yes"}
        for choice in choices:
            yield control.name.replace("_", " "), code, made[control.name](choice)
    elif control.name == "level" and not control.is_fixed:
        yield from (("level", code, level) for level in (0, int(control.highest)))
    elif kind == "scope" and place in SCOPES:
        for choice in choices:
            yield "scope", code, SCOPES[place], _with_boxes(form, control, choice)
    elif kind == "field" and place in FIELDS:
        for choice in choices:
            level = FieldLevel.from_code(choice) if choice else None
            yield "field", code, FIELDS[place], level


def _with_boxes(form, control, choice):
    """Give the scopes that stand once a choice of a select, or a box, is moved."""
    together = [one for one in form.named(control.name) if one is not control]
    rest = {value for one in together for value in one.values}
    own = {choice} if control.kind == "select" else {choice} - {*control.values}
    return frozenset((rest | own) - {""})


def on_a_new_role(pages):
    """Give the new roles that the page offers, each with one cell."""
    for form in pages.open(reverse("admin:roles_role_add")):
        for cell in sorted(form.offers("permissions") & CELLS):
            yield "create", 0, frozenset({cell}), None
        yield from (("create", 0, frozenset(), b) for b in sorted(form.offers("base") - {""}))


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
        is_mistyped = isinstance(refusal, Invalid) and command[0] not in CHOSEN
        assert refusal is None or is_mistyped, (actor, command, refusal)
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
            "toggle create suspend restore password delete scope field",
        ),
        (
            "chief",
            ("clerk", "user"),
            ("chief", "otto", "low", "sid"),
            "toggle assign unassign leave scope level",
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
