"""The role page asks about the form as it stands: the answer shows it, and saves nothing."""

from django.test import Client
from django.urls import reverse

from roles.core.specs import RoleSpec
from roles.models import AuditEntry, Role
from roles.services.installation import install_role
from roles.services.loading import read_role
from tests.factories import make_role

from .conftest import url_of


def ask(client: Client, role: Role | None, data: dict) -> dict:
    """Post the form to the address that answers for it."""
    answer = client.post(url_of_impact(role), data)
    assert answer.status_code == 200, answer.content
    return answer.json()


def url_of_impact(role: Role | None) -> str:
    if role is None:
        return reverse("admin:roles_role_add_impact")
    return reverse("admin:roles_role_impact", args=[role.pk])


def follow(data: dict, answer: dict) -> dict:
    """Do to the post what the page's script does with the answer."""
    cells = answer["cells"].items()
    ticked = [code for code, cell in cells if cell["ticked"] and not cell["fixed"]]
    return data | {"seen": answer["seen"], "permissions": ticked}


# What is answered, and that nothing happens


def test_the_form_as_it_was_sent_has_no_changes(owner, rep_role, form_of):
    answer = ask(owner, rep_role, form_of(owner, rep_role))
    assert answer["counts"] == {"added": 0, "removed": 0, "changed": 0}
    assert answer["summary"] == "" and answer["problems"] == {}
    assert (
        answer["brings"]
        == f"brings {len(read_role(role('user')).permissions)} permissions from User"
    )


def test_asking_saves_nothing(owner, rep_role, form_of):
    before, entries = read_role(rep_role), AuditEntry.objects.count()
    data = form_of(owner, rep_role) | {"permissions": ["deals.export"], "name": "Other", "base": ""}
    answer = ask(owner, rep_role, data)
    assert answer["counts"] == {"added": 1, "removed": 2, "changed": 2}
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before
    assert AuditEntry.objects.count() == entries


def test_it_says_the_same_of_every_cell_as_the_page(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    cells = ask(owner, rep_role, data)["cells"]
    board = owner.get(url_of(rep_role)).context["outlook"].board
    shown = [c for _g, rows in board.rows(data["permissions"]) for r in rows for c in r.cells if c]
    assert {c.code for c in shown} <= cells.keys()
    assert {c.code for c in shown if c.fixed} == {
        c for c, cell in cells.items() if cell["fixed"] and c in {s.code for s in shown}
    }
    assert cells["contacts.view"] == {
        "ticked": True,
        "fixed": True,
        "kind": "inherited",
        "why": "inherited from User",
    }
    assert cells["contacts.export"]["ticked"] and not cells["contacts.export"]["fixed"]
    assert not cells["deals.export"]["ticked"]


# The base that is chosen on the page


def test_another_base_shows_its_cells_and_frees_those_of_the_old_one(owner, rep_role, form_of):
    """R4: what User gave alone goes, what the role stores itself stays ticked and is free now."""
    data = form_of(owner, rep_role) | {"base": ""}
    answer = ask(owner, rep_role, data)
    assert answer["cells"]["contacts.view"] == {
        "ticked": True,
        "fixed": False,
        "kind": "",
        "why": "",
    }
    assert not answer["cells"]["contacts.create"]["ticked"]
    assert answer["brings"] == ""
    assert ask(owner, rep_role, data | {"base": "owner"})["brings"] == ""
    assert owner.post(url_of(rep_role), follow(data, answer)).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    assert (saved.base, saved.permissions) == (None, read_role(rep_role).permissions)
    assert "contacts.view" in saved.permissions


def test_a_freed_cell_that_is_then_unticked_is_taken_away(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"base": ""}
    data = follow(data, ask(owner, rep_role, data))
    data["permissions"].remove("contacts.view")
    assert ask(owner, rep_role, data)["counts"] == {"added": 0, "removed": 1, "changed": 1}
    owner.post(url_of(rep_role), data)
    assert "contacts.view" not in read_role(Role.objects.get(pk=rep_role.pk)).permissions


def test_a_tick_on_a_cell_that_is_then_inherited_is_not_stored(owner, rep_role, form_of):
    install_role(RoleSpec(code="wide", name="Wide", permissions=frozenset({"deals.export"})))
    data = form_of(owner, rep_role)
    data |= {"base": "wide", "permissions": [*data["permissions"], "deals.export"]}
    answer = ask(owner, rep_role, data)
    assert answer["cells"]["deals.export"]["why"] == "inherited from Wide"
    assert answer["counts"]["added"] == 0
    assert owner.post(url_of(rep_role), follow(data, answer)).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    assert saved.base == "wide" and "deals.export" not in saved.permissions


def test_without_the_script_a_tick_beside_a_new_base_is_kept(owner, rep_role, form_of):
    """The positive twin: on the page as it was sent the cell was free, so its tick counts."""
    install_role(RoleSpec(code="wide", name="Wide", permissions=frozenset({"deals.export"})))
    data = form_of(owner, rep_role)
    data |= {"base": "wide", "permissions": [*data["permissions"], "deals.export"]}
    owner.post(url_of(rep_role), data)
    assert "deals.export" in read_role(Role.objects.get(pk=rep_role.pk)).permissions


def test_there_and_back_again_changes_nothing(owner, rep_role, form_of):
    before, data = read_role(rep_role), form_of(owner, rep_role)
    for base in ("", "manager", "guest", "user"):
        data = follow(data | {"base": base}, ask(owner, rep_role, data | {"base": base}))
    assert ask(owner, rep_role, data)["summary"] == ""
    owner.post(url_of(rep_role), data)
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before


# What follows from a tick


def test_a_tick_shows_what_it_implies_and_its_loss_frees_that_again(owner, rep_role, form_of):
    """R5."""
    data = form_of(owner, rep_role)
    data["permissions"].append("admin.view")
    answer = ask(owner, rep_role, data)
    assert answer["cells"]["settings.view"]["why"] == "implied by Admin: View of Rep"
    assert answer["counts"]["added"] == 1
    data = follow(data, answer)
    data["permissions"].remove("admin.view")
    answer = ask(owner, rep_role, data)
    assert answer["cells"]["settings.view"] == {
        "ticked": False,
        "fixed": False,
        "kind": "",
        "why": "",
    }


def test_an_own_tick_that_was_taken_away_goes_though_another_implies_the_cell(
    owner, rep_role, form_of
):
    data = form_of(owner, rep_role)
    data["permissions"].append("settings.view")
    owner.post(url_of(rep_role), data)
    data = form_of(owner, rep_role)
    data["permissions"] = [c for c in data["permissions"] if c != "settings.view"] + ["admin.view"]
    answer = ask(owner, rep_role, data)
    assert answer["cells"]["settings.view"]["fixed"]
    assert answer["counts"] == {"added": 1, "removed": 1, "changed": 0}
    again = ask(owner, rep_role, follow(data, answer))
    assert (again["cells"], again["counts"]) == (answer["cells"], answer["counts"])
    owner.post(url_of(rep_role), follow(data, answer))
    saved = read_role(Role.objects.get(pk=rep_role.pk)).permissions
    assert "admin.view" in saved and "settings.view" not in saved


def test_line_ends_as_a_browser_sends_them_are_no_change(owner, form_of):
    """A policy file's description has other line ends than a form's."""
    made = make_role("lines", description="Sells.\nOr not.\n")
    data = form_of(owner, made) | {"description": "Sells.\r\nOr not."}
    assert ask(owner, made, data)["summary"] == ""
    data["description"] = "Sells.\r\nMore."
    owner.post(url_of(made), data)
    assert Role.objects.get(code="lines").description == "Sells.\nMore."


# What cannot be read


def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_answered(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"level": "ten", "name": ""}
    data["permissions"] = ["contacts.export", "deals.export", "contacts.frobnicate"]
    answer = ask(owner, rep_role, data)
    assert answer["problems"].keys() == {"level", "name", "permissions"}
    assert "0 to 100" in answer["problems"]["level"][0]
    assert answer["counts"] == {"added": 1, "removed": 1, "changed": 0}


def test_a_state_that_was_altered_is_said_for_the_whole_form(owner, rep_role, form_of):
    answer = ask(owner, rep_role, form_of(owner, rep_role) | {"seen": "forged"})
    assert "not as it was sent" in answer["problems"][""][0]


def test_a_new_role_is_answered_for_too(owner, db, form_of):
    data = form_of(owner, None) | {"name": "New", "base": "user", "permissions": ["deals.export"]}
    answer = ask(owner, None, data)
    assert answer["cells"]["contacts.view"]["why"] == "inherited from User"
    assert answer["counts"] == {"added": 1, "removed": 0, "changed": 0}
    assert not Role.objects.filter(name="New").exists()


def role(code: str) -> Role:
    return Role.objects.get(code=code)
