"""The grid's hooks, as interfaces.md section 5 names them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roles.models import Module
from roles.registry import registry

from .conftest import signed_in, url_of


def cells(page: str) -> dict[str, str]:
    """Give every cell's tag by its code."""
    tags = re.findall(r"<input[^>]*>", page)
    found = (re.search(r'name="permissions" value="([^"]+)"', tag) for tag in tags)
    return {m.group(1): tag for m, tag in zip(found, tags, strict=True) if m}


def test_every_cell_that_applies_is_a_named_checkbox_and_no_other(owner, rep_role):
    found = cells(owner.get(url_of(rep_role)).content.decode())
    assert found.keys() == registry.catalogue.permissions.keys()
    assert 'aria-label="Contacts: View"' in found["contacts.view"]
    assert 'aria-label="Users: Invite"' in found["users.invite"]
    assert 'type="checkbox"' in found["tasks.comment"]


def test_inherited_cells_are_checked_locked_and_name_their_source(owner, rep_role):
    page = owner.get(url_of(rep_role)).content.decode()
    tag = cells(page)["contacts.create"]
    assert "checked" in tag and "disabled" in tag
    why = re.search(r'aria-describedby="([^"]+)"', tag).group(1)
    assert re.search(rf'id="{why}"[^>]*>inherited from User<', page)


def test_implied_cells_name_what_implies_them(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    owner.post(url_of(rep_role), data | {"permissions": [*data["permissions"], "admin.view"]})
    page = owner.get(url_of(rep_role)).content.decode()
    assert "disabled" in cells(page)["settings.view"]
    assert "implied by Admin: View of Rep" in page
    assert "disabled" not in cells(page)["settings.edit"]


def test_a_disabled_module_leaves_the_grid_with_its_features_and_keeps_its_grants(
    owner, rep_role, form_of
):
    """R7."""
    Module.objects.filter(code__in=["reports", "tasks"]).update(is_enabled=False)
    found = cells(owner.get(url_of(rep_role)).content.decode())
    assert not {"reports.view", "tasks.view", "tasks.comment"} & found.keys()
    assert "contacts.view" in found
    data = form_of(owner, rep_role)
    data["permissions"] = [c for c in data["permissions"] if c != "reports.view"]
    assert owner.post(url_of(rep_role), data).status_code == 302
    Module.objects.update(is_enabled=True)
    assert "checked" in cells(owner.get(url_of(rep_role)).content.decode())["reports.view"]


def test_a_forged_cell_of_a_disabled_module_is_refused(owner, rep_role, form_of):
    Module.objects.filter(code="deals").update(is_enabled=False)
    data = form_of(owner, rep_role)
    answer = owner.post(url_of(rep_role), data | {"permissions": ["deals.view"]})
    assert "deals.view" in " ".join(answer.context["form"].errors["permissions"])


@pytest.mark.parametrize("who", [("olga", "owner"), ("ada", "administrator")])
def test_the_pages_take_a_fixed_number_of_queries(db, rep_role, who):
    """The list and the form ask the same however many roles and people there are."""
    client = signed_in(*who)
    counts = []
    for round_ in range(2):
        for url in ("/roles/role/", url_of(rep_role)):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        _many_more(rep_role, round_)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 23


def _many_more(rep_role, round_: int) -> None:
    from accounts.models import User
    from roles.core.specs import RoleSpec
    from roles.services.installation import install_assignment, install_role

    for number in range(round_ * 8, round_ * 8 + 8):
        install_role(RoleSpec(code=f"x{number}", name=f"X{number}", base="rep"))
        user = User.objects.create_user(f"x{number}")
        install_assignment(user=user, role=rep_role)
