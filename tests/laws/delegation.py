"""Answer section 6 by a slow, literal reading, over policy-test documents.

Apart from the product like the oracle beside it: nothing here may import the product or Django.
A change of roles is two documents, before and after; the actor is a user of the first.
"""

from . import catalogue
from .catalogue import OWNER
from .effects import chain, gives, is_shadowed, normalised, role_named, role_scopes
from .people import asks_for_more, current_roles, moment, person, standing, world

FIELD_ACTIONS = ("view", "create", "edit")


def rank(document, user):
    """Section 1: the highest level among the current roles; an Owner outranks 100."""
    roles = current_roles(document, user)
    return 101 if OWNER in roles else max((level(document, role) for role in roles), default=0)


def rank_as_target(document, user):
    """Section 1: every assignment that has not ended counts, whatever the account's state."""
    roles = unended_roles(document, user)
    if OWNER in roles or person(document, user).get("superuser"):
        return 101
    return max((level(document, role) for role in roles), default=0)


def unended_roles(document, user):
    """Give the roles that somebody holds or will hold, those that rest among them."""
    now = moment(document["now"])
    rows = person(document, user).get("roles") or ()
    rows = [row if isinstance(row, dict) else {"role": row} for row in rows]
    return [row["role"] for row in rows if not _has_ended(row, now)]


def is_theirs(document, actor, role):
    """D2: they hold it, or one that stands on it, from whenever and with whatever it asks for."""
    held = [layer["code"] for o in unended_roles(document, actor) for layer in chain(document, o)]
    return role in held


def _has_ended(row, now):
    end = moment(row.get("until"))
    return end is not None and end <= now


def level(document, role):
    """Give a role's level; a policy file may leave it out."""
    return role_named(document, role).get("level") or 0


def passes(document, user):
    """D1, R3: an Owner, and whoever is answered as one, passes D3 to D6a."""
    return OWNER in current_roles(document, user)


def may_manage_person(document, actor, target):
    """D3: the target's rank lies strictly below the actor's."""
    return passes(document, actor) or rank_as_target(document, target) < rank(document, actor)


def may_touch_role(document, actor, role):
    """D3, D6: the role's level and those of all that is based on it lie strictly below."""
    if passes(document, actor):
        return True
    reached = [role, *heirs(document, role)]
    return all(code != OWNER and level(document, code) < rank(document, actor) for code in reached)


def heirs(document, role):
    """D6: every role that has this one somewhere below it."""
    return [
        row["code"]
        for row in document["roles"]
        if row["code"] != role and role in [layer["code"] for layer in chain(document, row["code"])]
    ]


def may_assign(document, actor, role):
    """D5: the role's level, and its whole effect covered."""
    return passes(document, actor) or (
        level(document, role) < rank(document, actor)
        and role != OWNER
        and whole_is_covered(document, actor, document, role)
    )


def may_change(before, after, actor, role):
    """D3, D4, D6: `role` as `before` has it, if it does, becomes what `after` has."""
    if passes(before, actor):
        return True
    old, new = _has(before, role), _has(after, role)
    states = [document for document, there in ((before, old), (after, new)) if there]
    if not all(level(document, role) < rank(before, actor) for document in states):
        return False
    if old and not may_touch_role(before, actor, role):
        return False
    if not all(
        _base_is_fine(before, actor, document, other, role)
        for document, other in ((before, after), (after, before))
    ):
        return False
    if not all(
        _privilege_is_fine(before, after, actor, role, name)
        for name in (_privileges(before, role) ^ _privileges(after, role))
        | (_given_privileges(before, role) ^ _given_privileges(after, role))
    ):
        return False
    codes = catalogue.SYSTEM_PERMISSIONS
    if not all(_own_is_fine(before, after, actor, role, code) for code in codes):
        return False
    reached = [role, *(heirs(before, role) if old else ())]
    if old and new and not _asking_is_fine(before, after, actor, reached):
        return False
    return all(
        _effect_is_fine(before, after, actor, one, code) for one in reached for code in codes
    )


def _asking_is_fine(before, after, actor, reached):
    """D4: to ask for a second factor narrows all that a role gives, to ask no more widens it."""
    role = reached[0]
    changed = {one for one in reached if asks_for_more(before, one) != asks_for_more(after, one)}
    if _asks(before, role) != _asks(after, role):
        changed.add(role)
    return all(
        _is_whole(before, after, actor, one) and _wakes_nothing(before, after, actor, one)
        for one in changed
    )


def _asks(document, role):
    return bool(role_named(document, role).get("second_factor"))


def _is_whole(before, after, actor, role):
    return all(whole_is_covered(before, actor, document, role) for document in (before, after))


def _has(document, role):
    return any(row["code"] == role for row in document["roles"])


def _gives(document, role, code):
    return (_has(document, role) or role in catalogue.BUILT_IN_ROLES) and gives(
        document, role, code
    )


def _effect_is_fine(before, after, actor, role, code):
    """D4: what is widened is covered as it is after, what is narrowed as it was before."""
    old, new = _gives(before, role, code), _gives(after, role, code)
    wider = new and not (old and _within(after, role, before, role, code))
    narrower = old and not (new and _within(before, role, after, role, code))
    return (not wider or is_covered(before, actor, after, role, code)) and (
        not narrower or is_covered(before, actor, before, role, code)
    )


def _own_is_fine(before, after, actor, role, code):
    """D4: a cell that is not covered is locked, whatever the role itself says about it."""
    if _said(before, role, code) == _said(after, role, code):
        return True
    ticked = _tick_differs(before, after, role, code)
    return all(
        is_covered(before, actor, document, role, code)
        for document in (before, after)
        if _has(document, role) and (ticked or _gives(document, role, code))
    )


def _tick_differs(before, after, role, code):
    return _said(before, role, code)[0] != _said(after, role, code)[0]


def _said(document, role, code):
    """What the role itself, without its bases, stores about a cell."""
    layer = role_named(document, role) if _has(document, role) else {}
    ticked = code in (layer.get("permissions") or ())
    if code not in catalogue.MODULE_PERMISSIONS:
        return (ticked, None, None)
    module, action = code.split(".")
    scopes = (layer.get("records") or {}).get(module) or {}
    scopes = scopes if isinstance(scopes, dict) else {"*": scopes}
    row = action if action in scopes else "*"
    fields = (layer.get("fields") or {}).get(module) or {}
    stored = set(scopes.get(row) or ())
    return (ticked, (row, stored) if stored else None, fields if action in FIELD_ACTIONS else {})


def _base_is_fine(now, actor, document, other, role):
    """D4: a base is covered if all that it gives is; one that comes and one that goes."""
    base = role_named(document, role).get("base") if _has(document, role) else None
    base_there = role_named(other, role).get("base") if _has(other, role) else None
    return base is None or base == base_there or whole_is_covered(now, actor, document, base)


def whole_is_covered(now, actor, document, role):
    """D4, D5: every permission of the role, and every privilege."""
    given = [code for code in catalogue.SYSTEM_PERMISSIONS if gives(document, role, code)]
    named = {p for layer in chain(document, role) for p in layer.get("privileges") or ()}
    return all(is_covered(now, actor, document, role, code) for code in given) and all(
        _holds(now, actor, name) or _defines(now, actor)
        for name in map(normalised, named)
        if not is_shadowed(name)
    )


def is_covered(now, actor, document, role, code):
    """D4, R15: one single role of the actor gives it, as widely as the role in every respect."""
    return any(
        gives(now, own, code) and _within(document, role, now, own, code)
        for own in current_roles(now, actor)
    )


def _within(document, role, other, wider, code):
    """Tell whether what `role` gives with a permission lies within what `wider` gives."""
    if code not in catalogue.MODULE_PERMISSIONS:
        return True
    module, action = code.split(".")
    if module in catalogue.RECORD_MODULES:
        theirs = set(role_scopes(other, wider, module, action))
        mine = set(role_scopes(document, role, module, action))
        if not all("all" in theirs or scope in theirs or scope == "own" for scope in mine):
            return False
    if action not in FIELD_ACTIONS:
        return True
    order = catalogue.FIELD_LEVELS.index
    return all(
        order(_level(document, role, module, name)) <= order(_level(other, wider, module, name))
        for name in _fields(module)
    )


def _fields(module):
    """R10: the module's fields, and `*` for those that are added later."""
    return (*catalogue.FIELDS.get(module, ()), "*")


def _level(document, role, module, name):
    """R10: the most permissive level along the chain; editable where no layer speaks."""
    if role == OWNER:
        return "editable"
    levels = []
    for layer in chain(document, role):
        row = (layer.get("fields") or {}).get(module) or {}
        levels += [row[key] for key in (name, "*") if key in row][:1]
    return max(levels, key=catalogue.FIELD_LEVELS.index, default="editable")


def _privileges(document, role):
    layer = role_named(document, role) if _has(document, role) else {}
    return {normalised(name) for name in layer.get("privileges") or ()}


def _given_privileges(document, role):
    """R4, R11: what the role and its bases name, and nothing shadows."""
    layers = chain(document, role) if _has(document, role) else []
    named = {normalised(name) for layer in layers for name in layer.get("privileges") or ()}
    return {name for name in named if not is_shadowed(name)}


def _privilege_is_fine(before, after, actor, role, name):
    """D4: held, or `privileges.define`; D2: which gives nobody a privilege by their own role."""
    if _holds(before, actor, name):
        return True
    to_themselves = is_theirs(before, actor, role) and name in _given_privileges(after, role)
    taken = name in _privileges(before, role) - _privileges(after, role)
    return _defines(before, actor) and (taken or not to_themselves)


def _wakes_nothing(before, after, actor, role):
    """D2: nobody gives themselves a privilege by what a role of theirs asks for."""
    return not is_theirs(before, actor, role) or all(
        _holds(before, actor, name) for name in _given_privileges(after, role)
    )


def _holds(now, actor, name):
    """R20: a role of the actor gives the privilege."""
    layers = [layer for role in current_roles(now, actor) for layer in chain(now, role)]
    named = {normalised(own) for layer in layers for own in layer.get("privileges") or ()}
    return name in named and not is_shadowed(name)


def _defines(now, actor):
    return any(gives(now, role, "privileges.define") for role in current_roles(now, actor))


def may(document, actor, code):
    """D1: administration needs its permission."""
    return standing(document, actor) == "active" and any(
        gives(document, role, code) for role in current_roles(document, actor)
    )


def is_last_owner(document, user):
    """D7: they are the only active Owner whose assignment has no end; a superuser is none."""
    return [user] == [one for one in world(document, "users") if _is_lasting(document, one)]


def _is_lasting(document, user):
    now = moment(document["now"])
    rows = [
        row if isinstance(row, dict) else {"role": row}
        for row in person(document, user).get("roles") or ()
    ]
    return standing(document, user) == "active" and any(
        row["role"] == OWNER
        and row.get("until") is None
        and (row.get("from") is None or moment(row["from"]) <= now)
        for row in rows
    )
