"""django-guardian's rows for contacts, in the faster of its two ways: direct foreign keys."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from crm.models import Contact


class ContactUserObjectPermission(UserObjectPermissionBase):
    """One person may do one thing with one contact."""

    content_object = models.ForeignKey(Contact, on_delete=models.CASCADE)
