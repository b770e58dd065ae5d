"""The save bar, the log and the message after a save say the same of one change."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roles.models import AuditEntry, Role
from roles.registry import registry
from tests.factories import make_role, make_user

from .conftest import url_of
from .test_role_impact import ask, follow

CELLS = sorted(registry.catalogue.permissions)
SELECTS = {
    "scope:contacts": ["", "own", "team", "all"],
    "scope:contacts:edit": ["", "own", "department"],
    "scope:deals": ["", "all"],
    "field:contacts:phone": ["", "hidden", "read_only", "editable"],
    "field:contacts:*": ["", "read_only"],
}
POSTS = st.fixed_dictionaries(
    {
        "toggled": st.sets(st.sampled_from(CELLS), max_size=4),
        "base": st.sampled_from(["user", "user", "", "guest", "manager"]),
        "name": st.sampled_from(["Rep", "Rep", "Field Rep"]),
        "level": st.sampled_from(["10", "10", "20"]),
        "privileges": st.sampled_from(["app.crm", "", "app.crm report.export"]),
        "with_script": st.booleans(),
    },
    optional={name: st.sampled_from(values) for name, values in SELECTS.items()},
)

WRITTEN = {"base", "name", "level", "privileges", *SELECTS}


def message(client, role) -> str:
    """Give what the page says after a save."""
    return str(next(iter(client.get(url_of(role)).context["messages"])))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(post=POSTS)
def test_each_save_changes_exactly_what_the_summary_said(owner, rep_role, form_of, post):
    """Issue 3: the answer, the log's entry and the message agree, whatever was changed before."""
    role, entries = Role.objects.get(pk=rep_role.pk), AuditEntry.objects.count()
    data = form_of(owner, role) | {k: v for k, v in post.items() if k in WRITTEN}
    if post["with_script"]:
        data = follow(data, ask(owner, role, data))
    data["permissions"] = sorted(set(data["permissions"]) ^ post["toggled"])
    # Without the script the page stays as it was sent, and only "See impact" could tell.
    answer = ask(owner, role, data) if post["with_script"] else None
    data = follow(data, answer) if answer else data
    assert owner.post(url_of(role), data).status_code == 302
    said = message(owner, role)
    logged = AuditEntry.objects.order_by("pk")[entries:]
    assert len(logged) <= 1
    counts = _counts(logged[0].changes) if logged else {"added": 0, "removed": 0, "changed": 0}
    assert said == ("Nothing was changed." if not logged else said)
    for name, count in counts.items():
        assert (f"{count} {name}" in said) == bool(count)
    if answer is not None:
        assert answer["counts"] == counts
        assert not logged or said == f"“{role_name(role)}” is saved: {answer['summary']}."


def role_name(role) -> str:
    return Role.objects.get(pk=role.pk).name


def _counts(changes) -> dict[str, int]:
    """Count a log entry's rows: ticks and privileges are on or off, the rest has other values."""
    ticks = [c for c in changes if isinstance(c["new"], bool)]
    return {
        "added": sum(c["new"] for c in ticks),
        "removed": sum(c["old"] for c in ticks),
        "changed": len(changes) - len(ticks),
    }


# The words


def test_the_summary_names_what_people_gain_and_lose(owner, rep_role, form_of):
    make_role("other", permissions="reports.view")
    make_user("ann", "rep")
    make_user("ben", "rep")
    make_user("carl", "rep", "other")
    data = form_of(owner, rep_role) | {"permissions": ["contacts.export", "deals.export"]}
    answer = ask(owner, rep_role, data)
    lines = ["3 people gain Deals: Export", "2 people lose Reports: View"]
    assert answer["impact"] == lines and answer["people"] == 3
    assert answer["summary"] == "1 added, 1 removed · " + " · ".join(lines)


def test_many_effects_are_counted_in_the_summary_and_listed_beside_it(owner, rep_role, form_of):
    make_user("ann", "rep")
    data = form_of(owner, rep_role) | {
        "permissions": ["contacts.export", "deals.export", "admin.view"],
        "scope:contacts": "all",
        "field:contacts:phone": "hidden",
    }
    answer = ask(owner, rep_role, data)
    assert "changes what 1 person may do" in answer["summary"]
    assert answer["impact"] == [
        "1 person gains Deals: Export, Users: View and 3 more",
        "1 person loses Reports: View",
        "1 person reaches other records of Contacts",
        "1 person sees or edits other fields of Contacts",
    ]


def test_a_change_that_nobody_notices_says_so(owner, rep_role, form_of):
    make_user("ann", "rep")
    answer = ask(owner, rep_role, form_of(owner, rep_role) | {"description": "Sells."})
    assert answer["summary"] == "1 changed · nobody gains or loses anything"
    assert (answer["impact"], answer["people"]) == ([], 0)


def test_a_role_that_nobody_holds_reaches_nobody(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"permissions": ["contacts.export"]}
    assert ask(owner, rep_role, data)["summary"] == "1 removed"


def test_a_new_role_counts_all_that_it_gives(owner, db, form_of):
    data = form_of(owner, None) | {
        "name": "New",
        "base": "user",
        "permissions": ["deals.export"],
        "privileges": "app.crm",
        "scope:deals": "team",
    }
    assert ask(owner, None, data)["summary"] == "2 added, 1 changed"
    owner.post(url_of(None), data)
    assert message(owner, Role.objects.get(name="New")) == ("“New” is created: 2 added, 1 changed.")


def test_what_a_save_would_refuse_is_said_before_it(owner, rep_role, form_of):
    """R3, R4, R11, D8: the service's own words, at their fields."""
    make_role("heir", base="rep")
    data = form_of(owner, rep_role) | {"base": "heir", "name": "USER", "privileges": "deals.view"}
    problems = ask(owner, rep_role, data)["problems"]
    assert problems.keys() == {"name", "privileges"}
    problems = ask(owner, rep_role, data | {"name": "Rep", "privileges": ""})["problems"]
    assert "itself based on this role" in problems["base"][0]
    page = owner.post(url_of(rep_role), data | {"_impact": "1"})
    assert page.context["form"].errors.keys() == {"name", "privileges"}
    user = Role.objects.get(code="user")
    assert "D8" in ask(owner, user, form_of(owner, user) | {"level": "11"})["problems"]["level"][0]


def test_somebody_else_s_change_meanwhile_is_said_before_the_save(owner, rep_role, form_of):
    make_user("ann", "rep")
    data, other = form_of(owner, rep_role), form_of(owner, rep_role)
    owner.post(url_of(rep_role), other | {"permissions": [*other["permissions"], "deals.export"]})
    answer = ask(owner, rep_role, data | {"description": "Sells."})
    assert "meanwhile" in answer["problems"][""][0]
    assert answer["people"] == 0  # what the other gave is not taken back by this change
