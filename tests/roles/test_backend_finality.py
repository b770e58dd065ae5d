"""A no on what the catalogue governs is final; on everything else roles abstains (interfaces 2)."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as AuthPermission
from django.core.exceptions import PermissionDenied
from django.utils.module_loading import import_string

from crm.models import Contact
from rbac_site.backends import SiteBackend
from roles.backends import RoleBackend
from roles.registry import registry
from tests.factories import fetch, make_user

from .people import SHUT_OUT

OURS, DJANGOS = "rbac_site.backends.SiteBackend", "django.contrib.auth.backends.ModelBackend"


class SaysYes(BaseBackend):
    """A backend after ours that grants whatever it is asked for."""

    def has_perm(self, user_obj, perm, obj=None):
        return True

    async def ahas_perm(self, user_obj, perm, obj=None):
        return True


GENEROUS = f"{__name__}.SaysYes"


@pytest.fixture
def beside_django(settings):
    settings.AUTHENTICATION_BACKENDS = [OURS, DJANGOS]


@pytest.fixture
def beside_generous(settings):
    settings.AUTHENTICATION_BACKENDS = [OURS, GENEROUS]


def may(user, *asked):
    """Ask on both roads, which have to agree."""
    answer = user.has_perm(*asked)
    assert async_to_sync(user.ahas_perm)(*asked) == answer
    return answer


def test_a_django_permission_of_ones_own_gives_nothing_governed(beside_django, db):
    user = make_user("u", "user")
    user.user_permissions.set(AuthPermission.objects.all())
    user = fetch(user)
    for name in ("crm.delete_contact", "accounts.view_user", "roles.view_role"):
        assert not may(user, name)
    assert may(user, "crm.change_contact")  # the role's


def test_a_django_permission_that_nothing_governs_is_djangos_to_give(beside_django, db):
    user = make_user("u", "user")
    assert not may(fetch(user), "auth.view_group")
    user.user_permissions.add(AuthPermission.objects.get(codename="view_group"))
    assert may(fetch(user), "auth.view_group")


def test_every_governed_name_is_a_final_no_to_whoever_has_nothing(beside_generous, people):
    governed = registry.catalogue.system_names | registry.catalogue.aliases.keys()
    for kind in ("roleless", *SHUT_OUT[1:]):
        assert not [name for name in governed if people[kind].has_perm(name)], kind
    assert may(people["owner"], "contacts.view")
    assert not may(people["owner"], "contacts.invite")  # a cell that does not apply is governed
    assert not may(people["waiting"], "contacts.view")


def test_on_anything_else_the_next_backend_is_asked(beside_generous, people):
    for name in ("auth.view_group", "report.exports", "contacts.frobnicate", "Contacts.View"):
        assert may(people["roleless"], name)


def test_a_no_on_a_record_is_final(beside_generous, people):
    theirs = Contact.objects.create(last_name="Theirs", owner_id=people["owner"].pk)
    for name in ("contacts.view", "contacts.edit", "crm.view_contact", "leads.view"):
        assert not may(people["user"], name, theirs)
    mine = Contact.objects.create(last_name="Mine", owner_id=people["user"].pk)
    assert may(people["user"], "contacts.view", mine)


def test_a_name_that_says_nothing_of_a_governed_record_is_a_final_no(beside_generous, people):
    assert may(people["user"], "auth.view_group", Group.objects.create(name="ungoverned"))
    mine = Contact.objects.create(last_name="Mine", owner_id=people["user"].pk)
    for name in ("report.export", "auth.view_group", "contacts.frobnicate"):
        assert not may(people["user"], name, mine)


GOVERNED = ("contacts.view", "contacts.invite", "crm.view_contact", "leave.approve")
ABSTAINED = ("auth.view_group", "report.export", "contacts.frobnicate", None)


def test_before_another_backend_a_final_no_is_raised_and_false_abstains(beside_django, people):
    backend, user = SiteBackend(), people["roleless"]
    for name in GOVERNED:
        with pytest.raises(PermissionDenied):
            backend.has_perm(user, name)
        with pytest.raises(PermissionDenied):
            async_to_sync(backend.ahas_perm)(user, name)
    for name in ABSTAINED:
        assert backend.has_perm(user, name) is False


def test_the_backend_that_is_asked_last_need_not_raise(settings, people):
    settings.AUTHENTICATION_BACKENDS = [GENEROUS, OURS]
    backend, user = SiteBackend(), people["roleless"]
    for name in (*GOVERNED, *ABSTAINED):
        assert backend.has_perm(user, name) is False
        assert async_to_sync(backend.ahas_perm)(user, name) is False


# One class that decides


def test_whatever_decides_on_the_sites_backend_is_roles_own():
    """Nothing that gives or lists permissions may come from Django's ModelBackend."""
    asked = {name for name in dir(ModelBackend) if not name.startswith("_")}
    deciding = asked - {"authenticate", "aauthenticate"}
    home = {
        name: next(kind for kind in SiteBackend.__mro__ if name in vars(kind)) for name in deciding
    }
    assert {name for name, kind in home.items() if kind is not RoleBackend} == set()
    assert {"has_perm", "ahas_perm", "with_perm", "get_user", "aget_user"} <= deciding


def test_roles_backend_authorises_and_signs_nobody_in(db):
    make_user("u", "owner").set_password("demo")
    assert RoleBackend().authenticate(None, username="u", password="demo") is None
    assert not issubclass(RoleBackend, ModelBackend)


def test_the_site_has_no_other_backend_that_says_anything_of_permissions(settings):
    first, *others = settings.AUTHENTICATION_BACKENDS
    assert others == [OURS]
    assert {name for name in dir(import_string(first)) if name[0] != "_"} == {"authenticate"}
