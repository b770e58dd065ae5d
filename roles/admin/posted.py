"""Forms that refuse what may not be written, by its name, and never drop it in silence (R17)."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.forms.models import construct_instance
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import policy
from ..core.decisions import Decision
from ..core.fields import FieldMask
from ..core.specs import Module
from ..registry import registry

_CONTROLS = frozenset({"csrfmiddlewaretoken"})


def refusing(form: type[Any], user: Any, module: Module, mask: FieldMask | None) -> type[Any]:
    """Give `form` as one person may use it: on a record with `mask`, or with none for a new one."""
    values = {"_asking": user, "_module": module, "_mask": mask}
    return type(form.__name__, (_Refusing, form), values)


class _Refusing:
    """Asks the policy about what was posted, the fields of the form and all others."""

    _asking: Any
    _module: Module
    _mask: FieldMask | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    def clean(self) -> Any:
        """Refuse the whole if one value may not be written."""
        cleaned = super().clean()  # type: ignore[misc]
        for message in self._of_strangers():
            self.add_error(None, message)
        for name, decision in self._decisions().items():
            if not decision and name not in self.errors:
                self.add_error(name, self._words(name, decision))
        return cleaned

    def _decisions(self) -> dict[str, Decision]:
        """Ask about what differs from the record, and of a new one about the owner in any case."""
        sent = {n: self.cleaned_data[n] for n in self.changed_data if n in self.cleaned_data}
        if self._mask is not None:
            values = {name: value for name, value in sent.items() if name in self._governed}
            return policy.check_changes(self._asking, self.instance, values)
        owner = self._module.owner_field
        if owner in self.cleaned_data:
            sent[owner] = self.cleaned_data[owner]
        return policy.check_values(self._asking, self._module, sent)

    def sent_fields(self) -> list[str]:
        """Name the fields that a post for a new record sets (R17)."""
        owner = self._module.owner_field
        return list(dict.fromkeys([*self.changed_data, *([owner] if owner in self.fields else [])]))

    def _words(self, name: str, decision: Decision) -> str:
        if decision.concealed:
            return policy.no_such_field(name)
        if self._mask is not None and name in self._bound:
            return _(
                "“%(field)s” keeps its value: a rule binds it to something of this record that "
                "you may not see. Ask someone who may."
            ) % {"field": self._label(name)}
        if name == self._module.owner_field:
            return _("You cannot give this record to that person.")
        return _("You cannot set “%(field)s” to this.") % {"field": self._label(name)}

    @property
    def _bound(self) -> frozenset[str]:
        readable = self._mask.readable if self._mask else ()
        return policy.bound_fields(type(self.instance), readable)

    # What the form has no field for

    def _of_strangers(self) -> Iterator[str]:
        """Refuse what was posted beside the form's own fields (R17)."""
        for key in self.data:
            if not self._is_own(key):
                if not self._may_be_named(key):
                    yield policy.no_such_field(key)
                elif not self._stands_already(key):
                    yield _("You cannot set “%(field)s” here.") % {"field": self._label(key)}

    def _is_own(self, key: str) -> bool:
        """Tell whether a name is the form's, a part of one of its widgets, or a page control's."""
        if key in _CONTROLS or key.startswith(("_", "initial-")) or "-" in key:
            return True
        names = (self.add_prefix(name) for name in self.fields)
        return any(key == name or _is_part(key, name) for name in names)

    def _may_be_named(self, key: str) -> bool:
        if self._mask is not None:
            return key in self._mask.readable
        readable = policy.readable_fields(self._asking, self._module)
        return key in readable

    def _stands_already(self, key: str) -> bool:
        """Tell whether the record holds the posted value: that is not writing it (R17)."""
        if self._mask is None:
            return False
        field = self._column(key)
        made = field.formfield() if field is not None else None
        if made is None:
            return False
        posted = made.widget.value_from_datadict(self.data, self.files, key)
        return not made.has_changed(field.value_from_object(self.instance), posted)

    def _label(self, name: str) -> str:
        field = self._column(name)
        return capfirst(field.verbose_name) if field is not None else name

    def _column(self, name: str) -> Any:
        try:
            return self.instance._meta.get_field(name)
        except FieldDoesNotExist:
            return None

    # What the model refuses

    def _post_clean(self) -> None:
        """Ask the model as Django does, but about every rule and in words that may be told (R23).

        Django leaves out the rules that name a field which the form lacks, as one that is
        read-only does: the database would refuse what the form let through.
        """
        options = self._meta  # type: ignore[attr-defined]
        self.instance = construct_instance(self, self.instance, options.fields, options.exclude)
        unasked = self._get_validation_exclusions()  # type: ignore[attr-defined]
        if self._mask is None:
            unasked -= self._governed - self.fields.keys()  # what a new one needs beside
        known = self.fields.keys() | (self._mask.readable if self._mask else set())
        found = policy.model_errors(self.instance, known, unasked, rules=not self.errors)
        for name, texts in found.items():
            self.add_error(name if name in self.fields else None, texts)

    @property
    def _governed(self) -> frozenset[str]:
        return frozenset(registry.fields_of(self._module))


def _is_part(key: str, name: str) -> bool:
    start, _sep, part = key.rpartition("_")
    return start == name and part.isdigit()
