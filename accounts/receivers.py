"""What follows of itself: links of rows that come in past `save`, and proof of an address."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from django.db.models.signals import post_save

from .models import Department, User


def row_loaded(*, instance: Any, raw: bool, **kwargs: Any) -> None:
    """Link a row that a fixture brings; those above it may come later."""
    if raw:
        instance.closure().settle([instance.pk])


def prove_address(*, user: Any, **kwargs: Any) -> None:
    """Know by a link that was used that its mail was read: it ends where the address changes."""
    EmailAddress.objects.filter(user=user.pk, email__iexact=user.email).update(verified=True)


password_reset.connect(prove_address, dispatch_uid="accounts.prove_address")
for _model in (Department, User):
    post_save.connect(row_loaded, sender=_model, dispatch_uid=f"{_model._meta.label_lower}.loaded")
