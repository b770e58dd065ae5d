"""The base of several roles is changed from the list, through a page that says what it does."""

import pytest
from django.test import Client

from accounts.models import User
from roles.models import AuditEntry, Role
from tests.factories import give, make_role, make_user

from .conftest import only_looking, signed_in

LIST, PAGE = "/roles/role/", "/roles/role/bases/"


def ids(*codes: str) -> str:
    found = dict(Role.objects.values_list("code", "pk"))
    return ",".join(str(found[code]) for code in codes)


def base_of(code: str) -> str | None:
    return Role.objects.values_list("base__code", flat=True).get(code=code)


def shown(answer) -> dict[str, str]:
    """Give what a browser would post from the page it got."""
    context = answer.context
    return {
        "roles": context["asked"].ids,
        "base": context["asked"].base,
        "seen": str(context["plan"].version),
    }


@pytest.fixture
def three(db):
    make_role("ground", permissions="contacts.view contacts.export")
    make_role("sales", name="Sales", permissions="contacts.view")
    make_role("field", name="Field", base="sales")
    make_role("lone", name="Lone", permissions="tasks.view")


def test_the_action_leads_from_the_selected_rows_to_the_page(owner, three):
    chosen = ids("sales", "lone").split(",")
    answer = owner.post(LIST, {"action": "change_base", "index": "0", "_selected_action": chosen})
    assert answer.status_code == 302
    page = owner.get(answer.url).content.decode()
    assert "Change the base of 2 roles" in page
    named = page.partition("Chosen</h2>")[2]
    assert ">Sales</a>" in named and ">Lone</a>" in named and "Field" not in named


def test_the_page_says_what_each_gains_and_who_cannot_be_changed(owner, three):
    give(make_user("ann"), "field")
    answer = owner.get(PAGE, {"roles": ids("sales", "lone", "manager", "ground"), "base": "ground"})
    page = answer.content.decode()
    assert "2 of 4 can be changed." in page
    assert "gains 1 permission" in page and "gains 2 permissions" in page
    assert "Contacts: View, Export" in page
    assert "A system role is based on no other (D8)" in page
    assert "itself based on this role" in page
    assert "Change along" in page and "Field" in page
    assert "1 person holds one of them" in page
    assert "Change Base of 2 Roles" in page


def test_what_was_shown_is_done_in_one_go(owner, three):
    answer = owner.get(PAGE, {"roles": ids("sales", "lone"), "base": "ground"})
    done = owner.post(PAGE, shown(answer), follow=True)
    assert base_of("sales") == base_of("lone") == "ground"
    assert "The base of 2 roles is changed." in done.content.decode()
    assert AuditEntry.objects.filter(action="role.changed").count() == 2


def test_roles_are_taken_off_their_base(owner, three):
    answer = owner.get(PAGE, {"roles": ids("field"), "base": "-"})
    assert "Sales → no base" in " ".join(answer.content.decode().split())
    owner.post(PAGE, shown(answer))
    assert base_of("field") is None


def test_a_refused_one_refuses_all_unless_it_is_skipped(owner, three):
    """R25."""
    answer = owner.get(PAGE, {"roles": ids("lone", "user"), "base": "ground"})
    refused = owner.post(PAGE, shown(answer))
    assert "1 of 2 roles cannot be changed" in refused.content.decode()
    assert base_of("lone") is None
    done = owner.post(PAGE, shown(answer) | {"skip": "1"}, follow=True)
    assert "1 role stays as it was" in done.content.decode()
    assert (base_of("lone"), base_of("user")) == ("ground", None)


def test_what_changed_meanwhile_is_looked_at_again(owner, three):
    answer = owner.get(PAGE, {"roles": ids("lone"), "base": "ground"})
    make_role("other")
    again = owner.post(PAGE, shown(answer))
    assert "meanwhile" in again.content.decode()
    assert base_of("lone") is None
    owner.post(PAGE, shown(again))
    assert base_of("lone") == "ground"


@pytest.mark.parametrize("base", ["", "nobody", "owner", "Ground", "ground'--"])
def test_a_base_that_is_none_is_refused_and_said(owner, three, base):
    answer = owner.post(PAGE, {"roles": ids("lone"), "base": base})
    assert answer.status_code == 200
    assert answer.context["refusal"]
    assert base_of("lone") is None
    assert owner.get(PAGE, {"roles": ids("lone"), "base": base}).status_code == 200


@pytest.mark.parametrize("roles", ["", "999999", "x", "-1", "1.5", "9" * 40, "²"])
def test_ids_that_name_no_role_lead_back_to_the_list(owner, three, roles):
    for answer in (
        owner.get(PAGE, {"roles": roles, "base": "ground"}),
        owner.post(PAGE, {"roles": roles, "base": "ground"}),
    ):
        assert (answer.status_code, answer.url) == (302, LIST)


def test_an_unknown_id_among_known_ones_is_counted_and_refuses_the_post(owner, three):
    """No silent drop of input."""
    chosen = {"roles": f"{ids('lone')},999999,x", "base": "ground"}
    assert "2 of the chosen roles do not exist" in owner.get(PAGE, chosen).content.decode()
    assert "do not exist any more" in owner.post(PAGE, chosen).context["refusal"]
    assert base_of("lone") is None
    assert owner.post(PAGE, chosen | {"skip": "1"}).status_code == 302
    assert base_of("lone") == "ground"


@pytest.mark.parametrize("seen", ["--5", "5-5", "x", "٣", pytest.param("9" * 5000, id="long")])
def test_a_version_that_is_none_is_no_error(owner, three, seen):
    answer = owner.post(PAGE, {"roles": ids("lone"), "base": "ground", "seen": seen})
    assert answer.status_code == 302 and base_of("lone") == "ground"


def test_a_get_changes_nothing(owner, three):
    entries = AuditEntry.objects.count()
    owner.get(PAGE, {"roles": ids("lone"), "base": "ground", "skip": "1", "seen": ""})
    assert (base_of("lone"), AuditEntry.objects.count()) == (None, entries)


@pytest.mark.parametrize("action", ["delete_selected", "nothing", ""])
def test_the_list_does_nothing_else_to_several_roles(owner, three, action):
    """D9: each deletion asks where its people go."""
    count = Role.objects.count()
    owner.post(
        LIST,
        {"action": action, "index": "0", "post": "yes", "_selected_action": ids("lone").split(",")},
    )
    assert Role.objects.count() == count


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_change_roles_gets_the_page(db, three, method):
    """R1, D1: each sees less than the other, and none changes anything."""
    asked = {"roles": ids("lone"), "base": "ground"}
    assert getattr(Client(), method)(PAGE, asked).status_code == 302
    assert getattr(signed_in("uma", "user"), method)(PAGE, asked).status_code == 403
    assert getattr(only_looking("ada"), method)(PAGE, asked).status_code == 403
    gone = signed_in("olaf", "owner")
    User.objects.filter(username="olaf").update(is_active=False)
    assert getattr(gone, method)(PAGE, asked).status_code == 302
    assert base_of("lone") is None


def test_who_may_not_change_roles_has_nothing_to_select(db, three):
    page = only_looking("ada").get(LIST).content.decode()
    assert "action-select" not in page and "Change Base" not in page
    answer = only_looking("adam").post(
        LIST, {"action": "change_base", "index": "0", "_selected_action": ids("lone").split(",")}
    )
    assert "bases" not in answer.get("Location", "")


def test_a_post_without_the_page_s_token_is_refused(db, three):
    """CSRF."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in("olga", "owner").cookies
    assert client.post(PAGE, {"roles": ids("lone"), "base": "ground"}).status_code == 403
    assert base_of("lone") is None


def test_queries_do_not_grow_with_the_chosen_roles(owner, three, django_assert_num_queries):
    many = [str(make_role(f"r{n}", base="sales").pk) for n in range(60)]
    few = {"roles": ",".join(many[:3]), "base": "ground"}
    owner.get(PAGE, few)
    with django_assert_num_queries(8):
        owner.get(PAGE, few)
    with django_assert_num_queries(8):
        owner.get(PAGE, few | {"roles": ",".join(many)})


def test_the_page_says_where_a_second_factor_comes_or_goes(owner, three):
    """R4: what stands on a role that asks for one asks too."""
    make_role("vault", name="Vault", second_factor=True)
    asking = owner.get(PAGE, {"roles": ids("lone"), "base": "vault"}).content.decode()
    assert "Asks for a second factor: without one it gives nothing." in asking
    make_role("safe", name="Safe", base="vault")
    leaving = owner.get(PAGE, {"roles": ids("safe"), "base": "ground"}).content.decode()
    assert "Asks for a second factor no more." in leaving
    usual = owner.get(PAGE, {"roles": ids("lone"), "base": "ground"}).content.decode()
    assert "second factor" not in usual


def test_one_that_stands_so_already_is_not_asked_about(three):
    """R17, R25: it is shown as staying, so it does not refuse the others either."""
    make_role("sub", level=5, base="ground")
    work = "roles.view roles.edit contacts.view contacts.export"
    boss = make_role("boss", level=50, permissions=work)
    client = Client()
    client.force_login(make_user("bea", boss))
    answer = client.get(PAGE, {"roles": ids("sub", "owner"), "base": "-"})
    done = client.post(PAGE, shown(answer), follow=True)
    assert "The base of 1 role is changed." in done.content.decode()
    assert base_of("sub") is None
