"""What of a role is hidden, asked for at every door (R16, R17, R23, threats 1, 2, 11).

Each field is hidden, then only to be read, then open: the doors that tell of it are the same in
both last cases, and none tells of it in the first. The file is long because the table of doors,
what telling looks like and the role with a past are one: apart, a new door would miss a question.
"""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from roles.core.changes import RoleChanges
from roles.models import Role
from roles.services.assignment import assign_role
from roles.services.loading import read_role
from roles.services.role import change_role, create_role
from tests.factories import (
    fetch,
    give,
    give_second_factor,
    make_role,
    make_user,
)
from tests.laws.forms import forms_of

from .conftest import ask

pytestmark = pytest.mark.django_db

NAME, ABOUT, LEVEL, PRIVILEGE = "Zzname", "Zzabout", 73, "zz.privilege"
RIGHTS = (
    "roles.view roles.create roles.edit roles.delete users.view users.edit users.invite "
    "users.approve activities.view activities.undo privileges.define deals.view deals.export "
    "contacts.view"
)
TELLS = {
    "name": (NAME,),
    "description": (ABOUT,),
    "level": (
        rf'level-number">{LEVEL}<',
        rf'([Ll]evel|rank)"?:? ?"?{LEVEL}\b',
        rf"\({LEVEL}\)",
        rf'name="level" value="{LEVEL}"',
        rf"Level: .{{0,12}}{LEVEL}",
        rf'"(old|new)": ?{LEVEL}\b',
    ),
    "base": (
        '"(base|from|new)": ?"zzbase"',
        "(based on|inherited from|from|by|Based on:) “?Zzbase",
        "based on </span>Zzbase",
        'value="zzbase" selected',
    ),
    "second_factor": (
        '"second_factor": ?(true|"yes")',
        'value="yes" selected',
        "factor: asked",
        '"resting": ?\\[\\{',
        "Rests",
        '"field": ?"second_factor"',
    ),
    "permissions": (
        r'"(permissions|own|effective)": ?\[[^]]*"deals.export"',
        r'"deals.export": ?(\[|.."ticked": ?true)',
        '"field": ?"deals.export"',
        "Deals: (View, )?Export",
        "Export on Deals",
        "View and export",
        "Contacts: View<",
        r"of \d+, ",
        'name="permissions"',
        '"granted"',
    ),
    "privileges": (PRIVILEGE,),
}
"""By field what an answer that tells of it looks like."""


@pytest.fixture
def rep():
    """Give a role with something in each field, and a past."""
    olga = fetch(make_user("olga", "owner"))
    make_role("zzbase", level=11, permissions="contacts.view")
    make_role("other", level=2)
    spec = read_role(make_role("draft", level=LEVEL, base="zzbase", permissions="deals.export"))
    Role.objects.get(code="draft").delete()
    wanted = spec.with_changes(
        code="rep",
        name=NAME,
        description=ABOUT,
        second_factor=True,
        privileges=frozenset({PRIVILEGE}),
    )
    role = create_role(acting_user=olga, wanted=wanted)
    made = RoleChanges(
        values={"description": (ABOUT, f"{ABOUT} anew"), "name": (NAME, f"{NAME} anew")},
        granted=frozenset({"deals.view"}),
    )
    change_role(acting_user=olga, role=role, changes=made)
    make_role("zzheir", level=3, base=role)
    ben = make_user("ben")
    give_second_factor(ben)
    for person in (ben, make_user("dora")):
        assign_role(acting_user=olga, user=fetch(person), role=role)
    give(make_user("carl", state="waiting"), role)
    return Role.objects.get(code="rep")


def auditor(rights=RIGHTS, username="ann", **roles):
    """Sign somebody in for whom these fields of roles are closed."""
    records = {"deals": "all", "contacts": "all"}
    role = make_role(level=95, permissions=rights, records=records, fields={"roles": roles})
    client = Client(raise_request_exception=False)
    user = make_user(username, role)
    client.force_login(user)
    client.user = user
    return client


class World:
    """The keys by which pages have their addresses."""

    def __init__(self, rep):
        self.rep = rep.pk
        names = ("ben", "carl", "dora")
        self.ben, self.carl, self.dora = (User.objects.get(username=name).pk for name in names)


def page(path, data=None):
    def door(client, world):
        where = path.format(**vars(world))
        answer = client.get(where) if data is None else client.post(where, data)
        assert answer.status_code in (200, 302, 403, 404), (where, answer.status_code)
        return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())

    return door


def api(method, path, body=None):
    def door(client, world):
        code, text = ask(client, method, path.format(**vars(world)), body)
        assert code in (200, 201, 400, 403, 404), (path, code, text)
        return text

    return door


ROLE = "/roles/role/{rep}/"
DOORS = {
    "list": page("/roles/role/"),
    "tree": page("/roles/role/?view=tree"),
    "page": page(f"{ROLE}change/"),
    "history": page(f"{ROLE}history/"),
    "delete": page(f"{ROLE}delete/"),
    "move": page(f"{ROLE}delete/", {"look": "1", "move_to": "other"}),
    "clone": page("/roles/role/add/?clone=rep"),
    "base-on": page("/roles/role/add/?base=rep"),
    "rebase": page("/roles/role/bases/?roles={rep}"),
    "compare": page("/roles/role/bases/?roles={rep}&base=other"),
    "impact": page(f"{ROLE}impact/", {"description": "New"}),
    "error": page(f"{ROLE}change/", {"privileges": "deals.export"}),
    "log": page("/roles/auditentry/"),
    "people": page("/accounts/user/"),
    "person": page("/accounts/user/{ben}/change/"),
    "person at rest": page("/accounts/user/{dora}/change/"),
    "person's history": page("/accounts/user/{ben}/history/"),
    "invitations": page("/invitations/"),
    "registration": page("/registrations/{carl}/"),
    "search": page("/search/?q=rep"),
    "api list": api("GET", "roles/"),
    "api role": api("GET", "roles/rep/"),
    "api matrix": api("GET", "roles/rep/matrix/"),
    "api clone": api("GET", "roles/rep/clone/"),
    "api cloned": api("POST", "roles/rep/clone/", {"name": "Made anew"}),
    "api impact": api("POST", "roles/rep/impact/", {}),
    "api history": api("GET", "roles/rep/history/"),
    "api log": api("GET", "activities/"),
    "api people": api("GET", "users/"),
    "api person": api("GET", "users/ben/"),
    "api held": api("GET", "users/ben/roles/"),
    "api access": api("GET", "users/ben/access/"),
    "api access at rest": api("GET", "users/dora/access/"),
    "api person's history": api("GET", "users/ben/history/"),
}


def telling(field, client, rep):
    """Name the doors that tell of the field."""
    world = World(rep)
    pattern = "|".join(TELLS[field])
    return {name for name, door in DOORS.items() if re.search(pattern, door(client, world))}


IN_THE_LOG = {"api history", "api log"}
ON_THE_LOG = {"history", "log"}
AS_IT_IS = {"api list", "api role", "api clone", "api cloned", "page", "clone", "error"}
OF_PEOPLE = {"people", "person", "person at rest", "api people", "api person"}
ACCESS = {"api access", "api access at rest"}
PLANS = {"compare", "move", "rebase"}
TOLD = {
    "name": {*DOORS} - {"api clone", "api cloned", "api impact", "api matrix", "impact"},
    "description": IN_THE_LOG | ON_THE_LOG | AS_IT_IS | {"search"},
    "level": (IN_THE_LOG | ON_THE_LOG | AS_IT_IS | OF_PEOPLE | ACCESS)
    | {"list", "tree", "base-on", "compare", "rebase", "invitations"},
    "base": IN_THE_LOG
    | ON_THE_LOG
    | AS_IT_IS
    | {"api access", "base-on", "impact", "list", "rebase"},
    "second_factor": IN_THE_LOG | AS_IT_IS | {"api access at rest", "person at rest"},
    "permissions": (IN_THE_LOG | ON_THE_LOG | AS_IT_IS)
    | {
        "api access",
        "api matrix",
        "base-on",
        "compare",
        "impact",
        "list",
        "move",
        "person",
        "tree",
    },
    "privileges": IN_THE_LOG | ON_THE_LOG | AS_IT_IS | {"api access", "move", "person"},
}
"""By field the doors that tell of it to whom it is open."""


@pytest.mark.parametrize("field", TELLS)
def test_no_door_tells_of_a_hidden_field(rep, field):
    assert telling(field, auditor(**{field: "hidden"}), rep) == set()


@pytest.mark.parametrize("rights", [RIGHTS, "roles.view users.view activities.view users.invite"])
def test_no_door_tells_of_any_field_where_all_are_hidden(rep, rights):
    """To who may change roles, and to who may only look at them."""
    client, world = auditor(rights, **{"*": "hidden"}), World(rep)
    pattern = "|".join(one for field in TELLS.values() for one in field)
    told = {name: re.search(pattern, door(client, world)) for name, door in DOORS.items()}
    assert not {name: found for name, found in told.items() if found}


@pytest.mark.parametrize("field", TELLS)
def test_the_doors_tell_of_an_open_one(rep, field):
    assert telling(field, auditor(), rep) == TOLD[field]


@pytest.mark.parametrize("field", TELLS)
def test_what_may_only_be_read_is_told_of_wherever_nothing_is_begun_with_it(rep, field):
    """A new role takes over what its maker may set, so a clone has it no more (D10, R17)."""
    told = telling(field, auditor(**{field: "read_only"}), rep)
    begun = {"clone", "api clone", "api cloned", "base-on", "rebase", "compare", "api impact"}
    assert told - begun == TOLD[field] - begun - {"error"} | (told & {"error"})


@pytest.mark.parametrize("field", ["base", "second_factor", "permissions", "privileges"])
def test_what_cannot_be_told_is_not_told_as_nothing(rep, field):
    """What a role gives comes of all four: a page that knew three would say too little."""
    client, world = auditor(**{field: "hidden"}), World(rep)
    assert "What they may do is shown to" in DOORS["person"](client, world)
    assert {"permissions", "modules", "sources"}.isdisjoint(
        json.loads(DOORS["api access"](client, world))
    )
    assert json.loads(DOORS["api impact"](client, world)) == {}
    if field != "base":
        assert "shown to people who may see all of a role" in DOORS["compare"](client, world)
        assert "nothing changes in what it gives" not in DOORS["compare"](client, world)


# What is asked for by it


@pytest.mark.parametrize(("level", "found"), [("hidden", False), ("read_only", True)])
@pytest.mark.parametrize(
    ("field", "text"),
    [("name", NAME), ("description", ABOUT), ("privileges", PRIVILEGE)],
)
@pytest.mark.parametrize("path", ["/roles/role/", "/search/"])
def test_a_search_looks_in_no_hidden_field(rep, field, text, path, level, found):
    page = auditor(**{field: level}).get(path, {"q": text}).content.decode()
    looks = path == "/roles/role/" or field != "privileges" or found
    assert not looks or (f"/roles/role/{rep.pk}/change/" in page) is found


def levels_in(client, query=""):
    """Give the levels of the roles in the order of their list."""
    page = client.get(f"/roles/role/?{query}").content.decode()
    keys = re.findall(r'role-name"><a href="/roles/role/(\d+)/change/', page)
    levels = dict(Role.objects.values_list("pk", "level"))
    return [levels[int(key)] for key in keys]


def test_the_list_is_in_no_order_that_tells_of_levels(rep):
    hidden, shown = auditor(level="hidden"), auditor(username="sue")
    assert levels_in(shown) == sorted(levels_in(shown), reverse=True) != []
    assert levels_in(hidden) != sorted(levels_in(hidden), reverse=True)
    codes = [
        [one["code"] for one in json.loads(ask(client, "GET", "roles/")[1])["results"]]
        for client in (hidden, shown)
    ]
    by_level = Role.objects.order_by("-level", "name").values_list("code", flat=True)
    assert codes[0] != codes[1] == list(by_level)


@pytest.mark.parametrize("field", ["level", "*"])
def test_no_column_orders_by_a_hidden_level(rep, field):
    """There are fewer columns, so that no number stands for a hidden one."""
    make_role("low", level=1), make_role("high", level=99)
    client = auditor(**{field: "hidden"})
    for query in [f"o={sign}{column}" for column in range(1, 8) for sign in ("", "-")]:
        levels = levels_in(client, query)
        assert levels and levels not in (sorted(levels), sorted(levels, reverse=True)), query
    shown = levels_in(auditor(username="sue"), "o=2")
    assert shown == sorted(shown)


@pytest.mark.parametrize(("level", "found"), [("hidden", False), ("read_only", True)])
def test_no_chip_filters_by_a_hidden_base(rep, level, found):
    client = auditor(base=level)
    answer = client.get("/roles/role/?base=zzbase")
    assert (answer.status_code == 200) is found
    assert ('href="?base=zzbase"' in client.get("/roles/role/").content.decode()) is found


@pytest.mark.parametrize("path", ["roles/?ordering=level", "roles/?search=x", "roles/?level=73"])
def test_the_api_takes_no_questions_about_roles(rep, path):
    assert ask(auditor(), "GET", path)[0] == 400


# What is written


def posted_from(client, path):
    """Give what a browser would post of the page's form, and its address."""
    html = client.get(path).content.decode()
    form = next(one for one in forms_of(html) if one.named("seen"))
    return {c.name: form.chosen(c.name) for c in form.controls if form.chosen(c.name)}


@pytest.mark.parametrize("level", ["hidden", "read_only"])
@pytest.mark.parametrize("field", TELLS)
def test_a_save_leaves_what_may_not_be_written_as_it_is(rep, field, level):
    before = read_role(rep)
    change = {"description": "Zzother"} if field != "description" else {"level": "50"}
    client = auditor(**{field: level})
    data = posted_from(client, f"/roles/role/{rep.pk}/change/") | change
    assert client.post(f"/roles/role/{rep.pk}/change/", data).status_code == 302
    wanted = {"level": 50} if field == "description" else change
    assert read_role(Role.objects.get(pk=rep.pk)) == before.with_changes(**wanted)


@pytest.mark.parametrize("field", TELLS)
def test_each_is_written_from_its_page_where_it_is_open(rep, field):
    """The twin: the same page with every field open and this one changed."""
    change = {
        "name": "Zzother",
        "description": "Zzother",
        "level": "50",
        "base": "other",
        "second_factor": "no",
        "permissions": ["deals.view"],
        "privileges": "zz.other",
    }[field]
    before = read_role(rep)
    client = auditor()
    data = posted_from(client, f"/roles/role/{rep.pk}/change/") | {field: change}
    assert client.post(f"/roles/role/{rep.pk}/change/", data).status_code == 302
    after = read_role(Role.objects.get(pk=rep.pk))
    assert getattr(after, field) != getattr(before, field)
    assert after == before.with_changes(**{field: getattr(after, field)})


FORGED = {**dict.fromkeys(TELLS, "Forged"), "scope:deals": "own", "field:deals:name": "hidden"}
FORGED |= {"level": "5", "permissions": "activities.view", "second_factor": "no", "base": "other"}


@pytest.mark.parametrize("level", ["hidden", "read_only"])
@pytest.mark.parametrize("key", FORGED)
def test_a_forged_field_refuses_the_whole_page(rep, key, level):
    field = "permissions" if ":" in key else key
    before = read_role(rep)
    client = auditor(**{field: level})
    data = posted_from(client, f"/roles/role/{rep.pk}/change/") | {key: FORGED[key]}
    answer = client.post(f"/roles/role/{rep.pk}/change/", data)
    assert answer.status_code == 200 and read_role(Role.objects.get(pk=rep.pk)) == before
    assert (f"There is no field “{key}”." in answer.content.decode()) is (level == "hidden")


@pytest.mark.parametrize(("level", "told"), [("hidden", False), ("read_only", True)])
@pytest.mark.parametrize(
    ("field", "words"), [("level", f"Level {LEVEL} is not"), ("permissions", "on Contacts")]
)
def test_a_refusal_tells_of_nothing_hidden(rep, field, words, level, told):
    """D5: what is too much of a role is told to whom it is shown."""
    rights = "roles.view users.view users.edit deals.view deals.export privileges.define"
    rank = LEVEL - 1 if field == "level" else LEVEL + 1
    boss = make_role("boss", level=rank, permissions=rights, fields={"roles": {field: level}})
    client = Client(raise_request_exception=False)
    client.force_login(make_user("max", boss))
    make_user("eve")
    code, text = ask(client, "POST", "users/eve/roles/", {"role": "rep"})
    assert code == 403 and (words in text) is told
    assert "D3" in text or told


def test_a_new_role_needs_no_field_that_its_maker_may_not_set(rep):
    client = auditor(level="read_only", permissions="hidden", base="hidden")
    data = posted_from(client, "/roles/role/add/?clone=rep") | {"name": "Made anew"}
    assert client.post("/roles/role/add/?clone=rep", data).status_code == 302
    made = read_role(Role.objects.get(name="Made anew"))
    assert (made.level, made.permissions, made.base) == (0, frozenset(), None)
    assert made.privileges == {PRIVILEGE}


@pytest.mark.parametrize(("level", "code"), [("read_only", 403), ("editable", 200)])
def test_whoever_may_not_name_a_role_is_offered_no_new_one(rep, level, code):
    client = auditor(name=level)
    assert client.get("/roles/role/add/").status_code == code
    assert ("/roles/role/add/" in client.get("/roles/role/").content.decode()) is (code == 200)
    assert ask(client, "POST", "roles/", {"name": "New"})[0] == (201 if code == 200 else 403)


def test_a_clone_says_what_it_leaves_out(rep):
    """D10; of what is hidden it is said always, or it would tell whether there was any."""
    client = auditor(privileges="hidden", description="read_only")
    for code in ("rep", "other"):
        left = json.loads(ask(client, "GET", f"roles/{code}/clone/")[1])["left_out"]
        assert ("privileges" in left, "description" in left) == (True, code == "rep")
    page = client.get("/roles/role/add/?clone=rep").content.decode()
    assert "because you may not see it: its privileges." in page
    assert "because you may not give it: its description." in page


@pytest.mark.parametrize("path", ["/roles/role/", "/roles/role/{rep}/change/", "/api/v1/roles/"])
def test_what_is_hidden_costs_no_query_a_role(rep, path):
    client = auditor(name="hidden", base="hidden", permissions="hidden")
    path = path.format(rep=rep.pk)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(5):
        make_role(f"more-{number}", base=rep, level=1)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


# Two roles that differ in nothing but what is hidden of them


def answers_about(client, code, **values):
    """Give what doors say of a role that may depend on what it gives."""
    key = make_role(code, level=6, **values).pk
    asked = json.loads(client.post(f"/roles/role/{key}/impact/", {"description": "New"}).content)
    grid = json.dumps({part: asked[part] for part in ("cells", "rows", "controls")})
    page = client.get(f"/roles/role/{key}/change/").content.decode()
    return grid, page, ask(client, "POST", "users/ben/roles/", {"role": code})[1]


def pair(field, level):
    """Ask about a role that gives nothing, and about one that gives it in a hidden field."""
    make_user("ben")
    make_role("zzbase", level=4, permissions="deals.view", records={"deals": "department"})
    rights = "roles.view roles.edit users.view users.edit deals.view deals.export"
    boss = make_role(
        level=50, permissions=rights, records={"deals": "team"}, fields={"roles": {field: level}}
    )
    client = Client(raise_request_exception=False)
    client.force_login(make_user("ann", boss))
    more = {
        "permissions": {"permissions": "deals.view", "records": {"deals": "department"}},
        "base": {"base": "zzbase"},
    }[field]
    return answers_about(client, "empty"), answers_about(client, "full", **more)


@pytest.mark.parametrize("level", ["hidden", "read_only"])
def test_the_page_s_script_is_not_told_which_choices_a_hidden_grid_would_refuse(level):
    """Each choice that is refused where another role's is not says what the role gives."""
    (empty, *_), (full, *_) = pair("permissions", level)
    assert (empty == full) is (level == "hidden")
    assert ("scope:deals" in full) is (level != "hidden")


@pytest.mark.parametrize("level", ["hidden", "read_only"])
def test_no_refusal_names_what_a_role_has_by_a_hidden_base(level):
    """D4, D5: the grid does not tell of it either."""
    _empty, answers = pair("base", level)
    told = [on for on in answers if re.search(r"on (“|.u201c)Department", on)]
    assert len(told) == (0 if level == "hidden" else 3)
