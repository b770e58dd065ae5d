"""`get_all_permissions` and its kin: every name to which `has_perm` says yes, and no other."""

from django.contrib.auth.models import Permission as AuthPermission

from crm.models import Contact
from roles.core.names import normalise
from roles.core.vocabulary import ACTIONS
from roles.models import CustomPrivilege
from roles.registry import registry

from .people import MATRIX


def candidates():
    """Give every name that anyone could have, and some that nobody can."""
    catalogue = registry.catalogue
    cells = {f"{module}.{action}" for module in catalogue.modules for action in ACTIONS}
    django = AuthPermission.objects.values_list("content_type__app_label", "codename")
    return (
        cells
        | catalogue.features.keys()
        | catalogue.aliases.keys()
        | {f"{label}.{codename}" for label, codename in django}
        | set(CustomPrivilege.objects.values_list("name", flat=True))
        | {name for name in MATRIX if name == normalise(name)}
    )


def test_get_all_permissions_is_every_name_to_which_has_perm_says_yes(people):
    names = candidates()
    for kind, person in people.items():
        if kind != "superuser":
            expected = {name for name in names if person.has_perm(name)}
            assert person.get_all_permissions() == expected, kind
    assert {"contacts.view", "crm.view_contact", "report.export"} <= people[
        "user"
    ].get_all_permissions()


def test_a_superusers_list_is_owners_with_every_django_permission_that_exists(people):
    """To a superuser `has_perm` says yes whatever the name (R3), so the list is of what exists."""
    django = AuthPermission.objects.values_list("content_type__app_label", "codename")
    expected = people["owner"].get_all_permissions() | {".".join(pair) for pair in django}
    assert people["superuser"].get_all_permissions() == expected


def test_lists_with_a_record_hold_what_has_perm_says_of_that_record(people):
    names = candidates()
    record = Contact.objects.create(last_name="Mine", owner_id=people["user"].pk)
    for kind, person in people.items():
        if kind != "superuser":
            expected = {name for name in names if person.has_perm(name, record)}
            assert person.get_all_permissions(record) == expected, kind
    assert "crm.change_contact" in people["user"].get_all_permissions(record)
    assert people["manager"].get_all_permissions(record) == set()  # not theirs


def test_permissions_come_through_roles_and_never_from_the_person(people):
    user = people["user"]
    user.user_permissions.add(AuthPermission.objects.get(codename="delete_contact"))
    assert user.get_user_permissions() == set()
    assert user.get_group_permissions() == user.get_all_permissions()
    assert "crm.delete_contact" not in user.get_all_permissions()
