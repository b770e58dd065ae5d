"""Each command of administration by each door: done by who may, refused in words by who may not.

The law beside it finds what nobody thought of; here a failure names the command (D1-D13).
"""

import html

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Department
from roles.core import clock
from roles.core.vocabulary import FieldLevel

from .administration import DAY, DO, NOW, build, fetch_role, person_named, run
from .api_door import NOT_IN_API, SEND, Api
from .browser import Pages
from .doors import API, BULK, FILE, FORGED, PAGE, SERVICE, state, through_every_door
from .doors_law import assert_the_law
from .file_door import NOT_IN_FILES, WRITE
from .page_door import NOT_ON_PAGES, PRESS

pytestmark = pytest.mark.django_db

DONE = {
    "create": ("vice", 39, frozenset({"contacts.view"}), "low"),
    "toggle": ("chief", "clerk", "deals.view"),
    "toggle whole": ("chief", "clerk", "tasks.comment"),
    "privilege": ("vice", "clerk", "app.new"),
    "scope": ("vice", "clerk", "view", frozenset({"department"})),
    "field": ("vice", "low", "notes", FieldLevel.READ_ONLY),
    "level": ("chief", "clerk", 19),
    "base": ("vice", "clerk", "low"),
    "second factor": ("olga", "clerk", True),
    "bases": ("vice", frozenset({"clerk"}), "low"),
    "delete role": ("olga", "rep", "low"),
    "assign": ("chief", "low", "mover", NOW + DAY),
    "terms": ("chief", "sid", "mover", NOW + DAY),
    "unassign": ("chief", "clerk", "clerk"),
    "suspend": ("clerk", "rep"),
    "restore": ("chief", "sid"),
    "delete": ("chief", "low"),
    "undelete": ("chief", "gone"),
    "reject": ("mover", "wim"),
    "approve": ("chief", "wim", frozenset({"mover"})),
    "password": ("chief", "low"),
    "factor off": ("chief", "rep"),
    "person": ("mover", "nina"),
    "email": ("clerk", "rep"),
    "manager": ("clerk", "low", "rep"),
    "department": ("mover", "low", "north"),
    "members": ("mover", frozenset({"chief", "rep", "low"})),
    "join": ("mover", "low"),
    "leave": ("mover", "rep"),
    "move department": ("mover", None),
    "delete team": ("olga",),
}
"""By command: who does it, and with what."""

RANK = "This person's rank {} is not below your own (D3). Ask an Owner."
ABOVE_ALL = "is above 100, not below your own (D3). Ask an Owner."
NO_CHOICE = "is not one of the available choices."
BEYOND = "You cannot give this role: it does not exist, or goes beyond your own (D5)."
LAST = "This is the last Owner; give the role to somebody else first (D7)."
ONE_OWNER = (("olga", ("assign", "chief", "owner", NOW + DAY)), ("olga", ("suspend", "otto")))
VICE_IN_SOUTH = (("olga", ("department", "vice", "south")),)

REFUSED = [
    (("create", "vice", 40, frozenset(), None), 403, "Level 40 is not below your own (D3).", ""),
    (("toggle", "clerk", "user", "contacts.export"), 403, "give Export on Contacts because", ""),
    (("toggle whole", "clerk", "user", "contacts.export"), 403, "give Export on Contacts", ""),
    (("privilege", "olga", "owner", "app.new"), 403, "its grants cannot change (D8).", ""),
    (("privilege", "chief", "clerk", "app.new"), 403, "take the privilege “app.new”", ""),
    (("scope", "chief", "clerk", "*", frozenset({"all"})), 403, "your own reach is narrower", ""),
    (("field", "chief", "clerk", "notes", FieldLevel.EDITABLE), 403, "it is less open to you", ""),
    (("level", "chief", "clerk", 50), 403, "Level 50 is not below your own (D3).", ""),
    (("level", "clerk", "rep", 9), 403, "“Heir” is based on this role, and its level 30", ""),
    (("level", "olga", "user", 9), 400, "A system role keeps its level (D8).", ""),
    (("base", "chief", "clerk", "heir"), 403, "“Heir” gives View on Contacts further than", ""),
    (("base", "olga", "rep", "heir"), 400, "(R4)", ""),
    (("second factor", "chief", "clerk", True), 403, "it is less open to you", ""),
    (
        ("bases", "rep", frozenset({"clerk"}), None),
        403,
        "permission “Roles: Edit”",
        "“Roles: View”",
    ),
    (("delete role", "chief", "clerk", None), 409, "is in use: 2 people hold it", ""),
    (("delete role", "olga", "user", None), 403, "(D8)", ""),
    (("delete role", "vice", "chief", None), 403, "Level 50 is not below your own (D3).", ""),
    (("assign", "chief", "low", "vice", None), 403, "your own reach is narrower", BEYOND),
    (("assign", "olga", "olga", "low", None), 403, "changes their own roles (D2).", ""),
    (("assign", "vice", "chief", "low", None), 403, RANK.format(50), ""),
    (("assign", "olga", "rep", "rep", None), 400, "holds “Rep” already (R2).", BEYOND),
    (("unassign", "vice", "chief", "low"), 403, RANK.format(50), ""),
    (("unassign", "odd", "rep", "rep"), 403, "permission “Roles: View”", None),
    (("unassign", "olga", "olga", "owner"), 403, "changes their own roles (D2).", ""),
    (("suspend", "olga", "olga"), 403, "Nobody suspends themselves (D2).", ""),
    (("suspend", "clerk", "vice"), 403, RANK.format(40), ""),
    (("restore", "chief", "low"), 409, "Only somebody who is suspended is restored.", ""),
    (("delete", "vice", "low"), 403, "permission “Users: Delete”", "<strong>Users: Delete"),
    (("delete", "chief", "olga"), 403, ABOVE_ALL, None),
    (("undelete", "vice", "gone"), 403, "permission “Users: Delete”", ""),
    (("reject", "odd", "low"), 409, "somebody has decided.", None),
    (("approve", "mover", "wim", frozenset({"vice"})), 403, "Level 40 is not", NO_CHOICE),
    (("password", "clerk", "low"), 403, "permission “Reset another user's password”", ""),
    (("terms", "chief", "chief", "low", None), 403, "Nobody", ""),
    (("terms", "odd", "rep", "rep", None), 403, "permission “Roles: View”", None),
    (("terms", "chief", "clerk", "clerk", None), 403, "it is less open to you", ""),
    (("factor off", "chief", "olga"), 403, ABOVE_ALL, ""),
    (("person", "clerk", "nina"), 403, "permission “Users: Create”", "<strong>Users: Create"),
    (("person", "mover", "Rep"), 400, "has this user name already", ""),
    (("email", "clerk", "vice"), 403, RANK.format(40), ""),
    (("manager", "clerk", "vice", None), 403, RANK.format(40), ""),
    (("department", "mover", "vice", "north"), 403, RANK.format(40), ""),
    (("members", "mover", frozenset({"rep"})), 403, RANK.format(50), ""),
    (("join", "mover", "vice"), 403, RANK.format(40), ""),
    (("leave", "mover", "chief"), 403, RANK.format(50), ""),
    (("move department", "mover", "south"), 400, "is itself part of", NO_CHOICE),
    (("delete team", "mover"), 403, RANK.format(50), ""),
    (("suspend", "chief", "olga", *ONE_OWNER), 409, LAST, ""),
    (("unassign", "chief", "olga", "owner", *ONE_OWNER), 409, LAST, ""),
    (("move department", "mover", None, *VICE_IN_SOUTH), 403, RANK.format(40), ""),
]
"""A command with who tries it and what went before; the API's status; the words of the refusal.

The last are the words of a forged post where the page has its own: `None` where it says no more
than that nothing is there.
"""


def _by_every_door(step, *before, but=None):
    with transaction.atomic(), clock.moment(NOW):
        build()
        for one in before:
            assert run(one)
        standing = state()
        found = through_every_door(step, but=but)
        assert_the_law(standing, step, found)
        transaction.set_rollback(True)
    return standing, found


def test_every_command_has_every_door_or_a_reason():
    assert SEND.keys() | NOT_IN_API.keys() == PRESS.keys() | NOT_ON_PAGES.keys() == DO.keys()
    assert WRITE.keys() | NOT_IN_FILES.keys() == DO.keys()
    assert {row[0][0] for row in REFUSED} == DONE.keys() == DO.keys()


@pytest.mark.parametrize("what", DONE)
def test_who_may_does_it_by_every_door(what):
    actor, *arguments = DONE[what]
    before, found = _by_every_door((actor, (what, *arguments)))
    for outcome in found.values():
        assert outcome.done, (outcome.door, outcome.refusal, outcome.status)
        assert outcome.after != before or what == "password"
        assert outcome.entries == found[SERVICE].entries != []


@pytest.mark.parametrize(
    ("step", "status", "words", "on_page"),
    REFUSED,
    ids=[" ".join(map(str, r[0][:3])) for r in REFUSED],
)
def test_who_may_not_is_told_why_by_every_door(step, status, words, on_page):
    what, actor, *arguments = (part for part in step if part not in (*ONE_OWNER, *VICE_IN_SOUTH))
    earlier = [part for part in step if part in (*ONE_OWNER, *VICE_IN_SOUTH)]
    before, found = _by_every_door((actor, (what, *arguments)), *earlier, but=PAGE)
    for outcome in found.values():
        # Of several people nobody is asked about whom it is so for already (R25).
        assert not outcome.done or (outcome.door == BULK and outcome.after == before)
    assert words in str(found[SERVICE].refusal)
    if FILE in found:
        assert words in str(found[FILE].refusal)
    if API in found:
        assert found[API].status == status
        assert words in _said(found[API])
    if FORGED in found and on_page is not None:
        assert (on_page or words) in _said(found[FORGED])


def _said(outcome):
    answer = outcome.answer
    return str(answer.json()) if outcome.door == API else html.unescape(answer.content.decode())


@pytest.mark.parametrize("actor", [None, "sid", "wim", "soon"])
def test_who_has_no_right_does_nothing_by_any_door(actor):
    """R1: nobody signed in, somebody suspended, waiting; and one whose role begins later (R2)."""
    status = 403 if actor in ("wim", "soon") else 401
    with transaction.atomic(), clock.moment(NOW):
        build()
        standing = state()
        for what, (_who, *arguments) in DONE.items():
            step = (actor, (what, *arguments))
            found = through_every_door(step, but=PAGE)
            assert_the_law(standing, step, found)
            assert not any(outcome.done for outcome in found.values()), step
            assert API not in found or found[API].status == status, step
        transaction.set_rollback(True)


def _promotion():
    return reverse("admin:accounts_user_act", args=[person_named("low").pk, "promote"])


@pytest.mark.parametrize("actor", ["olga", "chief", "soon", "wim", None])
def test_what_there_is_not_is_done_by_no_door(actor):
    """R21: an act that nothing declares."""
    with transaction.atomic(), clock.moment(NOW):
        build()
        standing = state()
        answer = Api(actor).send("post", "users/low/promote/")
        assert answer.status_code in ((401,) if actor is None else (403, 404))
        pages = Pages(actor)
        assert pages.client.post(_promotion()).status_code in (302, 403)
        assert state() == standing
        transaction.set_rollback(True)


def test_of_two_changes_at_once_none_is_done_where_one_is_refused():
    """A place whose manager would make a circle (R9), a role with one cell too many (D4)."""
    with transaction.atomic(), clock.moment(NOW):
        build()
        assert run(("chief", ("manager", "low", "rep")))
        standing, api = state(), Api("chief")
        moved = {"department": "north", "teams": [], "manager": "low"}
        assert api.send("patch", "users/rep/", moved).status_code == 400
        pages = Pages("chief", forging=True)
        assert _move_rep(pages).status_code == 400
        assert state() == standing
        changed = {"level": 18, "permissions": ["roles.view", "contacts.delete"]}
        assert api.send("patch", "roles/clerk/", changed).status_code == 403
        assert "Delete on Contacts" in html.unescape(_change_clerk(pages).content.decode())
        assert state() == standing
        transaction.set_rollback(True)


def _move_rep(pages):
    key = person_named("rep").pk
    place = reverse("admin:accounts_user_place", args=[key])
    form = pages.form(reverse("admin:accounts_user_change", args=[key]), "Move", posts_to=place)
    form.choose("department", {str(Department.objects.get(code="north").pk)})
    form.choose("teams", set())
    form.type("manager", "low")
    return pages.press(form, "Move")


def _change_clerk(pages):
    url = reverse("admin:roles_role_change", args=[fetch_role("clerk").pk])
    form = pages.form(url, "Save Changes")
    form.type("level", "18")
    form.choose("permissions", {"roles.view", "contacts.delete"}, forging=True)
    return pages.press(form, "Save Changes", url)
