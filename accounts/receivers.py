"""Keep the organisation's links where rows come in past `save`."""

from typing import Any

from django.db.models.signals import post_save

from .models import Department, User


def row_loaded(*, instance: Any, raw: bool, **kwargs: Any) -> None:
    """Link a row that a fixture brings; those above it may come later."""
    if raw:
        instance.closure().settle([instance.pk])


for _model in (Department, User):
    post_save.connect(row_loaded, sender=_model, dispatch_uid=f"{_model._meta.label_lower}.loaded")
