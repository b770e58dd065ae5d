"""The adopter's serializer: it shows what may be read and takes what may be written (R16, R17)."""

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.validators import UniqueValidator

from .. import policy
from ..core.decisions import Decision
from ..core.specs import Module
from ..registry import registry
from ..services import records
from .filtersets import stamps_of
from .references import ManyReferencesField, ReferenceField
from .refusals import WHOLE, refusal, set_by_server, unknown
from .sight import Sight, of_page


class GovernedList(serializers.ListSerializer):
    """Many records, seen together: the queries do not grow with them."""

    def to_representation(self, data: Any) -> list[Any]:
        """Read masks and references of all records at once."""
        found = list(data.all() if isinstance(data, models.Manager) else data)
        self.child.see(found)
        return super().to_representation(found)


class GovernedSerializer(serializers.ModelSerializer):
    """A `ModelSerializer` of a governed model whose fields differ from record to record.

    Its fields are the model's own: the key, what a role can hide, and what the database keeps
    of its own accord. Anything else would be a way around the masks, and is an error.
    """

    roles_kit: ClassVar[str] = "serializer"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let lists be seen together; without it they would be right, and slow."""
        super().__init_subclass__(**kwargs)
        meta = getattr(cls, "Meta", None)
        if meta is not None and not hasattr(meta, "list_serializer_class"):
            meta.list_serializer_class = GovernedList

    # What is asked, and by whom

    @cached_property
    def module(self) -> Module:
        """The module that governs the model."""
        return policy.governing(self.Meta.model)

    @property
    def user(self) -> Any:
        """Whoever asks; a serializer without a request shows nothing to anyone."""
        return self.context["request"].user

    @cached_property
    def _governed(self) -> Mapping[str, Any]:
        return registry.fields_of(self.module)

    # Fields

    def get_fields(self) -> dict[str, Any]:
        """Refuse a field that is not one of the model's own (threat 2)."""
        fields = super().get_fields()
        own = _own_fields(self.Meta.model)
        strange = [n for n, f in fields.items() if n not in own or f.source not in {None, n}]
        if strange:
            raise self._improper(strange)
        return fields

    def _improper(self, names: list[str]) -> ImproperlyConfigured:
        return ImproperlyConfigured(
            f"{type(self).__name__} declares {names!r}, which no mask covers (R16). Name fields "
            f"of {self.Meta.model._meta.label} only."
        )

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """Write references in the one way that asks whether they may be seen (R24)."""
        field, related, *_others = relation_info
        if field is None:
            raise self._improper([field_name])
        optional = field.null or field.blank or field.has_default()
        kwargs = {"related": related, "required": not optional, "allow_null": field.null}
        kind = ManyReferencesField if relation_info.to_many else ReferenceField
        return kind, kwargs | {"label": field.verbose_name}

    # What is unique is the model's to say, once the policy has said what may be written: the
    # validators that REST framework adds come before it, and name fields that are hidden (R23).

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Make a field without a look at the other records."""
        kind, kwargs = super().build_standard_field(field_name, model_field)
        found = [v for v in kwargs.pop("validators", ()) if not isinstance(v, UniqueValidator)]
        return kind, kwargs | ({"validators": found} if found else {})

    def get_uniqueness_extra_kwargs(self, names: Any, declared: Any, kwargs: Any) -> Any:
        """Ask for no field only because a rule binds it."""
        return kwargs, {}

    def get_validators(self) -> list[Any]:
        """Ask nothing about several fields together."""
        return []

    # Showing

    def see(self, found: Iterable[Any]) -> None:
        """Read what the asker may see of these records, in a constant number of queries."""
        look = self.context.get("sight", of_page)
        self._sight: Sight = look(self.user, found)

    def _sight_of(self, record: models.Model) -> Sight:
        if record not in getattr(self, "_sight", ()):
            self.see([record])
        return self._sight

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Show the fields that the asker may read of this record (R16), and no other name."""
        sight = self._sight_of(instance)
        shown = self._shown_fields(sight.mask(instance).readable)
        return {field.field_name: self._value(sight, instance, field) for field in shown}

    def _shown_fields(self, readable: frozenset[str]) -> list[Any]:
        """Choose once for all records of a page that have the same mask."""
        if readable not in self._chosen:
            names = self._readable_names(readable)
            self._chosen[readable] = [f for f in self._readable_fields if f.field_name in names]
        return self._chosen[readable]

    @cached_property
    def _chosen(self) -> dict[frozenset[str], list[Any]]:
        return {}

    def _readable_names(self, readable: frozenset[str]) -> frozenset[str]:
        """Add what no role names, but only of a record that is shown at all."""
        return readable | self._stamps if readable else self._key

    @property
    def _key(self) -> frozenset[str]:
        return frozenset({self.Meta.model._meta.pk.name})

    @cached_property
    def _stamps(self) -> frozenset[str]:
        """What no role names: the key, and columns that the database fills if `*` shows them."""
        shown = policy.shows_unnamed(self.user, self.module)
        return self._key | (self.fields.keys() - self._governed.keys() if shown else frozenset())

    def _value(self, sight: Sight, record: Any, field: Any) -> Any:
        if isinstance(field, ManyReferencesField):
            return sight.references(record, record._meta.get_field(field.source))
        if isinstance(field, ReferenceField):
            return sight.reference(record, record._meta.get_field(field.source))
        value = field.get_attribute(record)
        return None if value is None else field.to_representation(value)

    # Taking

    def to_internal_value(self, data: Any) -> Any:
        """Take names that the asker may know, without those that keep their value (R17)."""
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        sent = self._changed(data)
        self._refuse_names(sent)
        try:
            return super().to_internal_value(sent)
        except ValidationError as error:
            raise ValidationError(error.detail | self._not_theirs(sent, error.detail)) from error

    def _changed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out what is sent back as it was shown: that is not writing."""
        if self.instance is None:
            return dict(data)
        shown = self.to_representation(self.instance)
        return {
            name: value
            for name, value in data.items()
            if name not in shown or type(shown[name]) is not type(value) or shown[name] != value
        }

    def _refuse_names(self, sent: Mapping[str, Any]) -> None:
        """Refuse what is hidden as what never was, before anything is said of its value (R23)."""
        known = self._known_names(sent) & self.fields.keys()
        errors = {name: [unknown(name)] for name in sent if name not in known}
        kept = [name for name in sent if name in known and name not in self._governed]
        errors |= {name: [set_by_server()] for name in kept}
        if errors:
            raise ValidationError(errors)
        for name, field in self.fields.items():
            if name not in known:
                field.required = False

    def _known_names(self, sent: Mapping[str, Any]) -> frozenset[str]:
        if self.instance is not None:
            mask = self._sight_of(self.instance).mask(self.instance)
            return self._readable_names(mask.readable)
        asked = dict.fromkeys({*sent, *self.fields} - self._stamps)
        decisions = policy.check_values(self.user, self.module, asked)
        return self._stamps | {name for name, found in decisions.items() if not found.concealed}

    def _not_theirs(self, sent: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, Any]:
        """Say of what is sent that it may not be written, before what is wrong with its value."""
        owner = self.module.owner_field
        if self.instance is None and owner in errors:
            return {}  # who may set the rest depends on the owner
        values = {
            name: policy.UNSENT if name in errors else self.fields[name].run_validation(sent[name])
            for name in sent
        }
        decisions = self._decisions(values)
        return {name: [refusal(name, found)] for name, found in decisions.items() if not found}

    def _decisions(self, values: Mapping[str, Any]) -> Mapping[str, Decision]:
        if self.instance is None:
            return policy.check_values(self.user, self.module, values)
        return policy.check_changes(self.user, self.instance, values)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask the policy about each value, then the model about all of them together."""
        decisions = self._decisions(attrs)
        refused = {name: [refusal(name, found)] for name, found in decisions.items() if not found}
        if refused:
            # Where the owner is refused, so is every other field, and for that reason alone.
            owner = self.module.owner_field
            raise ValidationError({owner: refused[owner]} if owner in refused else refused)
        self._record = self._filled(attrs)
        self._ask_model(self._record, attrs)
        return attrs

    def _filled(self, attrs: Mapping[str, Any]) -> Any:
        record = self.instance
        if record is None:
            record = self.Meta.model()
            if self.module.owner_field:
                setattr(record, self.module.owner_field, self.user)
        options = record._meta
        self._many = {n: v for n, v in attrs.items() if options.get_field(n).many_to_many}
        for name in attrs.keys() - self._many.keys():
            setattr(record, name, attrs[name])
        return record

    def _ask_model(self, record: Any, attrs: Mapping[str, Any]) -> None:
        """Explain what the database would refuse; a field that is hidden is not named."""
        names = {field.name for field in record._meta.concrete_fields}
        unsent = names - attrs.keys() if self.instance is not None else {record._meta.pk.name}
        if errors := policy.model_errors(record, self._known_names(attrs), unsent):
            raise ValidationError({name or WHOLE: texts for name, texts in errors.items()})

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Write through the service, which looks again inside the transaction."""
        return records.create_record(
            acting_user=self.user,
            record=self._record,
            sent=list(validated_data),
            many=self._many,
        )

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Write through the service, which looks again inside the transaction."""
        return records.change_record(
            acting_user=self.user,
            record=self._record,
            sent=list(validated_data),
            many=self._many,
        )


def _own_fields(model: type[models.Model]) -> frozenset[str]:
    options = model._meta
    return frozenset(f.name for f in (*options.concrete_fields, *options.many_to_many))


@cache
def serializer_for(model: type[models.Model]) -> type[GovernedSerializer]:
    """Make the serializer of a governed model: its key, its governable fields, its stamps."""
    module = policy.governing(model)
    governed = registry.fields_of(module)
    fields = [model._meta.pk.name, *governed, *stamps_of(module, model)]
    meta = type("Meta", (), {"model": model, "fields": fields})
    return type(
        f"{model.__name__}Serializer",
        (GovernedSerializer,),
        {"Meta": meta, "__doc__": model.__doc__},
    )
