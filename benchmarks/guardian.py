"""The same reach as django-guardian holds it: a row for each person and contact."""

from typing import Any

from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from accounts.models import ReportingLink
from crm.models import Contact, ContactShare

from . import company
from .peers.models import ContactUserObjectPermission

SCOPES = "reporting line"
"""The one scope that is granted: everybody sees what those who report to them own."""

CODENAME = "view_contact"


def grant() -> None:
    """Grant what each owner, everybody above them and who shares it may view."""
    kind = ContentType.objects.get_for_model(Contact)
    permission, _made = AuthPermission.objects.get_or_create(
        content_type=kind, codename=CODENAME, defaults={"name": "Can view contact"}
    )
    grants, contacts = ContactUserObjectPermission._meta.db_table, Contact._meta.db_table
    shares, links = ContactShare._meta.db_table, ReportingLink._meta.db_table
    who = (
        f"SELECT id, owner_id FROM {contacts} UNION "
        f"SELECT one.id, link.ancestor_id FROM {contacts} one "
        f"JOIN {links} link ON link.descendant_id = one.owner_id UNION "
        f"SELECT record_id, user_id FROM {shares} WHERE user_id IS NOT NULL UNION "
        f"SELECT share.record_id, member.user_id FROM {shares} share "
        "JOIN accounts_membership member ON member.team_id = share.team_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {grants}")
        cursor.execute(
            f"INSERT INTO {grants} (permission_id, content_object_id, user_id) "
            f"SELECT {permission.pk}, id, owner_id FROM ({who}) AS who"
        )
    company.analyze()


def contacts(user: Any) -> QuerySet:
    """Give what guardian says that the person may view."""
    from guardian.shortcuts import get_objects_for_user

    return get_objects_for_user(
        user,
        f"crm.{CODENAME}",
        Contact.objects.filter(deleted_at=None),
        use_groups=False,
        with_superuser=False,
        accept_global_perms=False,
    )
