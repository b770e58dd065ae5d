"""Draw the checks worth asking of a policy-test document, about as often yes as no."""

from hypothesis import strategies as st

from . import catalogue, oracle
from . import vocabulary as words

_CODES = {name: oracle.system_code(name) for name in words.DJANGO_NAMES}


@st.composite
def questions(draw, document):
    """Draw a check without a record: what the user's roles grant, anything, or odd names."""
    user = draw(_askers(document))
    pools = {
        "granted": _granted(document, user) or catalogue.SYSTEM_PERMISSIONS,
        "anything": (*catalogue.SYSTEM_PERMISSIONS, *words.PRIVILEGES),
        "odd": (*words.SPELLINGS, *words.UNKNOWN, *words.INAPPLICABLE, *words.DJANGO_NAMES),
    }
    kind = draw(st.sampled_from(["granted", "granted", "anything", "odd"]))
    return {"user": user, "permission": draw(st.sampled_from(pools[kind]))}


@st.composite
def record_questions(draw, document):
    """Draw a check about records: on one, reading or writing a field, creating, listing."""
    user = draw(_askers(document))
    kinds = [_creation, _listing]
    if document["world"]["records"]:
        kinds += [_on_record, _on_record, _on_record, _reading, _reading, _writing]
    return {"user": user, **draw(draw(st.sampled_from(kinds))(document, user))}


def _askers(document):
    """Draw a user of the document, seldom nobody at all."""
    return st.sampled_from([*document["world"]["users"]] * 4 + [None])


def _granted(document, user):
    """List what the user's current roles name, each layer's own words; R5's and Django's too."""
    layers = [
        layer
        for role in oracle.current_roles(document, user)
        for layer in oracle.chain(document, role)
    ]
    names = [n for row in layers for n in row.get("permissions", []) + row.get("privileges", [])]
    implied = [code for name in names for code in catalogue.IMPLIES.get(name, ())]
    spelt = [name for name, code in _CODES.items() if code in names]
    return [*dict.fromkeys(names + implied + spelt)]


@st.composite
def _on_record(draw, document, user):
    """Draw a permission on a record: mostly its module's, else a feature, privilege or other."""
    key = draw(_keys(document, user))
    module = document["world"]["records"][key]["module"]
    own = [f"{module}.{action}" for action in ("view", "edit", "edit", *catalogue.ACTIONS)]
    features = [code for code, row in catalogue.FEATURES.items() if row["module"] == module]
    models = [name for name, code in _CODES.items() if code in own]
    other = ["contacts.view", "leads.edit", "profile.view", "tasks.comment", "app.crm"]
    pool = own * 2 + features + models + other
    return {"permission": draw(st.sampled_from(pool)), "record": key}


@st.composite
def _reading(draw, document, user):
    key, field = draw(_fields(document, user))
    return {"read": field, "record": key}


@st.composite
def _writing(draw, document, user):
    key, field = draw(_fields(document, user))
    return {"write": field, "record": key}


@st.composite
def _fields(draw, document, user):
    """Draw a record and a field of its module, likely one that roles speak of, or none at all."""
    key = draw(_keys(document, user))
    known = catalogue.FIELDS[document["world"]["records"][key]["module"]]
    likely = [name for name in words.FOCUS_FIELDS if name in known]
    return key, draw(st.sampled_from([*likely * 4, *known, "nonsense"]))


@st.composite
def _creation(draw, document, user):
    """Draw values for a new record: texts, references, an owner or none (R17, R18)."""
    module = draw(_modules(document, user))
    world, known = document["world"], catalogue.FIELDS[module]
    choices = {name: [words.TEXTS[name]] for name in known if name in words.TEXTS}
    choices["owner"] = [*world["users"], None]
    accounts = [k for k, row in world["records"].items() if row["module"] == "accounts"]
    if "account" in known and accounts:
        choices["account"] = accounts
    names = [*choices, "nonsense"] if draw(st.integers(0, 9)) == 9 else list(choices)
    sent = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    values = {name: draw(st.sampled_from(choices.get(name, ["x"]))) for name in sent}
    return {"create": module, "values": values}


@st.composite
def _listing(draw, document, user):
    """Draw a list of a module that has records, or of any."""
    module, records = draw(_modules(document, user)), document["world"]["records"]
    if records and draw(st.sampled_from([True, True, True, False])):
        module = records[draw(_keys(document, user))]["module"]
    actions = st.sampled_from(["view", "view", "edit", "edit", *catalogue.ACTIONS])
    return {"list": module, "action": draw(actions)}


def _keys(document, user):
    """Draw a record, rather one of a module that the user's roles speak of."""
    records = document["world"]["records"]
    spoken = {name.split(".")[0] for name in _granted(document, user)}
    likely = [key for key, row in records.items() if row["module"] in spoken]
    return st.sampled_from([*records, *likely * 3])


def _modules(document, user):
    """Draw a record module, rather one that holds a record likely within the user's reach."""
    records = document["world"]["records"]
    filled = [row["module"] for row in records.values() if row["owner"] in (user, None)]
    return st.sampled_from([*words.FOCUS, *catalogue.RECORD_MODULES, *filled * 6])
