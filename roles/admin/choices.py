"""A choice among records, each under the name by which the person may know it (R16, R24)."""

from typing import Any

from django import forms
from django.db import models
from django.forms.models import ModelChoiceIterator

from .. import policy
from ..registry import registry
from .naming import NO_ACCESS, name_of


class _Listed(ModelChoiceIterator):
    """Lists fewer choices than are taken: what may not be seen is absent (R24)."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        if field.listed is not None:
            self.queryset = field.listed


class RelatedRecordField(forms.ModelChoiceField):
    """A choice among the records in reach; one out of reach that stands already is opaque."""

    iterator = _Listed
    listed: Any = None
    _names: dict[Any, str] | None = None

    def list_for(self, user: Any, listed: models.QuerySet) -> None:
        """List these records, under the names by which `user` may know them."""
        self._user, self.listed = user, listed
        self.widget.choices = self.choices

    def _get_names(self) -> dict[Any, str]:
        """Name what is listed and in reach, once, when the choice is first written."""
        if self._names is None:
            model = self.listed.model
            rows = self.listed
            if registry.module_of(model) is not None:
                rows = policy.with_masks(policy.accessible(rows, self._user, "view"), self._user)
                masks = policy.field_masks(self._user, rows)
                self._names = {row.pk: name_of(row, masks[row.pk]) for row in rows}
            else:
                self._names = {row.pk: str(row) for row in rows}
            if isinstance(self._user, model):
                self._names[self._user.pk] = str(self._user)
        return self._names

    def label_from_instance(self, obj: models.Model) -> str:
        """Name the record, or say that it is there and cannot be seen (R24)."""
        return self._get_names().get(obj.pk, str(NO_ACCESS))
