"""Build random policies with an actor and a wish, small enough that grants and wishes meet."""

from hypothesis import strategies as st

from .by_hand import NOW

CODES = (
    *("contacts.view", "contacts.edit", "contacts.export", "deals.view", "deals.delete"),
    *("admin.view", "users.view", "users.invite", "tasks.comment", "privileges.define"),
)
PRIVILEGES = ("app.crm", "report.export", "contacts.view")
SCOPES = ("own", "team", "department", "all")
FIELD_LEVELS = ("hidden", "read_only", "editable")
MODULES = ("contacts", "deals")
ALL_OF_IT = {
    "permissions": list(CODES),
    "privileges": ["app.crm"],
    "records": {module: ["all"] for module in MODULES},
    "second_factor": False,
}

_some_scopes = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=2, unique=True)
_by_action = st.dictionaries(st.sampled_from(("*", "view", "edit")), _some_scopes, max_size=2)
_by_field = st.dictionaries(
    st.sampled_from(("*", "owner", "notes")), st.sampled_from(FIELD_LEVELS), max_size=2
)
_layer = st.fixed_dictionaries(
    {
        "permissions": st.lists(st.sampled_from(CODES), unique=True, max_size=5),
        "privileges": st.lists(st.sampled_from(PRIVILEGES), unique=True, max_size=2),
        "records": st.dictionaries(st.sampled_from(MODULES), _by_action, max_size=2),
        "fields": st.dictionaries(
            st.sampled_from(MODULES),
            _by_field,
            max_size=2,
        ),
        "second_factor": st.sampled_from((False, False, False, True)),
    }
)
_level = st.sampled_from((10, 10, 10, 10, 10, 10, 0, 40, 50, 100))


def _role(code, layer, level, base=None):
    return {"code": code, "name": code, "level": level, "base": base, **layer}


@st.composite
def wishes(draw):
    """Draw (before, after): the role `rep` as it is and as Abe, who may be anyone, wants it.

    Below it may stand `low` or `other`, on it `heir`; either document may lack `rep`.
    """
    low, other, heir = (draw(_layer) for _ in range(3))
    old = draw(_layer)
    new = draw(_layer | _mutated(old) | _mutated(old))
    bases = st.sampled_from((None, "low", "low", "other"))
    base = draw(bases)
    held = draw(st.lists(st.sampled_from(["mine", "also", "rep", "heir", "low"]), max_size=3))
    mine = draw(st.sampled_from((ALL_OF_IT, ALL_OF_IT, old, new)) | _layer)
    roles = [
        _role("low", low, draw(_level)),
        _role("other", other, 10),
        _role("mine", mine, draw(st.sampled_from((50, 50, 100, 10)))),
        _role("also", draw(_layer), 20),
    ]
    rep = _role("rep", old, draw(_level), base)
    wanted = _role("rep", new, draw(st.just(rep["level"]) | _level), draw(st.just(base) | bases))
    standing = [_role("heir", heir, draw(_level), "rep")] if draw(st.booleans()) else []
    abe = {"roles": sorted({"mine", *held}) if draw(st.integers(0, 9)) else ["owner"]}
    abe["second_factor"] = draw(st.booleans())
    world = {"users": {"abe": abe}}
    if not standing and draw(st.integers(0, 4)) == 0:
        abe["roles"] = [role for role in abe["roles"] if role not in ("rep", "heir")]
        return _document(roles, world), _document([*roles, wanted], world)
    abe["roles"] = [role for role in abe["roles"] if role != "heir" or standing]
    return (
        _document([*roles, rep, *standing], world),
        _document([*roles, wanted, *standing], world),
    )


def _document(roles, world):
    return {"version": 1, "now": NOW, "roles": roles, "world": world}


@st.composite
def _mutated(draw, layer):
    """Draw the layer with one thing about it changed."""
    part = draw(st.sampled_from(sorted(layer)))
    if part == "second_factor":
        return {**layer, part: not layer[part]}
    if part in ("permissions", "privileges"):
        name = draw(st.sampled_from(CODES if part == "permissions" else PRIVILEGES))
        return {**layer, part: sorted({*layer[part]} ^ {name})}
    module = draw(st.sampled_from(MODULES))
    value = draw(_by_action if part == "records" else _by_field)
    return {**layer, part: {**layer[part], module: value}}


@st.composite
def wished_policies(draw):
    """Draw (before, after): several roles at once as Abe wants them, on any bases, one new."""
    before, _after = draw(wishes())
    rows = [draw(_wished(row)) for row in before["roles"]]
    if draw(st.booleans()):
        rows.append(_role("new", draw(_layer), draw(_level)))
    codes = [row["code"] for row in rows]
    for row in rows:
        row["base"] = draw(st.sampled_from([*[row["base"]] * 6, None, *codes]))
        if _is_in_a_cycle(row["code"], {one["code"]: one["base"] for one in rows}):
            row["base"] = None
    return before, _document(rows, before["world"])


@st.composite
def _wished(draw, row):
    """Draw a role as it is, or with one thing changed: roles beside it may change too."""
    layer = {part: row[part] for part in ALL_OF_IT} | {"fields": row.get("fields", {})}
    change = draw(st.sampled_from(("", "", "layer", "layer", "level")))
    level = draw(_level) if change == "level" else row["level"]
    return _role(
        row["code"], draw(_mutated(layer)) if change == "layer" else layer, level, row["base"]
    )


def _is_in_a_cycle(code, bases):
    step, steps = bases[code], 0
    while step not in (None, code) and steps < len(bases):
        step, steps = bases[step], steps + 1
    return step is not None
