"""Who may ask about a role's form, how much asking costs, and the page that comes back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from roles.models import Role, RoleAssignment
from roles.registry import registry
from roles.services.loading import read_role
from tests.factories import make_user

from .conftest import only_looking, signed_in, url_of
from .test_role_impact import ask, url_of_impact

# Who is answered


def test_only_who_may_save_is_answered(owner, rep_role, form_of):
    """D1: the owner's twin is every test above; who may only look, and who may not, get 403."""
    data = form_of(owner, rep_role)
    for client in (only_looking("ada"), signed_in("uma", "user")):
        for asked in (rep_role, None):
            assert client.post(url_of_impact(asked), data).status_code == 403
    assert Client().post(url_of_impact(rep_role), data).status_code == 302


def test_it_answers_a_post_with_its_token_and_nothing_else(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    assert owner.get(url_of_impact(rep_role)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = owner.cookies
    assert strict.post(url_of_impact(rep_role), data).status_code == 403
    assert owner.post("/roles/role/999999/impact/", data).status_code == 404


# How much it asks


@pytest.mark.parametrize("what", ["form", "answer"])
def test_the_queries_do_not_grow_with_roles_people_or_cells(owner, rep_role, form_of, what):
    """House habit 10: the same for 7 roles and for 200, for 1 holder and for 60."""
    make_user("first", "rep")
    data = form_of(owner, rep_role) | {"base": "manager", "privileges": "app.pay"}
    data["permissions"] = ["deals.export"]

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(owner, rep_role, data) if what == "answer" else owner.get(url_of(rep_role))
        return len(queries)

    asked()
    few = asked()
    _make_many(rep_role)
    data["permissions"] = sorted(registry.catalogue.permissions)
    asked()
    assert asked() == few <= 22


def _make_many(rep_role: Role) -> None:
    names = [f"many-{number}" for number in range(200)]
    made = [Role(code=name, name=name, name_key=name, base=rep_role) for name in names]
    heirs = Role.objects.bulk_create(made)
    people = User.objects.bulk_create([User(username=name) for name in names[:60]])
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(user=user, role=rep_role) for user in people]
        + [RoleAssignment(user=user, role=heir) for user, heir in zip(people, heirs, strict=False)]
    )


# The page itself


def test_the_page_comes_back_from_an_error_with_the_base_as_typed(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"base": "", "level": "101"}
    answer = owner.post(url_of(rep_role), data)
    form = answer.context["form"]
    assert form["base"].value() == "" and answer.context["outlook"].brings == ""
    assert "contacts.view" in form["permissions"].value()
    assert "contacts.view" not in form.fixed
    data = {n: form[n].value() for n in ("name", "description", "base", "privileges", "seen")}
    data |= {"level": "10", "permissions": list(form["permissions"].value())}
    data["permissions"].remove("contacts.view")
    assert owner.post(url_of(rep_role), data).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    assert saved.base is None and "contacts.view" not in saved.permissions


def test_see_impact_without_the_script_saves_nothing_and_keeps_what_was_typed(
    owner, rep_role, form_of
):
    before = read_role(rep_role)
    data = form_of(owner, rep_role) | {"name": "Typed", "permissions": ["deals.export"]}
    answer = owner.post(url_of(rep_role), data | {"_impact": "1"})
    assert answer.status_code == 200
    assert answer.context["outlook"].summary.startswith("1 added, 2 removed, 1 changed")
    assert answer.context["form"]["name"].value() == "Typed"
    assert "deals.export" in answer.context["form"]["permissions"].value()
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before
    assert not owner.get(url_of(rep_role)).context["outlook"].summary
