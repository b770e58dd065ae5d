"""The law: what one door does every door does, and what one refuses every door refuses.

The service's answer is the measure. How the API calls a refusal follows from R23 and from what
its statuses are said to mean; both are read here off what stood before, without the product.
Where a page has no way to say a command, or says it by a text that it cannot know before, this
says so with the reason.
"""

from roles.core.errors import Blocked, Invalid

from . import delegation
from .doors import API, BULK, FILE, FORGED, PAGE, SERVICE
from .effects import gives
from .people import person, standing

NEEDS = {
    "create": "roles.create",
    "person": "users.create",
    "delete role": "roles.delete",
    **dict.fromkeys(("toggle", "toggle whole", "privilege", "scope", "field"), "roles.edit"),
    **dict.fromkeys(("level", "base", "bases", "second factor"), "roles.edit"),
    **dict.fromkeys(("assign", "unassign", "suspend", "restore", "email", "manager"), "users.edit"),
    **dict.fromkeys(("delete", "undelete"), "users.delete"),
    **dict.fromkeys(("approve", "reject"), "users.approve"),
    **dict.fromkeys(("password", "factor off"), "passwords.manage"),
    "terms": "users.edit",
    **dict.fromkeys(("department", "join", "leave", "members"), "groups.manage"),
    **dict.fromkeys(("move department", "delete team"), "groups.manage"),
}
"""What a command asks for before it looks at anything (D1, R12)."""

ON_A_ROLE = ("toggle", "toggle whole", "privilege", "scope", "field", "level", "base")
ON_A_ROLE += ("second factor", "delete role")
ON_A_PERSON = ("assign", "unassign", "suspend", "restore", "email", "manager", "delete")
ON_A_PERSON += ("terms", "factor off")
ON_A_PERSON += ("undelete", "approve", "reject", "password", "department")

ON_A_TEAM = ("join", "leave", "members", "delete team")

TYPED = {
    "privilege": "names are typed; the field says which can be given",
    "assign": "an end is typed",
    "terms": "an end is typed",
    "manager": "a username is typed",
    "person": "a username is typed",
    "join": "a username is typed",
    "email": "an address is typed",
}
"""Commands that say something by a text, which a page takes and may then refuse.

Of all others an offer holds: each choice by itself is one that would be done. Of several choices
on one page at once the service says what they are together.
"""


def assert_the_law(before, step, found):
    """Hold the outcomes of one step to the law; `before` is what stood."""
    service = found[SERVICE]
    for outcome in found.values():
        assert all(seen.status_code < 500 for seen in outcome.seen), (step, outcome.door)
        assert outcome.done or outcome.after == before, (step, outcome.door, "saved in part")
        if outcome.done and service.done and not _keeps_what_is_fixed(before, step, outcome):
            assert outcome.after == service.after, (step, outcome.door)
            assert outcome.entries == service.entries, (step, outcome.door)
    if API in found:
        assert_the_api_agrees(before, step, service, found[API])
    if PAGE in found:
        assert_the_page_agrees(before, step, service, found[PAGE])
    if BULK in found:
        assert_many_are_asked_for_as_one(before, step, service, found[BULK])
    if FILE in found:
        assert_a_file_agrees(before, step, service, found[FILE])
    if FORGED in found:
        assert_forging_is_no_way_in(before, step, service, found[FORGED])


def _keeps_what_is_fixed(before, step, outcome):
    """A page leaves alone what the role stores of a cell that it showed as inherited."""
    command = step[1]
    is_fixed = command[0].startswith("toggle") and _is_fixed(before, *command[1:])
    return outcome.door == FORGED and is_fixed and outcome.after == before


def assert_the_api_agrees(before, step, service, api):
    """The order of answers (R23): 401, 403, 404, 403, and then what the service says."""
    if _sends_back_what_stands(before, step) and api.done:
        assert api.after == before and not api.entries, step
        return
    expected = {200, 201, 204} if service.done else statuses(before, step, service.refusal)
    assert api.status in expected, (step, service.refusal, api.status, api.answer.content)


def _sends_back_what_stands(before, step):
    """R17: that is not writing it, so nobody is asked whether they may."""
    what, *arguments = step[1]
    if what == "email":
        return person(before, arguments[0])["who"][1] == "x@example.org"
    if what not in ("manager", "department"):
        return False
    manager, department, *_teams = person(before, arguments[0])["place"]
    return arguments[1] == {"manager": manager, "department": department}[what]


def statuses(before, step, refusal):
    """Give the statuses with which the API may refuse what the service refused."""
    actor, (what, *arguments) = step
    if actor is None or standing(before, actor) == "nobody":
        return {401}
    lets_in = what == "department" and delegation.may(before, actor, "users.edit")
    if not lets_in and not delegation.may(before, actor, NEEDS[what]):
        return {403}  # a change of a person is let in by either, and asks for each key (D6a)
    if what in ON_A_PERSON:
        return _on_a_person(before, actor, what, arguments, refusal)
    if what in ON_A_ROLE:
        return _on_a_role(before, actor, arguments[0], refusal)
    if what in ON_A_TEAM and not before["teams"]:
        return {404}
    if what in ("join", "leave", "members") and _names_who_is_in_the_trash(before, *arguments):
        return {400}
    return _by_kind(refusal)


def _names_who_is_in_the_trash(before, named):
    return any(
        _is_in_trash(before, name) for name in ({named} if isinstance(named, str) else named)
    )


def _is_in_trash(before, name):
    return person(before, name)["who"][-1] is not None


def _on_a_role(before, actor, code, refusal):
    if not _sees(before, actor, "roles") or not _is(before, code):
        return {404}
    if not delegation.may_touch_role(before, actor, code):
        return {403}
    return _by_kind(refusal)


def _by_kind(refusal):
    """409 for what nobody may as things stand, 400 for what can be mended, else 403."""
    if isinstance(refusal, Blocked):
        return {409}
    return {400} if isinstance(refusal, Invalid | LookupError) or _is_missing(refusal) else {403}


def _is_missing(refusal):
    return type(refusal).__name__ == "DoesNotExist"


def _on_a_person(before, actor, what, arguments, refusal):
    name = arguments[0]
    if not _sees(before, actor, "users") or _is_in_trash(before, name) != (what == "undelete"):
        return {404}
    if what == "undelete":
        return {404}  # the trash holds nobody whom the actor may not take out of it
    to_themselves = actor == name and what in ("delete", "approve", "reject")
    if to_themselves or not delegation.may_manage_person(before, actor, name):
        return {403}
    if what == "manager" and arguments[1] and _is_in_trash(before, arguments[1]):
        return {400}
    if what == "factor off" and not person(before, name)["second_factor"]:
        return {404}
    if what in ("assign", "approve") and _names_a_role_out_of_sight(before, actor, arguments[1]):
        return {400}
    if what in ("unassign", "terms") and not _sees(before, actor, "roles"):
        return {403}  # before it is looked up, or trying would tell what they hold
    if what in ("unassign", "terms") and not _holds(before, name, arguments[1]):
        return {404}
    if what == "delete" and delegation.is_last_owner(before, name):
        return {403, 409}  # R14 says no of the record itself
    return _by_kind(refusal)


def _names_a_role_out_of_sight(before, actor, named):
    """R24: one that may neither be viewed nor given is answered as none."""
    codes = {named} if isinstance(named, str) else named
    seen = _sees(before, actor, "roles")
    return not seen and not all(
        _is(before, code) and delegation.may_assign(before, actor, code) for code in codes
    )


def _sees(before, actor, module):
    return delegation.may(before, actor, f"{module}.view")


def _is(before, code):
    return code == "owner" or any(row["code"] == code for row in before["roles"])


def _holds(before, name, code):
    return any(row["role"] == code for row in person(before, name)["roles"])


# The pages


def assert_the_page_agrees(before, step, service, page):
    """What the page lets somebody post is done, and what they may do the page lets them post."""
    what = step[1][0]
    if page.done:
        assert service.done, (step, service.refusal)
    elif service.done and (service.after != before or service.entries):
        assert why_not_on_the_page(before, step), (step, page.refusal, page.status)
    if page.is_offered and not page.done and not isinstance(service.refusal, Invalid):
        assert what in TYPED or page.moved > 1, (step, service.refusal)


def assert_many_are_asked_for_as_one(before, step, service, bulk):
    """R25; whoever it is so already for is not asked about. It names who holds a role (R24)."""
    actor, (what, *_arguments) = step
    if bulk.done and not service.done:
        assert bulk.after == before and not bulk.entries, (step, service.refusal)
    if service.done and service.after != before and not bulk.done:
        assert what in ("assign", "unassign") and not _sees(before, actor, "roles"), step


def assert_a_file_agrees(before, step, service, file):
    """What stands already is not asked for; all else is done or refused as by the service."""
    if file.done and not service.done:
        assert file.after == before and not file.entries, (step, service.refusal)
    assert file.done or not service.done, (step, file.refusal)


def assert_forging_is_no_way_in(before, step, service, forged):
    """What is added to a form is refused whole, or is what the actor may do anyway."""
    if forged.done and not service.done:
        # Unticking what is locked cannot be told from leaving it alone, which is what happens.
        is_unticking = step[1][0].startswith("toggle") and forged.after == before
        assert is_unticking and not forged.entries, (step, service.refusal)


def why_not_on_the_page(before, step):
    """Say why a page does not offer what the service would do, or give ""."""
    actor, (what, *arguments) = step
    if what.startswith("toggle") and _is_fixed(before, *arguments):
        return "a cell that comes from the base, or with another one, is changed there"
    if what == "scope" and arguments[2] == {"own", "all"}:
        return "every scope includes own (R9): a select says all alone"
    if what in ("password", "factor off") and arguments[0] == actor:
        return "one's own password and second factor have pages of their own"
    if what == "delete role" and arguments[1] and not _is_in_use(before, arguments[0]):
        return "nothing moves, so nobody is asked where to"
    if what in ("unassign", "terms") and not _sees(before, actor, "roles"):
        return "who may not view roles is not shown which ones somebody holds (R24)"
    return ""


def _is_fixed(before, code, permission):
    """The role has the cell without what it itself says of it (R4, R5)."""
    rows = [
        {**row, "permissions": [p for p in row["permissions"] if p != permission]}
        if row["code"] == code
        else row
        for row in before["roles"]
    ]
    return gives({**before, "roles": rows}, code, permission)


def _is_in_use(before, code):
    now = delegation.moment(before["now"])
    holders = [row for one in before["world"]["users"].values() for row in one["roles"]]
    held = any(row["role"] == code and not delegation._has_ended(row, now) for row in holders)
    return held or any(row["base"] == code for row in before["roles"])
