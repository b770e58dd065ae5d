"""Build random policy-test documents: roles in chains, people who hold them, what they own.

Strategies that do not depend on what was drawn are built once: building them costs more than
drawing from them.
"""

from functools import cache

from hypothesis import strategies as st

from . import catalogue, oracle
from . import vocabulary as words
from .questions import questions, record_questions

__all__ = ["documents", "questions", "record_questions"]


@st.composite
def documents(draw, records=False):
    """Draw a policy-test document without checks; with records, an organisation and shares too."""
    roles = draw(_roles(records))
    document = {"version": 1, "now": words.NOW, "roles": roles}
    disabled = draw(
        _several(st.sampled_from(words.DISABLABLE), 3) if draw(_seldom) else st.just([])
    )
    if disabled:
        document["disabled_modules"] = disabled
    place = draw(_places()) if records else {}
    codes = [role["code"] for role in roles]
    document["world"] = {**place, "users": draw(_people(codes, place))}
    if records:
        document["world"]["records"] = draw(_records(list(document["world"]["users"])))
        document["world"]["shares"] = draw(_shares(document["world"]))
    return document


_seldom = st.sampled_from([False, False, False, True])
_hardly_ever = st.sampled_from([*[False] * 7, True])
_seldom_none = st.sampled_from([0, 1, 1, 1])


def _several(elements, most, least=0):
    return st.lists(elements, unique=True, min_size=least, max_size=most)


# Roles


@st.composite
def _roles(draw, records):
    """Draw up to six roles, each based on nothing, a built-in or an earlier one (R4)."""
    roles = []
    for number in range(draw(st.integers(0, 6))):
        bases = [None, *(role["code"] for role in roles), *words.BASES]
        roles.append(draw(_role(f"role-{number}", bases, records)))
    return roles[::-1] if draw(st.booleans()) else roles  # a base may follow what stands on it


@st.composite
def _role(draw, code, bases, records):
    """Draw one role in the shape of a policy file; empty parts are left out."""
    role = {
        "code": code,
        "name": code.capitalize(),
        "level": draw(st.sampled_from([10, 0, 50, 99, 100])),
        "base": draw(st.sampled_from(bases)),
        "second_factor": draw(_hardly_ever),
        "permissions": draw(_permissions(records)),
        "privileges": draw(_privileges),
        "records": draw(_per_module(catalogue.RECORD_MODULES, _record_access)),
        "fields": draw(_per_module(tuple(catalogue.FIELDS), _field_levels)),
    }
    return {key: value for key, value in role.items() if value not in (None, False, [], {})}


@cache
def _permissions(records):
    """Draw system permissions, half of them of the modules dwelt on where records exist."""
    anything = st.sampled_from(catalogue.SYSTEM_PERMISSIONS)
    dwelt_on = st.sampled_from(words.FOCUS_PERMISSIONS)
    return _several(dwelt_on | anything if records else anything, 14)


_privileges = st.lists(st.sampled_from(words.PRIVILEGES), unique_by=oracle.normalised, max_size=3)


@cache
def _per_module(modules, setting):
    """Draw a setting for none or some modules, those dwelt on the likeliest."""
    some = _several(st.sampled_from(words.FOCUS) | st.sampled_from(modules), 3)
    return some.flatmap(lambda them: st.fixed_dictionaries({m: setting(m) for m in them}))


@cache
def _record_access(module):
    """Draw a scope, a list of scopes, or action -> those, with "*" for the rest (R8)."""
    scopes = st.sampled_from(catalogue.SCOPES)
    either = scopes | _several(scopes, 3, least=1)
    actions = st.sampled_from(("*", *catalogue.MODULES[module]["actions"]))
    return either | st.dictionaries(actions, either, min_size=1, max_size=3)


@cache
def _field_levels(module):
    """Draw levels for some fields of the module, or for "*" (R10)."""
    known = catalogue.FIELDS[module]
    likely = [name for name in words.FOCUS_FIELDS if name in known]
    names = st.just("*") | st.sampled_from(likely) | st.sampled_from(known)
    levels = st.sampled_from(catalogue.FIELD_LEVELS)
    return st.dictionaries(names, levels, min_size=1, max_size=3)


# People


@st.composite
def _people(draw, codes, place):
    """Draw one to four users; managers are earlier ones, so that no cycle comes about (R9)."""
    people = {}
    for name in words.PEOPLE[: draw(st.integers(1, len(words.PEOPLE)))]:
        row = {"roles": draw(_assignments(codes)), **draw(st.sampled_from(words.STANDINGS))}
        if draw(st.booleans()):
            row["second_factor"] = True
        if place:
            row |= draw(_position(place, list(people)))
        people[name] = row
    return people


@st.composite
def _assignments(draw, codes):
    """Draw the roles of one user, each at most once, some between two moments (R2)."""
    available = [*codes, *codes, *words.BASES, catalogue.OWNER]
    roles = draw(_several(st.sampled_from(available), 3, least=draw(_seldom_none)))
    return [{"role": r, **draw(_window)} if draw(_seldom) else r for r in roles]


_window = st.sampled_from(words.WINDOWS)


@st.composite
def _places(draw):
    """Draw a forest of departments (code -> parent) and some teams."""
    departments = {}
    for code in words.DEPARTMENTS[: draw(st.integers(0, len(words.DEPARTMENTS)))]:
        departments[code] = draw(st.sampled_from([None, *departments]))
    teams = list(words.TEAMS[: draw(st.integers(0, len(words.TEAMS)))])
    return {"departments": departments, "teams": teams}


@st.composite
def _position(draw, place, earlier):
    """Draw where one person stands: department, teams, manager; empty ones are left out."""
    teams = place["teams"]
    row = {
        "department": draw(st.sampled_from([None, *place["departments"]])),
        "teams": draw(_several(st.sampled_from(teams), 2)) if teams else [],
        "manager": draw(st.sampled_from([None, *earlier])),
    }
    return {key: value for key, value in row.items() if value}


# Records and shares


@st.composite
def _records(draw, owners):
    """Draw up to eight records; a reference points at an earlier one of its module."""
    records = {}
    for number in range(draw(st.integers(0, 8))):
        records[f"k{number}"] = draw(_record(owners, records))
    return records


@st.composite
def _record(draw, owners, earlier):
    """Draw one record: its module, an owner or none, some values, now and then deleted."""
    module = draw(st.sampled_from([*words.FOCUS * 3, *catalogue.RECORD_MODULES]))
    row = {"module": module, "owner": draw(st.sampled_from([*owners, None]))}
    texts = [name for name in ("phone", "notes") if name in catalogue.FIELDS[module]]
    values = {name: words.TEXTS[name] for name in texts if draw(st.booleans())}
    accounts = [key for key, other in earlier.items() if other["module"] == "accounts"]
    if accounts and module == "contacts" and draw(st.booleans()):
        values["account"] = draw(st.sampled_from(accounts))
    row |= {"values": values} if values else {}
    return {**row, "deleted": True} if draw(st.integers(0, 9)) == 9 else row


@st.composite
def _shares(draw, world):
    """Draw shares, at most one per record and receiver (R19)."""
    receivers = [("user", u) for u in world["users"]] + [("team", t) for t in world["teams"]]
    if not world["records"]:
        return []
    pair = st.tuples(st.sampled_from(list(world["records"])), st.sampled_from(receivers))
    give = st.sampled_from(["view", "edit"])
    return [
        {"record": key, kind: name, "give": draw(give)}
        for key, (kind, name) in draw(_several(pair, 4))
    ]
