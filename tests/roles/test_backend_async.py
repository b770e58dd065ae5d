"""Every async twin of the `has_perm` family answers as the sync one (habit 11)."""

from asgiref.sync import async_to_sync

from crm.models import Contact
from rbac_site.backends import SiteBackend
from roles.snapshots import cache
from tests.factories import fetch, give

from .people import MATRIX

LABELS = ("crm", "contacts", "accounts", "roles", "admin", "users", "auth", "galaxies", "", None)


def answers(person, record):
    """Ask everything; first what touches no record."""
    return {
        "has_perm": [person.has_perm(name) for name in MATRIX],
        "has_perm record": [person.has_perm(name, record) for name in MATRIX],
        "has_perms": [
            person.has_perms(names)
            for names in ([], ["contacts.view"], ["contacts.view", "passwords.manage"])
        ],
        "has_module_perms": [person.has_module_perms(label) for label in LABELS],
        "all": person.get_all_permissions(),
        "all record": person.get_all_permissions(record),
        "user": person.get_user_permissions(),
        "group": person.get_group_permissions(),
        "group record": person.get_group_permissions(record),
    }


@async_to_sync
async def async_answers(person, record):
    """Ask the same of the twins."""
    return {
        "has_perm": [await person.ahas_perm(name) for name in MATRIX],
        "has_perm record": [await person.ahas_perm(name, record) for name in MATRIX],
        "has_perms": [
            await person.ahas_perms(names)
            for names in ([], ["contacts.view"], ["contacts.view", "passwords.manage"])
        ],
        "has_module_perms": [await person.ahas_module_perms(label) for label in LABELS],
        "all": await person.aget_all_permissions(),
        "all record": await person.aget_all_permissions(record),
        "user": await person.aget_user_permissions(),
        "group": await person.aget_group_permissions(),
        "group record": await person.aget_group_permissions(record),
    }


def test_each_async_twin_answers_as_its_sync_one_cold_and_warm(people):
    record = Contact.objects.create(last_name="Mine", owner_id=people["user"].pk)
    for kind, person in people.items():
        again = fetch(person) or person if person.pk else person
        cache.clear()
        cold = async_answers(again, record)
        assert cold == answers(person, record), kind
        assert async_answers(again, record) == cold, kind
    assert any(cold["has_perm"]) and not all(async_answers(people["user"], record)["has_perm"])


def test_the_async_fetch_of_a_session_is_the_sync_one(people):
    backend = SiteBackend()
    for kind, person in people.items():
        if kind == "anonymous":
            continue
        assert async_to_sync(backend.aget_user)(person.pk) == backend.get_user(person.pk), kind
    found = async_to_sync(backend.aget_user)(people["user"].pk)
    assert found.roles_policy_version == people["user"].roles_policy_version
    assert found.roles_access_stamp == people["user"].roles_access_stamp


def test_the_backend_alone_has_the_same_twins(people):
    """Asked past Django's user model, a final no is PermissionDenied on both roads."""
    backend, user = SiteBackend(), people["user"]
    for name in ("contacts.view", "report.export", "auth.view_group"):
        assert async_to_sync(backend.ahas_perm)(user, name) == backend.has_perm(user, name)
    give(user, "manager")
    assert async_to_sync(backend.ahas_module_perms)(fetch(user), "crm")
